//! The object store: uploads by presigned address, published images read back.

use std::time::Duration;

use anyhow::Context;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use kernel::Config;
use kernel::config::Storage;
use s3::creds::Credentials;
use s3::error::S3Error;
use s3::{Bucket, Region};
use secrecy::ExposeSecret;

/// How long an upload may take to begin, in seconds.
const UPLOAD_SECONDS: u32 = 900;
const TIMEOUT: Duration = Duration::from_secs(10);

/// A bucket, as the services reach it and as browsers do.
pub struct Objects {
    inside: Box<Bucket>,
    outside: Box<Bucket>,
}

/// Why an object was not to be had.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    #[error("there is no such object")]
    Missing,
    #[error("the object is larger than is accepted")]
    TooLarge,
    #[error("the object store does not answer: {0}")]
    Unavailable(String),
}

impl From<S3Error> for ObjectError {
    fn from(error: S3Error) -> Self {
        match error {
            S3Error::HttpFailWithBody(404, _) => Self::Missing,
            S3Error::HttpFailWithBody(status, _) => Self::Unavailable(format!("status {status}")),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl Objects {
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let storage = config.storage()?;
        Ok(Self {
            inside: bucket(storage, &storage.endpoint)?,
            outside: bucket(storage, &storage.public_endpoint)?,
        })
    }

    /// An address to which the holder may PUT this one object, for a quarter of an hour. Length and
    /// type are signed: the store refuses anything else.
    pub async fn upload_address(
        &self,
        key: &str,
        content_type: &'static str,
        bytes: i64,
    ) -> Result<String, ObjectError> {
        let signed = HeaderMap::from_iter([
            (CONTENT_LENGTH, HeaderValue::from(bytes)),
            (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        ]);
        let address = self
            .outside
            .presign_put(key, UPLOAD_SECONDS, Some(signed), None);
        Ok(address.await?)
    }

    /// The object's content. It is read no further than `bytes_max`, whatever its length was said
    /// to be.
    pub async fn get(&self, key: &str, bytes_max: usize) -> Result<Bytes, ObjectError> {
        let mut object = self.inside.get_object_stream(key).await?;
        let mut content = BytesMut::new();
        while let Some(part) = object.bytes().next().await {
            let part = part?;
            if content.len() + part.len() > bytes_max {
                return Err(ObjectError::TooLarge);
            }
            content.extend_from_slice(&part);
        }
        Ok(content.freeze())
    }

    pub async fn put(&self, key: &str, content: &[u8], kind: &str) -> Result<(), ObjectError> {
        self.inside
            .put_object_with_content_type(key, content, kind)
            .await?;
        Ok(())
    }

    /// Removes the object; one that is not there is as good as removed.
    pub async fn delete(&self, key: &str) -> Result<(), ObjectError> {
        match self
            .inside
            .delete_object(key)
            .await
            .map_err(ObjectError::from)
        {
            Ok(_) | Err(ObjectError::Missing) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Removes every object whose key begins with `prefix`.
    pub async fn delete_all(&self, prefix: &str) -> Result<(), ObjectError> {
        let pages = self.inside.list(prefix.to_owned(), None).await?;
        for object in pages.iter().flat_map(|page| &page.contents) {
            self.delete(&object.key).await?;
        }
        Ok(())
    }
}

fn bucket(storage: &Storage, endpoint: &str) -> anyhow::Result<Box<Bucket>> {
    let scheme = if storage.use_ssl { "https" } else { "http" };
    let endpoint = match endpoint.contains("://") {
        true => endpoint.to_owned(),
        false => format!("{scheme}://{endpoint}"),
    };
    let region = Region::Custom {
        region: "us-east-1".into(),
        endpoint,
    };
    let credentials = Credentials::new(
        Some(storage.access_key.expose_secret()),
        Some(storage.secret_key.expose_secret()),
        None,
        None,
        None,
    )?;
    let bucket = Bucket::new(&storage.bucket, region, credentials)?.with_path_style();
    bucket
        .with_request_timeout(TIMEOUT)
        .context("the object store's time-out")
}
