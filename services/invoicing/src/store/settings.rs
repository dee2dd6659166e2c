//! How the merchant wants his documents.

use std::collections::BTreeMap;

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use time::OffsetDateTime;

use super::schema::settings;

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = settings, treat_none_as_null = true)]
pub struct SettingsRow {
    pub company_id: i64,
    pub company_name: String,
    pub document_set_id: i64,
    pub document_set_name: String,
    pub credit_set_id: i64,
    pub credit_set_name: String,
    /// invoice_receipt or simplified_invoice.
    pub kind: String,
    /// Whether documents are closed, or left as drafts for a person.
    pub closes: bool,
    pub exemption_code: Option<String>,
    /// The platform's ways to pay → the provider's ids.
    pub payment_methods: Value,
    /// For what is not among them.
    pub payment_method: Option<i64>,
    pub shipping_reference: String,
    pub updated_at: OffsetDateTime,
}

impl SettingsRow {
    pub fn methods(&self) -> BTreeMap<String, i64> {
        serde_json::from_value(self.payment_methods.clone()).unwrap_or_default()
    }

    /// The provider's id of a way to pay.
    pub fn method(&self, name: &str) -> Option<i64> {
        self.methods().get(name).copied().or(self.payment_method)
    }
}

/// The settings and their version.
pub async fn find_settings(tx: &TenantTx) -> Result<Option<(SettingsRow, i64)>, Error> {
    let found = settings::table
        .filter(settings::tenant_id.eq(tx.tenant().uuid()))
        .select((SettingsRow::as_select(), settings::version))
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

pub async fn save_settings(tx: &TenantTx, row: &SettingsRow) -> Result<i64, Error> {
    let version = diesel::insert_into(settings::table)
        .values((settings::tenant_id.eq(tx.tenant().uuid()), row.clone()))
        .on_conflict(settings::tenant_id)
        .do_update()
        .set((row.clone(), settings::version.eq(settings::version + 1)))
        .returning(settings::version)
        .prepared()
        .get_result(&mut tx.conn())
        .await?;
    Ok(version)
}
