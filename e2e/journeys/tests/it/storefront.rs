//! What a visitor sees: a purchase without JavaScript, and edits that show at once.

use std::time::Duration;

use anyhow::ensure;
use journeys::browser::Browser;
use journeys::merchant::{Product, Store};
use journeys::stripe::Intent;
use reqwest::Method;
use serde_json::json;

/// An edit is seen by then.
/// A machine that builds beside has much to do; that it takes a second at most is the bench's to say.
const SEEN_WITHIN: Duration = Duration::from_secs(20);
/// What events bring is there by then.
const ARRIVED_WITHIN: Duration = Duration::from_secs(40);

async fn open_store() -> anyhow::Result<(Store, Product, Browser)> {
    let store = Store::provision().await?;
    store.connect_account().await?;
    let product = store.add_product(10).await?;
    let mut browser = Browser::at(&store.slug)?;
    let page = format!("/products/{}", product.slug);
    browser
        .until_shown(&page, "Em stock", ARRIVED_WITHIN)
        .await?;
    Ok((store, product, browser))
}

fn checkout<'f>(key: &'f str, expected: &'f str, email: &'f str) -> Vec<(&'f str, &'f str)> {
    vec![
        ("key", key),
        ("expected", expected),
        ("email", email),
        ("phone", "912345678"),
        ("name", "Ana Silva"),
        ("line1", "Rua do Ouro 1"),
        ("postcode", "1100-148"),
        ("city", "Lisboa"),
        ("tax_id", "123456789"),
        ("payment_method", "card"),
        ("accepts_terms", "yes"),
    ]
}

#[tokio::test]
async fn a_shopper_without_javascript_buys_and_follows_the_order() -> anyhow::Result<()> {
    let (store, product, mut browser) = open_store().await?;
    let page = browser
        .open(&format!("/products/{}", product.slug))
        .await?
        .expect(200)?;
    ensure!(page.html.contains("49,90"), "the price is shown");
    ensure!(
        !page.policy.contains("unsafe"),
        "no script of others runs: {}",
        page.policy
    );
    let line = [
        ("product", product.slug.as_str()),
        ("variant", &product.variant),
        ("quantity", "1"),
    ];
    let refused = browser
        .send_from("http://evil.example", "/cart/add", &line)
        .await?;
    ensure!(refused.status == 403, "a form of another site is refused");
    let cart = browser.send("/cart/add", &line).await?.expect(200)?;
    ensure!(
        cart.path == "/cart" && cart.html.contains("M4 carbine"),
        "the cart shows it"
    );

    let form = browser.open("/checkout").await?.expect(200)?;
    let (key, expected) = (form.hidden("key")?, form.hidden("expected")?);
    let wrong = browser
        .send("/checkout", &checkout(&key, &expected, "ana"))
        .await?;
    ensure!(
        wrong.status == 422,
        "a wrong address is told: {}",
        wrong.status
    );
    ensure!(
        wrong.html.contains("id=\"email-error\"") && wrong.html.contains("Rua do Ouro 1"),
        "at its field, and nothing is lost"
    );
    let sent = checkout(&key, &expected, "ana@example.pt");
    let pay = browser.send("/checkout", &sent).await?.expect(200)?;
    ensure!(pay.path == "/checkout/pay", "then one pays: {}", pay.path);
    let again = browser.send("/checkout", &sent).await?.expect(200)?;
    ensure!(
        again.path == "/checkout/pay",
        "sending it twice orders once"
    );

    let intent = Intent {
        client_secret: pay.between("data-secret=\"", "\"")?,
        account: pay.between("data-account=\"", "\"")?,
    };
    store.stripe.choose(&intent, "card").await?;
    let order = browser.open("/checkout/done").await?.expect(200)?;
    let order = if order.path.starts_with("/orders/") {
        order.path
    } else {
        browser
            .until_shown("/checkout/done", "Obrigado", ARRIVED_WITHIN)
            .await?;
        browser.open("/checkout/done").await?.path
    };
    browser
        .until_shown(&order, "Obrigado", ARRIVED_WITHIN)
        .await?;
    let mut stranger = Browser::at(&store.slug)?;
    ensure!(
        stranger.open(&order).await?.status == 404,
        "nobody else sees it"
    );
    Ok(())
}

#[tokio::test]
async fn a_new_price_is_seen_without_anybody_clearing_a_cache() -> anyhow::Result<()> {
    let (store, product, mut browser) = open_store().await?;
    let page = format!("/products/{}", product.slug);
    let first = browser.open(&page).await?.expect(200)?;
    ensure!(!first.etag.is_empty(), "a page has a tag");
    let path = format!("/api/catalog/store/products/{}", product.slug);
    let ask = store.door.store(&store.slug, Method::GET, &path);
    let shown = store.door.insist(&ask).await?.expect(200)?;
    let place = format!("/api/catalog/admin/products/{}", shown.text("/id")?);
    let current = store.admin(Method::GET, &place, None).await?.expect(200)?;
    let body = json!({
        "title": "M4 carbine", "slug": product.slug, "status": "active",
        "variants": [{
            "id": product.variant, "sku": shown.text("/variants/0/sku")?, "vat_class": "standard",
            "price": { "amount": 3_990, "currency": "EUR" }, "weight_grams": 2800,
        }],
    });
    let seen = current.etag.unwrap_or_default();
    let ask = store
        .ask(Method::PUT, &place)
        .header("if-match", &seen)
        .json(body);
    store.door.insist(&ask).await?.expect(200)?;
    browser.until_shown(&page, "39,90", SEEN_WITHIN).await?;
    Ok(())
}
