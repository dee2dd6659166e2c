use super::super::error::{Error, Result};
use super::super::json::Json as _;
use super::super::scene::Scene;
use super::list_of;
use serde_json::Value;

const PAGE_DEFAULT: i64 = 10;
const PAGE_MAX: i64 = 100;
/// Stripe shows events of the last 30 days.
const EVENTS_SECONDS: i64 = 30 * 86_400;
const PAGING: [&str; 5] = [
    "limit",
    "starting_after",
    "ending_before",
    "expand",
    "created",
];

/// A page of the objects of a kind, newest first, filtered by fields of the same name.
pub(super) fn list(scene: &mut Scene<'_>, kind: &str, params: &Value) -> Result<Value> {
    let (account, now) = (scene.account.clone(), scene.now);
    let book = scene.world.book(&account);
    let keep = |object: &&Value| {
        fits(object, params) && (kind != "event" || object.int("created") > now - EVENTS_SECONDS)
    };
    let objects: Vec<_> = book.newest(kind).filter(keep).cloned().collect();
    page(format!("/v1/{kind}s"), kind, objects, params)
}

pub(super) fn fee_refunds(scene: &mut Scene<'_>, fee: &str, params: &Value) -> Result<Value> {
    let fee = scene.get("application_fee", fee)?;
    let url = format!("/v1/application_fees/{}/refunds", fee.text("id"));
    let refunds = fee
        .pointer("/refunds/data")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    page(url, "fee_refund", refunds, params)
}

fn page(url: String, kind: &str, objects: Vec<Value>, params: &Value) -> Result<Value> {
    let limit = params
        .get("limit")
        .and_then(Value::as_i64)
        .unwrap_or(PAGE_DEFAULT);
    if !(1..=PAGE_MAX).contains(&limit) {
        let message = format!("The limit must be between 1 and {PAGE_MAX}.");
        return Err(Error::invalid("parameter_invalid_integer", message).at("limit"));
    }
    let limit = usize::try_from(limit).unwrap_or_default();
    let position = |param: &str| match params.text(param) {
        "" => Ok(None),
        id => match objects.iter().position(|object| object.text("id") == id) {
            Some(index) => Ok(Some(index)),
            None => Err(Error::missing(kind, id).at(param)),
        },
    };
    let (after, before) = (position("starting_after")?, position("ending_before")?);
    let start = after.map_or(0, |index| index + 1);
    let end = before.unwrap_or(objects.len());
    let rest = objects.get(start..end).unwrap_or_default();
    let has_more = rest.len() > limit;
    // Backwards, the page is the one just before the given object.
    let skip = if before.is_some() {
        rest.len().saturating_sub(limit)
    } else {
        0
    };
    Ok(list_of(
        url,
        rest.iter().skip(skip).take(limit).cloned().collect(),
        has_more,
    ))
}

fn fits(object: &Value, params: &Value) -> bool {
    let asked = params.as_object().into_iter().flatten();
    let same = |(name, value): (&String, &Value)| match name.as_str() {
        "types" => value
            .as_array()
            .is_some_and(|types| types.contains(object.part("type"))),
        "delivery_success" => {
            (object.int("pending_webhooks") == 0) == (value == &Value::Bool(true))
        }
        _ if PAGING.contains(&name.as_str()) => true,
        _ => object.get(name) == Some(value),
    };
    asked.into_iter().all(same) && made_within(object.int("created"), params.get("created"))
}

fn made_within(created: i64, range: Option<&Value>) -> bool {
    let Some(range) = range else { return true };
    let bound = |name: &str| range.get(name).and_then(Value::as_i64);
    range.as_i64().is_none_or(|exact| created == exact)
        && bound("gt").is_none_or(|bound| created > bound)
        && bound("gte").is_none_or(|bound| created >= bound)
        && bound("lt").is_none_or(|bound| created < bound)
        && bound("lte").is_none_or(|bound| created <= bound)
}
