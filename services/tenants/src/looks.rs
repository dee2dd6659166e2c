//! A store's look as it is: what is drafted, and what everybody sees.

use db::TenantTx;
use http_kit::ApiError;
use serde_json::Value;
use time::OffsetDateTime;

use crate::domain::theme::{Look, VERSIONS_KEPT};
use crate::store::catalogue;
use crate::store::configs::{self, ConfigRow};
use crate::store::tenants;
use crate::store::themes::{self, DraftRow, VersionRow};
use crate::tell;

/// Both sides of a store's look.
pub struct Looks {
    pub config: ConfigRow,
    pub draft: Option<DraftRow>,
    /// The version that is shown; none while nothing was published.
    pub shown: Option<VersionRow>,
}

impl Looks {
    pub async fn read(tx: &TenantTx) -> Result<Self, ApiError> {
        let config = configs::get_config(tx).await?;
        let shown = match config.published {
            Some(number) => themes::find_version(tx, number).await?,
            None => None,
        };
        Ok(Self {
            draft: themes::find_draft(tx).await?,
            config,
            shown,
        })
    }

    /// The draft, or what is shown while there is none.
    pub fn drafted(&self) -> Result<Look, ApiError> {
        match &self.draft {
            Some(row) => look_of(&row.template_id, row.sections.as_ref(), &row.tokens),
            None => self.public(),
        }
    }

    /// What everybody sees.
    pub fn public(&self) -> Result<Look, ApiError> {
        let ConfigRow {
            template_id,
            sections,
            tokens,
            ..
        } = &self.config;
        look_of(template_id, sections.as_ref(), tokens)
    }

    /// For `If-Match`; 0 while there is no draft.
    pub fn version(&self) -> i64 {
        self.draft.as_ref().map_or(0, |row| row.version)
    }
}

/// A look as rows keep it.
pub fn look_of(template: &str, sections: Option<&Value>, tokens: &Value) -> Result<Look, ApiError> {
    let mut look = serde_json::Map::new();
    look.insert("template".to_owned(), template.into());
    look.insert("sections".to_owned(), sections.cloned().unwrap_or_default());
    look.insert("tokens".to_owned(), tokens.clone());
    serde_json::from_value(Value::Object(look)).map_err(|error| ApiError::internal(&error))
}

/// Keeps a look as the draft, whose version is then one more.
pub async fn keep_draft(
    tx: &TenantTx,
    look: &Look,
    seen: i64,
    now: OffsetDateTime,
) -> Result<(), ApiError> {
    let (sections, tokens) = parts(look)?;
    let row = DraftRow {
        tenant_id: tx.tenant().uuid(),
        template_id: look.template.clone(),
        sections,
        tokens,
        version: seen + 1,
        changed_at: now,
    };
    Ok(themes::save_draft(tx, &row).await?)
}

/// Shows a look to everybody, as the next version, and tells it. The store is locked.
pub async fn show(
    tx: &mut TenantTx,
    look: &Look,
    by: String,
    now: OffsetDateTime,
) -> Result<(), ApiError> {
    let (sections, tokens) = parts(look)?;
    let mut config = configs::get_config(tx).await?;
    let number = config.published.unwrap_or(0) + 1;
    let version = VersionRow {
        tenant_id: tx.tenant().uuid(),
        number,
        template_id: look.template.clone(),
        sections: sections.clone(),
        tokens: tokens.clone(),
        published_at: now,
        published_by: by,
    };
    themes::create_version(tx, &version).await?;
    themes::delete_versions(tx, number - VERSIONS_KEPT).await?;
    if config.template_id != look.template {
        config.theme = catalogue::get_template(tx, &look.template).await?;
        config.template_id.clone_from(&look.template);
    }
    config.sections = sections;
    config.tokens = tokens;
    config.published = Some(number);
    config.version += 1;
    config.changed_at = now;
    configs::save_config(tx, &config).await?;
    told_anew(tx, now).await
}

/// Counts the store's version on and tells the store as it is now. The store is locked.
pub async fn told_anew(tx: &mut TenantTx, now: OffsetDateTime) -> Result<(), ApiError> {
    let mut row = tenants::get_tenant(tx).await?;
    row.version += 1;
    row.changed_at = now;
    tenants::save_tenant(tx, &row).await?;
    tell::tenant_changed(tx).await?;
    Ok(())
}

/// The store of the transaction, which nobody else changes until its end.
pub async fn lock(tx: &TenantTx) -> Result<(), ApiError> {
    let locked = tenants::lock_tenant(tx).await?;
    locked
        .map(|_| ())
        .ok_or_else(|| ApiError::not_found("tenant-not-found"))
}

fn parts(look: &Look) -> Result<(Option<Value>, Value), ApiError> {
    let fault = |error: serde_json::Error| ApiError::internal(&error);
    let sections = look.sections.as_ref().map(serde_json::to_value);
    Ok((
        sections.transpose().map_err(fault)?,
        serde_json::to_value(&look.tokens).map_err(fault)?,
    ))
}
