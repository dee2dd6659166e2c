//! The object store: uploads by presigned address, published images read back.

use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
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
        let storage = &config.storage;
        Ok(Self {
            inside: bucket(storage, &storage.endpoint)?,
            outside: bucket(storage, &storage.public_endpoint)?,
        })
    }

    /// An address to which the holder may PUT this one object, for a quarter of an hour.
    pub async fn upload_address(&self, key: &str) -> Result<String, ObjectError> {
        Ok(self
            .outside
            .presign_put(key, UPLOAD_SECONDS, None, None)
            .await?)
    }

    /// The object's content, at most `bytes_max` of it.
    pub async fn get(&self, key: &str, bytes_max: i64) -> Result<Bytes, ObjectError> {
        let (head, _) = self.inside.head_object(key).await?;
        if head.content_length.unwrap_or(0) > bytes_max {
            return Err(ObjectError::TooLarge);
        }
        Ok(self.inside.get_object(key).await?.into_bytes())
    }

    pub async fn put(&self, key: &str, content: &[u8], kind: &str) -> Result<(), ObjectError> {
        self.inside
            .put_object_with_content_type(key, content, kind)
            .await?;
        Ok(())
    }

    pub async fn delete(&self, key: &str) -> Result<(), ObjectError> {
        self.inside.delete_object(key).await?;
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
