use kernel::TenantId;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::App;
use crate::store::tenants::Listed;

/// A store for the platform's people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TenantView {
    pub id: TenantId,
    pub name: String,
    pub slug: String,
    /// Where its storefront is.
    pub url: String,
    #[schema(example = "active")]
    pub status: String,
    pub suspended_reason: Option<String>,
    pub plan: String,
    pub template_id: String,
    pub email: String,
    pub country: String,
    pub locale: String,
    pub currency: String,
    pub tax_number: Option<String>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub trial_ends_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// For `If-Match`.
    pub version: i64,
}

impl TenantView {
    pub fn of(app: &App, (row, template_id): Listed) -> Self {
        Self {
            id: TenantId::from_uuid(row.tenant_id),
            url: app.url_of(&row.slug),
            name: row.name,
            slug: row.slug,
            status: row.status,
            suspended_reason: row.suspended_reason,
            plan: row.plan,
            template_id,
            email: row.contact_email,
            country: row.country,
            locale: row.locale,
            currency: row.currency,
            tax_number: row.tax_number,
            trial_ends_at: row.trial_ends_at,
            created_at: row.created_at,
            version: row.version,
        }
    }
}
