//! The beginning of a turn: keys are opened, and the first time the shop is looked at.

use kernel::TenantId;
use outbound::Url;
use secrecy::SecretString;
use serde_json::Value;
use tokio::time::Instant;

use super::{Run, Trouble, pace_of, steps_of};
use crate::app::App;
use crate::clients::woocommerce::{self, Keys, Pace, Shop, ShopError, Way};
use crate::domain::facts::{Facts, rate_of};
use crate::domain::value::Fields;
use crate::keys::{SourceKeys, open};
use crate::store::imports::{self, ImportRow};

pub(super) async fn begin(
    app: &App,
    tenant: TenantId,
    row: &ImportRow,
    until: Instant,
) -> Result<Run, Trouble> {
    let keys = open(&app.sealer, row)
        .ok_or_else(|| Trouble::Refused("its keys are gone; begin a new import".to_owned()))?;
    let (facts, source) = match row.facts() {
        Some(facts) => (facts, row.source.clone()),
        None => {
            let facts = look(app, row, &keys, until).await?;
            let source = source_of(&facts.api);
            let tx = app.db.begin_tenant(tenant).await?;
            imports::save_facts(&tx, row.id, &source, &facts, app.clock.now()).await?;
            tx.commit().await?;
            (facts, source)
        }
    };
    check_currency(app, tenant, &facts)?;
    let way = Way::from_word(&facts.auth);
    let keys = keys_of(app, &keys, way);
    let shop = shop_of(app, &facts.api, keys, pace_of(row), until)?;
    Ok(Run {
        app: app.clone(),
        tenant,
        id: row.id,
        dry_run: row.dry_run,
        shop,
        source,
        since: row.since,
        started_at: row.started_at.unwrap_or(app.clock.now()),
        steps: steps_of(row),
        until,
        failures: row.failures,
        slice: row.slice,
        facts,
    })
}

/// A store has one currency; prices in another one would be wrong by whatever the rate is.
fn check_currency(app: &App, tenant: TenantId, facts: &Facts) -> Result<(), Trouble> {
    let Some(store) = app.directory.by_id(tenant) else {
        return Ok(());
    };
    if store.currency == facts.currency() {
        return Ok(());
    }
    Err(Trouble::Refused(format!(
        "the shop's prices are in {} and this store's in {}",
        facts.currency, store.currency
    )))
}

fn keys_of(app: &App, keys: &SourceKeys, way: Way) -> Keys {
    Keys {
        key: keys.key.clone(),
        secret: SecretString::from(keys.secret.clone()),
        way,
        clock: app.clock.clone(),
    }
}

fn shop_of(app: &App, api: &str, keys: Keys, pace: Pace, until: Instant) -> Result<Shop, Trouble> {
    let api: Url = app
        .shops
        .check(api)
        .map_err(|refused| Trouble::Refused(format!("the shop's address is not {refused}")))?;
    Ok(Shop::new(app.shops.clone(), api, keys, pace, until))
}

/// Finds the API, a way that its keys are accepted, and what holds for the shop as a whole.
async fn look(
    app: &App,
    row: &ImportRow,
    keys: &SourceKeys,
    until: Instant,
) -> Result<Facts, Trouble> {
    let typed = app
        .shops
        .check(&row.shop)
        .map_err(|refused| Trouble::Refused(format!("the shop's address is not {refused}")))?;
    let found = woocommerce::find(&app.shops, &typed).await.map_err(first)?;
    let mut last = Trouble::Refused("the shop's keys were not accepted".to_owned());
    for way in found.ways {
        let keys = keys_of(app, keys, *way);
        let shop = shop_of(app, found.api.as_str(), keys, pace_of(row), until)?;
        match learn(&shop, found.api.as_str(), *way).await {
            Ok(facts) => return Ok(facts),
            Err(error @ ShopError::Refused(_)) => last = first(error),
            Err(error) => return Err(first(error)),
        }
    }
    Err(last)
}

fn first(error: ShopError) -> Trouble {
    match error {
        ShopError::Refused(why) => Trouble::Refused(why),
        ShopError::Missing => Trouble::Refused("the shop has no such settings".to_owned()),
        ShopError::Later(pause, why) => Trouble::Later {
            pause,
            why,
            page_size: 0,
        },
    }
}

async fn learn(shop: &Shop, api: &str, way: Way) -> Result<Facts, ShopError> {
    let general = shop.list("settings/general").await?;
    let tax = shop.list("settings/tax").await?;
    let products = shop.list("settings/products").await?;
    let rates = shop.all("taxes", &[]).await?;
    // Some hosts block it, and it is only good to know.
    let status = shop.one("system_status").await.unwrap_or(Value::Null);
    let setting = |group: &[Value], id: &str| {
        let found = group.iter().find(|setting| setting.text("id") == id);
        found
            .map(|setting| setting.text("value"))
            .unwrap_or_default()
    };
    let country = setting(&general, "woocommerce_default_country");
    let country = country.split(':').next().unwrap_or_default().to_owned();
    let currency = setting(&general, "woocommerce_currency");
    if currency.is_empty() {
        return Err(ShopError::Refused(
            "the shop does not tell its currency".to_owned(),
        ));
    }
    Ok(Facts {
        api: api.to_owned(),
        auth: way.as_str().to_owned(),
        currency,
        country,
        prices_include_tax: setting(&tax, "woocommerce_prices_include_tax") == "yes",
        weight_unit: setting(&products, "woocommerce_weight_unit"),
        version: status.part("environment").text("version"),
        rates: rates.iter().map(rate_of).collect(),
    })
}

/// Host, port and folder: the same whether it is reached over HTTP or HTTPS, with `www.` or without.
fn source_of(api: &str) -> String {
    let Ok(url) = Url::parse(api) else {
        return api.to_owned();
    };
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let path = url.path().trim_end_matches('/');
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{host}{port}{folder}")
}

#[cfg(test)]
mod tests {
    use super::source_of;

    #[test]
    fn a_shop_has_one_name() {
        for same in [
            "https://www.loja.example/wp-json/",
            "http://loja.example/wp-json/",
        ] {
            assert_eq!(source_of(same), "loja.example");
        }
        assert_eq!(
            source_of("https://a.example/loja/wp-json/"),
            "a.example/loja"
        );
        assert_eq!(
            source_of("http://127.0.0.1:9050/wp-json/"),
            "127.0.0.1:9050"
        );
    }
}
