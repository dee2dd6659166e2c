//! An image of another shop is checked and published as an upload is, and the importer is told.

use bus::emit;
use events::catalog::v1::ImportApplied;
use events::migration::v1::Outcome;
use jobs::{Job, JobError, Task};
use kernel::{MediaId, TenantId};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::clients::s3::ObjectError;
use crate::intake::{self, IntakeError};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TakeInImport {
    pub import_id: String,
    pub batch_id: String,
    pub source_id: String,
    pub media_id: MediaId,
}

impl Job for TakeInImport {
    const KIND: &'static str = "take_in_import";
}

/// May be run again: an image that is there is only told of.
pub async fn run(app: App, task: Task<TakeInImport>) -> Result<(), JobError> {
    let is_last = task.attempt >= TakeInImport::ATTEMPTS_MAX;
    let (target, note) = match intake::take_in(&app, task.tenant, task.job.media_id).await {
        Ok(row) => (row.id.to_string(), None),
        Err(error) if may_mend(&error) && !is_last => {
            return Err(JobError::Retry(error.into()));
        }
        Err(error) => (String::new(), Some(words_of(&error))),
    };
    tell(&app, task.tenant, &task.job, target, note).await
}

fn may_mend(error: &IntakeError) -> bool {
    match error {
        IntakeError::Object(ObjectError::Unavailable(_))
        | IntakeError::Database(_)
        | IntakeError::Decoder(_) => true,
        IntakeError::NotFound
        | IntakeError::NotUploaded
        | IntakeError::Image(_)
        | IntakeError::Object(ObjectError::Missing | ObjectError::TooLarge) => false,
    }
}

/// For the merchant's eyes: what is wrong inside stays inside.
fn words_of(error: &IntakeError) -> String {
    match error {
        IntakeError::Image(error) => error.to_string(),
        IntakeError::Object(ObjectError::TooLarge) => "an image has at most 20 MiB".to_owned(),
        IntakeError::Object(_)
        | IntakeError::Database(_)
        | IntakeError::Decoder(_)
        | IntakeError::NotFound
        | IntakeError::NotUploaded => "the image could not be stored".to_owned(),
    }
}

async fn tell(
    app: &App,
    tenant: TenantId,
    job: &TakeInImport,
    target_id: String,
    note: Option<String>,
) -> Result<(), JobError> {
    let result = if note.is_none() { "applied" } else { "failed" };
    let event = ImportApplied {
        tenant_id: tenant.to_string(),
        batch_id: job.batch_id.clone(),
        version: 1,
        import_id: job.import_id.clone(),
        outcomes: vec![Outcome {
            resource: "image".to_owned(),
            source_id: job.source_id.clone(),
            result: result.to_owned(),
            target_id,
            notes: note.into_iter().collect(),
            ..Outcome::default()
        }],
    };
    let mut tx = app.db.begin_tenant(tenant).await?;
    emit(&mut tx, &event).await?;
    Ok(tx.commit().await?)
}
