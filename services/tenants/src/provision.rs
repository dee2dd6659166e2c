//! A store comes into being, all or nothing.

use db::SystemTx;
use http_kit::{ApiError, Role};
use kernel::{StaffId, TenantId};
use serde::Serialize;
use serde_json::json;
use time::{Duration, OffsetDateTime};

use crate::domain::new_tenant::{Asked, Known, NewTenant, Wrong};
use crate::domain::sessions::TEMPORARY_PASSWORD_LIFE;
use crate::store::audit::{self, Entry};
use crate::store::catalogue;
use crate::store::configs::{self, ConfigRow};
use crate::store::hosts;
use crate::store::staff::{self, StaffRow};
use crate::store::tenants::{self, TenantRow};
use crate::tell;

const TIME_ZONE: &str = "Europe/Lisbon";

/// Who provisions, as the audit trail names them.
#[derive(Clone, Debug)]
pub struct By {
    pub actor: String,
    pub ip: Option<String>,
}

/// Reads what was asked for, against what the platform has.
///
/// # Errors
/// 422 that names every wrong field; 409 `slug-taken` when that is the only one.
pub async fn read(tx: &mut db::TenantTx, asked: &Asked) -> Result<NewTenant, ApiError> {
    let slug_is_taken = match asked.slug() {
        Some(slug) => hosts::find_owner(tx, slug.as_str()).await?.is_some(),
        None => false,
    };
    let known = Known {
        plans: catalogue::list_plan_keys(tx).await?,
        templates: catalogue::list_template_keys(tx).await?,
        slug_is_taken,
    };
    asked.read(&known).map_err(|wrongs| refusal(&wrongs))
}

/// Under the codes of every other route's body: all are unknown fields, or some are not acceptable.
fn refusal(wrongs: &[Wrong]) -> ApiError {
    let problem = if matches!(wrongs, [Wrong { code: "taken", .. }]) {
        slug_taken()
    } else if wrongs.iter().all(|wrong| wrong.code == "unknown-field") {
        let detail = "the body has fields that are not known here";
        ApiError::invalid("unknown-field", detail)
    } else {
        ApiError::invalid("invalid-body", "some fields are not acceptable")
    };
    wrongs.iter().fold(problem, |problem, wrong| {
        problem.at(
            format!("/{}", wrong.field.replace('~', "~0").replace('/', "~1")),
            wrong.code,
            wrong.accepted.clone(),
        )
    })
}

fn slug_taken() -> ApiError {
    ApiError::conflict("slug-taken", "another store has this slug; choose another")
}

/// The new store's rows: store, host, configuration and owner, the event and the audit entry.
///
/// `password_hash` is of the temporary password that the owner gets.
pub async fn create(
    tx: &mut SystemTx,
    new: &NewTenant,
    password_hash: String,
    by: &By,
    now: OffsetDateTime,
) -> Result<TenantRow, ApiError> {
    let tx = tx.as_tenant(TenantId::new());
    let plan = catalogue::get_plan(tx, &new.plan).await?;
    let trial_days = new.trial_days.unwrap_or_else(|| i64::from(plan.trial_days));
    let row = TenantRow {
        tenant_id: tx.tenant().uuid(),
        slug: new.slug.to_string(),
        name: new.name.clone(),
        status: "active".to_owned(),
        suspended_reason: None,
        plan: new.plan.clone(),
        country: new.country.to_string(),
        locale: new.locale.to_string(),
        currency: new.currency.to_string(),
        time_zone: TIME_ZONE.to_owned(),
        tax_number: new.tax_number.clone(),
        contact_email: new.email.to_string(),
        trial_ends_at: (trial_days > 0).then(|| now + Duration::days(trial_days)),
        version: 1,
        created_at: now,
        changed_at: now,
    };
    tenants::create_tenant(tx, &row).await?;
    hosts::create_label(tx, new.slug.as_str(), now)
        .await
        .map_err(|error| {
            if error.is_unique_violation("host_pkey") {
                slug_taken()
            } else {
                error.into()
            }
        })?;
    let config = ConfigRow {
        tenant_id: row.tenant_id,
        template_id: new.template_id.clone(),
        theme: catalogue::get_template(tx, &new.template_id).await?,
        contact_phone: new.contact_phone.clone().map(String::from),
        version: 1,
        changed_at: now,
        sections: None,
        tokens: json!({}),
        published: None,
        minimum_age: None,
        legal_name: None,
        address: None,
        complaints_book_url: None,
        dispute_body: None,
    };
    configs::create_config(tx, &config).await?;
    let owner = owner(&row, new, password_hash, now);
    staff::create_staff(tx, &owner).await?;
    tell::tenant_changed(tx).await?;
    tell::staff_changed(tx, &owner).await?;
    let entry = Entry {
        actor: by.actor.clone(),
        ip: by.ip.clone(),
        action: "tenant.create".into(),
        target: format!("tenant:{}", row.tenant_id),
        after: Some(facts(&row)),
        ..Entry::default()
    };
    audit::append(tx, now, entry).await?;
    Ok(row)
}

fn owner(row: &TenantRow, new: &NewTenant, hash: String, now: OffsetDateTime) -> StaffRow {
    StaffRow {
        tenant_id: row.tenant_id,
        id: StaffId::new().uuid(),
        email: new.email.to_string(),
        name: new.owner_name.clone().unwrap_or_else(|| new.name.clone()),
        role: Role::Owner.to_string(),
        locale: row.locale.clone(),
        status: "active".to_owned(),
        password_hash: hash,
        password_expires_at: Some(now + TEMPORARY_PASSWORD_LIFE),
        perms_version: 1,
        version: 1,
        created_at: now,
        changed_at: now,
    }
}

/// What the audit trail keeps of a store: nothing of persons.
pub fn facts(row: &TenantRow) -> serde_json::Value {
    #[derive(Serialize)]
    struct Facts<'a> {
        slug: &'a str,
        name: &'a str,
        status: &'a str,
        plan: &'a str,
        version: i64,
    }
    let TenantRow {
        slug,
        name,
        status,
        plan,
        version,
        ..
    } = row;
    json!(Facts {
        slug,
        name,
        status,
        plan,
        version: *version
    })
}
