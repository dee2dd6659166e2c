//! How a store numbers its orders.

use garde::Validate;
use http_kit::permissions::{CanEditSettings, CanReadSettings};
use http_kit::{ApiError, Data, HttpResponse, IfMatch, Json, Staff};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::seen::SeenVersion;
use crate::app::App;
use crate::store::settings::{self, Numbering};
use crate::tell;
use crate::transition::By;

const PREFIX_CHARS_MAX: usize = 12;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SettingsView {
    /// Stands before the number of every new order, as PT- in PT-48213.
    #[schema(example = "PT-")]
    pub order_prefix: String,
    pub version: i64,
}

impl From<Numbering> for SettingsView {
    fn from(numbering: Numbering) -> Self {
        Self {
            order_prefix: numbering.prefix,
            version: numbering.version,
        }
    }
}

#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SetSettings {
    /// Up to 12 capital letters, digits and hyphens that do not end in a digit; empty for none.
    #[garde(custom(prefix))]
    #[schema(example = "PT-")]
    pub order_prefix: String,
}

/// A digit at the end would run into the number: "1" and 2345 is 12345 too.
fn prefix(text: &str, _: &()) -> garde::Result {
    let is_known = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-';
    let ends_well = !text.ends_with(|c: char| c.is_ascii_digit());
    if text.len() <= PREFIX_CHARS_MAX && text.bytes().all(is_known) && ends_well {
        Ok(())
    } else {
        Err(garde::Error::new(
            "up to 12 capital letters, digits and hyphens, not ending in a digit, such as PT-",
        ))
    }
}

/// What stands before the numbers of orders.
#[utoipa::path(get, path = "/api/orders/admin/settings", responses((status = 200, body = SettingsView)))]
pub async fn get_settings(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
) -> Result<HttpResponse, ApiError> {
    let numbering = app
        .db
        .read(staff.tenant.id, async |tx| {
            settings::find_numbering(tx).await
        })
        .await?;
    Ok(answer(numbering))
}

/// Sets what stands before the numbers of orders to come; those that were placed keep theirs.
#[utoipa::path(put, path = "/api/orders/admin/settings", responses((status = 200, body = SettingsView)))]
pub async fn set_settings(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    seen: SeenVersion,
    body: Json<SetSettings>,
) -> Result<HttpResponse, ApiError> {
    let by = By::staff(&app, &staff);
    let numbering = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            let before = SettingsView::from(settings::lock_numbering(tx).await?);
            seen.check(before.version, &before)?;
            let saved = settings::save_prefix(tx, &body.order_prefix).await?;
            let acted = staff.acted(by.now, "order_settings.update", "settings:orders");
            let acted = acted.changed(&before, &SettingsView::from(saved.clone()));
            tell::action(tx, acted).await?;
            Ok::<_, ApiError>(saved)
        })
        .await?;
    Ok(answer(numbering))
}

fn answer(numbering: Numbering) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(IfMatch::etag(numbering.version))
        .json(SettingsView::from(numbering))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_does_not_run_into_the_number() {
        for good in ["", "PT-", "A", "2026-", "LOJA-1-"] {
            assert!(prefix(good, &()).is_ok(), "{good}");
        }
        for bad in ["1", "PT-1", "pt-", "P T-", "ABCDEFGHIJKLM", "É-"] {
            assert!(prefix(bad, &()).is_err(), "{bad}");
        }
    }
}
