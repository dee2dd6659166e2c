use super::super::error::{Error, Result};
use super::super::json::Json as _;
use super::super::scene::Scene;
use super::super::world::PLATFORM;
use super::list_of;
use serde_json::Value;

const DEPTH_MAX: usize = 4;

/// Puts whole objects where `expand` names ids. Only the answer changes, never what is stored.
pub(in super::super) fn expand(
    scene: &mut Scene<'_>,
    answer: &mut Value,
    params: &Value,
) -> Result<()> {
    let paths = params
        .get("expand")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    for path in paths.iter().filter_map(Value::as_str) {
        let parts: Vec<_> = path.split('.').collect();
        if parts.len() > DEPTH_MAX {
            return Err(Error::invalid(
                "",
                format!("Expansion goes {DEPTH_MAX} levels deep: {path}"),
            )
            .at("expand"));
        }
        open(scene, answer, &parts, path)?;
    }
    Ok(())
}

fn open(scene: &mut Scene<'_>, node: &mut Value, parts: &[&str], path: &str) -> Result<()> {
    let Some((first, rest)) = parts.split_first() else {
        return Ok(());
    };
    if let Value::Array(items) = node {
        return items
            .iter_mut()
            .try_for_each(|item| open(scene, item, parts, path));
    }
    if (node.text("object"), *first) == ("charge", "refunds") {
        let refunds = refunds_of(scene, node.text("id"));
        node.set("refunds", refunds);
    }
    let Some(child) = node.get_mut(*first) else {
        return Err(
            Error::invalid("", format!("This property cannot be expanded ({path}).")).at("expand"),
        );
    };
    if let Some(id) = child.as_str() {
        *child = find(scene, id).ok_or_else(|| {
            Error::invalid("", format!("This property cannot be expanded ({path}).")).at("expand")
        })?;
    }
    if child.is_null() {
        Ok(())
    } else {
        open(scene, child, rest, path)
    }
}

fn find(scene: &mut Scene<'_>, id: &str) -> Option<Value> {
    let kind = match id.split('_').next()? {
        "acct" => "account",
        "ch" | "py" => "charge",
        "du" => "dispute",
        "fee" => "application_fee",
        "pi" => "payment_intent",
        "pm" => "payment_method",
        "re" => "refund",
        "txn" => "balance_transaction",
        _ => return None,
    };
    let account = scene.account.clone();
    let own = scene.get_of(&account, kind, id).ok();
    own.or_else(|| {
        scene
            .get_of(PLATFORM, kind, id)
            .ok()
            .filter(|_| kind != "charge")
    })
}

fn refunds_of(scene: &mut Scene<'_>, charge: &str) -> Value {
    let account = scene.account.clone();
    let all = scene.world.book(&account).newest("refund");
    let own = all
        .filter(|refund| refund.text("charge") == charge)
        .cloned()
        .collect();
    list_of(format!("/v1/charges/{charge}/refunds"), own, false)
}
