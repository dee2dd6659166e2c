//! An import is begun.

use db::TenantTx;
use events::common::v1::Action;
use events::migration::v1::ActionRecorded;
use garde::Validate;
use http_kit::{ApiError, Audience, Data, HttpResponse, Json, TenantRef, TenantStatus};
use kernel::{EventId, Slug, TenantId};
use outbound::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{ImportView, view};
use crate::app::App;
use crate::audience::Importer;
use crate::domain::plan::RESOURCES;
use crate::error::wrong;
use crate::jobs::run_import;
use crate::keys::{self, SourceKeys};
use crate::store::imports::{self, ImportRow, QUEUED};

#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct StartImport {
    /// The old shop's address.
    #[schema(example = "https://old-store.example.com")]
    #[garde(length(max = 500))]
    pub wc_url: String,
    /// Begins with ck_; the right to read is enough.
    #[schema(value_type = String, example = "ck_0123")]
    pub wc_consumer_key: SecretString,
    /// Begins with cs_.
    #[schema(value_type = String, example = "cs_0123")]
    pub wc_consumer_secret: SecretString,
    /// Slug or id of the store to import into; for sysadmins. A store's people import into their own.
    #[serde(default)]
    pub tenant: Option<String>,
    /// Reads everything, writes nothing, and reports what would come.
    #[serde(default)]
    pub dry_run: bool,
    /// Some of tags, attributes, taxes, categories, products, reviews, customers, orders, coupons, shipping;
    /// all without it.
    #[serde(default)]
    pub resources: Vec<String>,
    /// Of products, orders and coupons only what changed since this instant.
    #[serde(default)]
    #[schema(example = "2026-11-01T00:00:00Z")]
    pub since: Option<String>,
}

/// Begins an import from a WooCommerce shop. The same shop again updates what came before; while an import
/// goes on, asking for it again answers with the one that goes on.
#[utoipa::path(post, path = "/api/migration/woocommerce/import", responses((status = 202, body = ImportView)))]
pub async fn start_import(
    app: Data<App>,
    importer: Importer,
    body: Json<StartImport>,
) -> Result<HttpResponse, ApiError> {
    let now = app.clock.now();
    let wanted = Wanted::read(&app, &body)?;
    let tenant = tenant_of(&app, &importer, body.tenant.as_deref()).await?;
    let id = Uuid::now_v7();
    let keys = SourceKeys {
        key: body.wc_consumer_key.expose_secret().to_owned(),
        secret: body.wc_consumer_secret.expose_secret().to_owned(),
    };
    let sealed = keys::seal(&app.sealer, tenant.id, id, &keys)
        .map_err(|error| ApiError::internal(&error))?;
    let row = wanted.row(tenant.id, (id, sealed), &importer, now);
    let begun = app
        .db
        .tenant(tenant.id, async |tx| {
            let view = match imports::find_under_way(tx).await? {
                Some(other) if other.shop == row.shop && other.dry_run == row.dry_run => {
                    view(tx, other, now).await?
                }
                Some(other) => return Err(under_way(&other)),
                None => begin(tx, &importer, row, now).await?,
            };
            Ok::<_, ApiError>(view)
        })
        .await?;
    let location = format!("/api/migration/admin/imports/{}", begun.id);
    Ok(HttpResponse::Accepted()
        .insert_header(("location", location))
        .json(begun))
}

async fn begin(
    tx: &mut TenantTx,
    importer: &Importer,
    row: ImportRow,
    now: OffsetDateTime,
) -> Result<ImportView, ApiError> {
    let id = row.id;
    imports::create_import(tx, &row).await.map_err(|error| {
        if error.is_unique_violation("import_under_way") {
            ApiError::conflict(
                "import-under-way",
                "another import of this store has just begun",
            )
        } else {
            error.into()
        }
    })?;
    run_import::enqueue(tx, id, now).await?;
    record(tx, importer, &row, now).await?;
    Ok(view(tx, row, now).await?)
}

fn under_way(other: &ImportRow) -> ApiError {
    ApiError::conflict(
        "import-under-way",
        "a store imports one shop at a time; stop the one that goes on, or wait for its end",
    )
    .with("import_id", &other.id)
}

/// What was asked for, checked.
struct Wanted {
    shop: String,
    dry_run: bool,
    resources: Vec<String>,
    since: Option<OffsetDateTime>,
}

impl Wanted {
    fn read(app: &App, body: &StartImport) -> Result<Self, ApiError> {
        let url: Url = app
            .shops
            .check(&body.wc_url)
            .map_err(|refused| wrong("/wc_url", "not-reachable", refused.0))?;
        let is_key = |text: &SecretString, start: &str| {
            let text = text.expose_secret();
            text.starts_with(start)
                && text.len() <= 100
                && text.bytes().all(|b| b.is_ascii_graphic())
        };
        if !is_key(&body.wc_consumer_key, "ck_") {
            return Err(wrong(
                "/wc_consumer_key",
                "invalid",
                "a key that begins with ck_",
            ));
        }
        if !is_key(&body.wc_consumer_secret, "cs_") {
            return Err(wrong(
                "/wc_consumer_secret",
                "invalid",
                "a secret that begins with cs_",
            ));
        }
        for (at, resource) in body.resources.iter().enumerate() {
            if !RESOURCES.contains(&resource.as_str()) {
                let accepted = format!("one of {}", RESOURCES.join(", "));
                let pointer = format!("/resources/{at}");
                return Err(ApiError::invalid("invalid-import", accepted.clone())
                    .at(pointer, "unknown", accepted));
            }
        }
        let accepted = "an instant of RFC 3339, such as 2026-11-01T00:00:00Z";
        let since = match body.since.as_deref() {
            None => None,
            Some(text) => Some(
                OffsetDateTime::parse(text, &Rfc3339)
                    .map_err(|_| wrong("/since", "invalid", accepted))?,
            ),
        };
        Ok(Self {
            shop: shop_of(url),
            dry_run: body.dry_run,
            resources: body.resources.clone(),
            since,
        })
    }

    fn row(
        self,
        tenant: TenantId,
        (id, sealed): (Uuid, Vec<u8>),
        importer: &Importer,
        now: OffsetDateTime,
    ) -> ImportRow {
        ImportRow {
            tenant_id: tenant.uuid(),
            id,
            state: QUEUED.to_owned(),
            shop: self.shop,
            source: String::new(),
            sealed_keys: Some(sealed),
            dry_run: self.dry_run,
            resources: self.resources,
            since: self.since,
            facts: None,
            cursor: json!({"step": 0, "offset": 0, "last_id": 0}),
            step: String::new(),
            page_size: 0,
            failures: 0,
            last_error: String::new(),
            batches: 0,
            slice: 0,
            requested_by: importer.principal().to_string(),
            created_at: now,
            started_at: None,
            finished_at: None,
        }
    }
}

/// Without what may be typed along with it: a query may hold keys.
fn shop_of(mut url: Url) -> String {
    url.set_query(None);
    url.set_fragment(None);
    url.as_str().trim_end_matches('/').to_owned()
}

/// The store to import into. A store's people have one; a sysadmin names one, unless there is only one.
async fn tenant_of(
    app: &App,
    importer: &Importer,
    named: Option<&str>,
) -> Result<TenantRef, ApiError> {
    let accepted = "the slug or the id of a store";
    let by_name = async |name: &str| {
        let found = match name.parse::<Uuid>() {
            Ok(id) => app.directory.by_id(TenantId::from_uuid(id)),
            Err(_) => match name.parse::<Slug>() {
                Ok(slug) => app.directory.by_slug(&slug).await.ok(),
                Err(_) => None,
            },
        };
        found.ok_or_else(|| wrong("/tenant", "unknown", accepted))
    };
    let tenant = match (importer.tenant(), named) {
        (Some(own), None) => own.clone(),
        (Some(own), Some(name)) => {
            let is_own = name == own.slug.as_str() || name == own.id.to_string();
            if !is_own {
                return Err(wrong("/tenant", "unknown", "your own store, or nothing"));
            }
            own.clone()
        }
        (None, Some(name)) => by_name(name).await?,
        (None, None) => match imports::only_store(&app.db).await? {
            Some(id) => app
                .directory
                .by_id(id)
                .ok_or_else(|| wrong("/tenant", "missing", accepted))?,
            None => return Err(wrong("/tenant", "missing", accepted)),
        },
    };
    match tenant.status {
        TenantStatus::Active | TenantStatus::Suspended => Ok(tenant),
        TenantStatus::Archived | TenantStatus::Deleted => {
            Err(wrong("/tenant", "closed", "a store that is not closed"))
        }
    }
}

/// The audit trail's entry; never the keys.
async fn record(
    tx: &mut TenantTx,
    importer: &Importer,
    row: &ImportRow,
    now: OffsetDateTime,
) -> Result<(), ApiError> {
    let told = json!({
        "shop": row.shop, "dry_run": row.dry_run, "resources": row.resources,
        "since": row.since.and_then(|since| since.format(&Rfc3339).ok()),
    });
    let target = format!("import:{}", row.id);
    let action = match importer {
        Importer::Staff(staff) => staff
            .acted(now, "import.start", target)
            .created(&told)
            .into(),
        Importer::Sysadmin { ip, .. } => Action {
            action_id: EventId::new().to_string(),
            version: 1,
            at_us: events::to_us(now),
            actor: importer.principal().to_string(),
            acting_as: format!("tenant:{}", tx.tenant()),
            ip: ip.to_string(),
            action: "import.start".to_owned(),
            target,
            before_json: String::new(),
            after_json: told.to_string(),
        },
    };
    let event = ActionRecorded {
        tenant_id: tx.tenant().to_string(),
        action: Some(action),
    };
    Ok(bus::emit(tx, &event).await?)
}
