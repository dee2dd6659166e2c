//! The object store, where the documents' PDFs are kept.

use std::time::Duration;

use anyhow::Context;
use futures_util::StreamExt;
use kernel::Config;
use s3::creds::Credentials;
use s3::error::S3Error;
use s3::{Bucket, Region};
use secrecy::ExposeSecret;

const TIMEOUT: Duration = Duration::from_secs(10);
const PDF: &str = "application/pdf";

/// The bucket as this service reaches it. Nobody else is given an address in it.
pub struct Objects(Box<Bucket>);

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
            // Without the error's own words: they hold the address, and the address holds the word that
            // opens the document.
            S3Error::Reqwest(error) if error.is_timeout() => {
                Self::Unavailable("no answer in time".into())
            }
            S3Error::Reqwest(_) => Self::Unavailable("the connection broke".into()),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl Objects {
    /// # Errors
    /// When the configured address or keys cannot be used.
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let storage = config.storage()?;
        let scheme = if storage.use_ssl { "https" } else { "http" };
        let endpoint = match storage.endpoint.contains("://") {
            true => storage.endpoint.clone(),
            false => format!("{scheme}://{}", storage.endpoint),
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
        let bucket = bucket.with_request_timeout(TIMEOUT);
        Ok(Self(bucket.context("the object store's time-out")?))
    }

    pub async fn put_pdf(&self, key: &str, content: &[u8]) -> Result<(), ObjectError> {
        self.0
            .put_object_with_content_type(key, content, PDF)
            .await?;
        Ok(())
    }

    /// The object's content, read no further than `bytes_max`.
    pub async fn get(&self, key: &str, bytes_max: usize) -> Result<Vec<u8>, ObjectError> {
        let mut object = self.0.get_object_stream(key).await?;
        let mut content = Vec::new();
        while let Some(part) = object.bytes().next().await {
            let part = part?;
            if content.len() + part.len() > bytes_max {
                return Err(ObjectError::TooLarge);
            }
            content.extend_from_slice(&part);
        }
        Ok(content)
    }
}
