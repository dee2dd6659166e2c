//! What a store says of itself: how it is called and reached, and what the law asks for.

use garde::Validate;
use http_kit::permissions::{CanEditSettings, CanReadSettings};
use http_kit::{ApiError, Data, HttpResponse, IfMatch, Json, Staff};
use kernel::{Country, Email, Phone, Postcode, TaxId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::not_acceptable;
use crate::App;
use crate::deeds;
use crate::domain::iso;
use crate::domain::new_tenant::{
    FOREIGN_TAX_NUMBER_ACCEPTED, NAME_ACCEPTED, foreign_tax_number, name_of,
};
use crate::looks;
use crate::store::configs::{self, ConfigRow};
use crate::store::tenants::{self, TenantRow};

/// Where a company has its seat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[garde(allow_unvalidated)]
pub struct Address {
    #[garde(length(chars, min = 1, max = 200), custom(one_line))]
    #[schema(example = "Rua do Ouro 1")]
    pub line1: String,
    #[serde(default)]
    #[garde(inner(length(chars, min = 1, max = 200), custom(one_line)))]
    pub line2: Option<String>,
    pub postcode: Postcode,
    #[garde(length(chars, min = 1, max = 100), custom(one_line))]
    pub city: String,
    pub country: Country,
}

/// Who settles disputes with consumers out of court.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct DisputeBody {
    #[garde(length(chars, min = 1, max = 200), custom(one_line))]
    #[schema(example = "CNIACC")]
    pub name: String,
    #[garde(custom(web_address))]
    #[schema(example = "https://www.cniacc.pt/")]
    pub url: String,
}

/// What can be changed; null takes a thing back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[garde(allow_unvalidated)]
pub struct StoreSettings {
    /// 1 to 120 characters on one line; the spaces around it do not count.
    pub name: String,
    pub contact_email: Email,
    pub contact_phone: Option<Phone>,
    /// Under which the store sells; in Portugal the NIF.
    pub tax_number: Option<String>,
    #[garde(inner(length(chars, min = 1, max = 200), custom(one_line)))]
    pub legal_name: Option<String>,
    #[garde(dive)]
    pub address: Option<Address>,
    /// Of the complaints book, if it is not the common one.
    #[garde(inner(custom(web_address)))]
    #[schema(example = "https://www.livroreclamacoes.pt/Inicio/")]
    pub complaints_book_url: Option<String>,
    #[garde(dive)]
    pub dispute_body: Option<DisputeBody>,
    /// Visitors have to say that they are as old; null: nobody is asked.
    #[garde(inner(range(min = 1, max = 25)))]
    pub minimum_age: Option<i16>,
}

#[derive(Clone, Serialize, ToSchema)]
pub struct StoreSettingsView {
    #[serde(flatten)]
    pub settings: StoreSettings,
    /// Decided when the store was made.
    pub slug: String,
    pub url: String,
    pub country: String,
    pub locale: String,
    pub currency: String,
    pub time_zone: String,
    /// For `If-Match`.
    pub version: i64,
}

/// What the store says of itself.
#[utoipa::path(get, path = "/api/tenants/admin/settings", responses((status = 200, body = StoreSettingsView)))]
pub async fn get_store_settings(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
) -> Result<HttpResponse, ApiError> {
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            let row = tenants::get_tenant(tx).await?;
            Ok::<_, ApiError>((row, configs::get_config(tx).await?))
        })
        .await?;
    Ok(view(&app, &rows)?.answer())
}

/// Changes it, for everybody to see.
#[utoipa::path(put, path = "/api/tenants/admin/settings", responses((status = 200, body = StoreSettingsView)))]
pub async fn save_store_settings(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    seen: IfMatch,
    body: Json<StoreSettings>,
) -> Result<HttpResponse, ApiError> {
    let portuguese = staff.tenant.country.as_str() == "PT";
    let wanted = checked(body.into_inner(), portuguese)?;
    let now = app.clock.now();
    let rows = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            looks::lock(tx).await?;
            let before = (
                tenants::get_tenant(tx).await?,
                configs::get_config(tx).await?,
            );
            let known = view(&app, &before)?;
            if known.version != seen.0 {
                return Err(ApiError::precondition_failed(&known));
            }
            if known.settings == wanted {
                return Ok(before);
            }
            let (row, config) = changed(before, &wanted)?;
            tenants::save_tenant(tx, &row).await?;
            configs::save_config(
                tx,
                &ConfigRow {
                    changed_at: now,
                    ..config
                },
            )
            .await?;
            looks::told_anew(tx, now).await?;
            let deed = staff.acted(now, "store_settings.update", "store_settings");
            deeds::record(tx, deed.changed(&known.settings, &wanted)).await?;
            Ok((
                tenants::get_tenant(tx).await?,
                configs::get_config(tx).await?,
            ))
        })
        .await?;
    app.hot.drop_tenant(staff.tenant.id);
    Ok(view(&app, &rows)?.answer())
}

impl StoreSettingsView {
    fn answer(self) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header(IfMatch::etag(self.version))
            .json(self)
    }
}

/// What the form of each field alone does not tell.
fn checked(mut wanted: StoreSettings, portuguese: bool) -> Result<StoreSettings, ApiError> {
    let mut problem = not_acceptable();
    match name_of(&wanted.name) {
        Some(name) => wanted.name = name,
        None => problem = problem.at("/name", "invalid", NAME_ACCEPTED),
    }
    if let Some(number) = wanted.tax_number.take() {
        let read = if portuguese {
            let number: Result<TaxId, _> = number.parse();
            number.map(String::from).map_err(|error| error.to_string())
        } else {
            foreign_tax_number(&number).ok_or_else(|| FOREIGN_TAX_NUMBER_ACCEPTED.to_owned())
        };
        match read {
            Ok(number) => wanted.tax_number = Some(number),
            Err(accepted) => problem = problem.at("/tax_number", "invalid", accepted),
        }
    }
    let country = wanted.address.as_ref().map(|address| &address.country);
    if country.is_some_and(|country| !iso::is_country(country.as_str())) {
        let accepted = "a country of ISO 3166, such as PT";
        problem = problem.at("/address/country", "unknown", accepted);
    }
    if problem.fields().is_empty() {
        Ok(wanted)
    } else {
        Err(problem)
    }
}

fn changed(
    (row, config): (TenantRow, ConfigRow),
    wanted: &StoreSettings,
) -> Result<(TenantRow, ConfigRow), ApiError> {
    let fault = |error: serde_json::Error| ApiError::internal(&error);
    let address = wanted.address.as_ref().map(serde_json::to_value);
    let dispute_body = wanted.dispute_body.as_ref().map(serde_json::to_value);
    Ok((
        TenantRow {
            name: wanted.name.clone(),
            contact_email: wanted.contact_email.to_string(),
            tax_number: wanted.tax_number.clone(),
            ..row
        },
        ConfigRow {
            contact_phone: wanted.contact_phone.clone().map(String::from),
            legal_name: wanted.legal_name.clone(),
            address: address.transpose().map_err(fault)?,
            complaints_book_url: wanted.complaints_book_url.clone(),
            dispute_body: dispute_body.transpose().map_err(fault)?,
            minimum_age: wanted.minimum_age,
            version: config.version + 1,
            ..config
        },
    ))
}

fn view(app: &App, (row, config): &(TenantRow, ConfigRow)) -> Result<StoreSettingsView, ApiError> {
    let fault = |error: kernel::Invalid| ApiError::internal(&error);
    let phone = config.contact_phone.as_deref().map(str::parse::<Phone>);
    let settings = StoreSettings {
        name: row.name.clone(),
        contact_email: row.contact_email.parse::<Email>().map_err(fault)?,
        contact_phone: phone.transpose().map_err(fault)?,
        tax_number: row.tax_number.clone(),
        legal_name: config.legal_name.clone(),
        address: kept(config.address.as_ref())?,
        complaints_book_url: config.complaints_book_url.clone(),
        dispute_body: kept(config.dispute_body.as_ref())?,
        minimum_age: config.minimum_age,
    };
    Ok(StoreSettingsView {
        settings,
        slug: row.slug.clone(),
        url: app.url_of(&row.slug),
        country: row.country.clone(),
        locale: row.locale.clone(),
        currency: row.currency.clone(),
        time_zone: row.time_zone.clone(),
        version: row.version,
    })
}

/// What we wrote ourselves.
pub(super) fn kept<T: serde::de::DeserializeOwned>(
    value: Option<&serde_json::Value>,
) -> Result<Option<T>, ApiError> {
    let read = value.map(|value| serde_json::from_value(value.clone()));
    read.transpose().map_err(|error| ApiError::internal(&error))
}

fn one_line(text: &str, _: &()) -> garde::Result {
    if text.chars().any(char::is_control) {
        return Err(garde::Error::new("one line without control characters"));
    }
    Ok(())
}

/// It becomes a link on every page.
fn web_address(text: &str, _: &()) -> garde::Result {
    const CHARS_MAX: usize = 300;
    let rest = text.strip_prefix("https://").unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&b));
    if text.len() <= CHARS_MAX && plain && host.contains('.') && !host.contains('@') {
        return Ok(());
    }
    Err(garde::Error::new(
        "an address such as https://www.example.pt/, of at most 300 characters",
    ))
}
