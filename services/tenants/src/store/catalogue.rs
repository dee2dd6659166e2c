//! What the platform sells: plans, addons, the words of entitlements, templates.

use std::collections::BTreeMap;

use db::{Error, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Jsonb};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::schema::{
    addon, entitlement, entitlement_override, plan, plan_addon, template, tenant_addon,
};
use crate::domain::entitlements::{HeldAddon, Holdings};

/// How many rows a load wrote; none when everything was there already.
#[derive(Debug, PartialEq, Eq, QueryableByName)]
pub struct Loaded {
    #[diesel(sql_type = BigInt)]
    pub plans: i64,
    #[diesel(sql_type = BigInt)]
    pub addons: i64,
    #[diesel(sql_type = BigInt)]
    pub inclusions: i64,
    #[diesel(sql_type = BigInt)]
    pub entitlements: i64,
    #[diesel(sql_type = BigInt)]
    pub templates: i64,
}

/// Writes what `document` (the shape of `seed/seed-data.json`) has and the tables lack.
pub async fn load(tx: &SystemTx, document: &Value) -> Result<Loaded, Error> {
    // One statement would check the references of inclusions before their plans are visible; the
    // checks wait for its end, so it can be one.
    Ok(diesel::sql_query(include_str!("../../seed/load.sql"))
        .bind::<Jsonb, _>(document)
        .get_result(&mut tx.conn())
        .await?)
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = plan)]
pub struct Plan {
    pub key: String,
    pub application_fee_bps: i32,
    pub trial_days: i32,
    pub features: Vec<String>,
    pub limits: Value,
}

pub async fn list_plan_keys(tx: &TenantTx) -> Result<Vec<String>, Error> {
    Ok(plan::table
        .order(plan::rank)
        .select(plan::key)
        .load(&mut tx.conn())
        .await?)
}

pub async fn list_template_keys(tx: &TenantTx) -> Result<Vec<String>, Error> {
    Ok(template::table
        .order(template::key)
        .select(template::key)
        .load(&mut tx.conn())
        .await?)
}

/// A template as it is offered.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = template)]
pub struct Template {
    pub key: String,
    pub name: Value,
    pub definition: Value,
}

pub async fn list_templates(tx: &TenantTx) -> Result<Vec<Template>, Error> {
    Ok(template::table
        .order(template::key)
        .select(Template::as_select())
        .load(&mut tx.conn())
        .await?)
}

/// An addon as it is sold.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = addon)]
pub struct Addon {
    pub key: String,
    pub name: Value,
    pub description: Value,
    pub entitlement_key: String,
}

pub async fn list_addons(tx: &TenantTx) -> Result<Vec<Addon>, Error> {
    Ok(addon::table
        .order(addon::key)
        .select(Addon::as_select())
        .load(&mut tx.conn())
        .await?)
}

pub async fn get_plan(tx: &TenantTx, key: &str) -> Result<Plan, Error> {
    Ok(plan::table
        .find(key)
        .select(Plan::as_select())
        .first(&mut tx.conn())
        .await?)
}

pub async fn get_template(tx: &TenantTx, key: &str) -> Result<Value, Error> {
    Ok(template::table
        .find(key)
        .select(template::definition)
        .first(&mut tx.conn())
        .await?)
}

/// Everything that decides what the store of this transaction may use.
pub async fn get_holdings(tx: &TenantTx, plan: &Plan) -> Result<Holdings, Error> {
    let always = entitlement::table
        .filter(entitlement::kind.eq("always"))
        .select(entitlement::key)
        .load(&mut tx.conn())
        .await?;
    let included: Vec<(String, String, i64)> = plan_addon::table
        .inner_join(addon::table.on(addon::key.eq(plan_addon::addon_key)))
        .filter(
            plan_addon::plan_key
                .eq(&plan.key)
                .and(plan_addon::availability.eq("included")),
        )
        .order(addon::key)
        .select((addon::key, addon::entitlement_key, addon::entitlement_value))
        .load(&mut tx.conn())
        .await?;
    let bought: Vec<(String, String, i64, i32)> = tenant_addon::table
        .inner_join(addon::table.on(addon::key.eq(tenant_addon::addon_key)))
        .filter(tenant_addon::tenant_id.eq(tx.tenant().uuid()))
        .order(addon::key)
        .select((
            addon::key,
            addon::entitlement_key,
            addon::entitlement_value,
            tenant_addon::quantity,
        ))
        .load(&mut tx.conn())
        .await?;
    let overrides: Vec<(String, i64)> = entitlement_override::table
        .filter(entitlement_override::tenant_id.eq(tx.tenant().uuid()))
        .select((entitlement_override::key, entitlement_override::value))
        .load(&mut tx.conn())
        .await?;
    let held = |key, entitlement, value, quantity, included| HeldAddon {
        key,
        entitlement,
        value,
        quantity,
        included,
    };
    let included = included
        .into_iter()
        .map(|(key, what, value)| held(key, what, value, 1, true));
    let bought = bought
        .into_iter()
        .map(|(key, what, value, quantity)| held(key, what, value, i64::from(quantity), false));
    Ok(Holdings {
        always,
        plan: plan.key.clone(),
        features: plan.features.clone(),
        limits: limits(&plan.limits),
        addons: included.chain(bought).collect(),
        overrides: overrides.into_iter().collect(),
    })
}

fn limits(json: &Value) -> BTreeMap<String, i64> {
    let pairs = json.as_object().into_iter().flatten();
    pairs
        .filter_map(|(key, value)| Some((key.clone(), value.as_i64()?)))
        .collect()
}
