//! The object store: images are put where uploads lie, and catalog takes them from there.

use std::time::Duration;

use anyhow::Context;
use kernel::config::Storage;
use kernel::{Config, MediaId, TenantId};
use s3::creds::Credentials;
use s3::{Bucket, Region};
use secrecy::ExposeSecret;

const TIMEOUT: Duration = Duration::from_secs(15);

pub struct Uploads(Box<Bucket>);

/// The object store did not take it.
#[derive(Debug, thiserror::Error)]
#[error("the object store does not answer: {0}")]
pub struct PutError(String);

impl Uploads {
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        bucket(config.storage()?).map(Self)
    }

    /// Puts the bytes of an image where catalog looks for the upload of this id.
    pub async fn put(
        &self,
        tenant: TenantId,
        id: MediaId,
        content: &[u8],
        content_type: &str,
    ) -> Result<(), PutError> {
        let key = format!("uploads/{tenant}/{id}");
        self.0
            .put_object_with_content_type(&key, content, content_type)
            .await
            .map_err(|error| PutError(error.to_string()))?;
        Ok(())
    }
}

fn bucket(storage: &Storage) -> anyhow::Result<Box<Bucket>> {
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
    bucket
        .with_request_timeout(TIMEOUT)
        .context("the object store's time-out")
}
