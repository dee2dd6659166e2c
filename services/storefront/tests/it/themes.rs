use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use http_kit::Coding;
use minijinja::{Value, context};
use serde_json::json;
use storefront::theme::check::check_folder;
use storefront::theme::{Lang, Library, Theme};

const NAMES: [&str; 8] = [
    "artisan",
    "atelier",
    "circuit",
    "essential",
    "market",
    "playground",
    "tactical",
    "warehouse",
];
const STYLE_BYTES_MAX: usize = 25_000;
const SCRIPT_BYTES_MAX: usize = 36_000;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/themes")
}

fn theme(name: &str) -> Arc<Theme> {
    Library::open(&root())
        .unwrap()
        .theme_or_fallback(name)
        .unwrap()
}

fn gzipped(theme: &Theme, ending: &str) -> usize {
    let assets = theme
        .assets()
        .filter(|(address, _)| address.ends_with(ending));
    assets
        .map(|(_, asset)| asset.body.bytes(Coding::Gzip).1.len())
        .sum()
}

#[test]
fn styles_and_scripts_stay_within_their_budget() {
    for name in NAMES {
        let theme = theme(name);
        assert!(gzipped(&theme, ".css") <= STYLE_BYTES_MAX, "{name}");
        assert!(gzipped(&theme, ".js") <= SCRIPT_BYTES_MAX, "{name}");
    }
}

/// The keys that a folder's templates name outright.
fn keys(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            keys(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "html") {
            let text = fs::read_to_string(&path).unwrap();
            for (at, _) in text.match_indices("t('") {
                // `asset('…')` ends alike.
                if text[..at].ends_with(|before: char| before.is_alphanumeric()) {
                    continue;
                }
                let (key, after) = text[at + 3..].split_once('\'').unwrap();
                if after.starts_with(')') || after.starts_with(',') {
                    found.push((path.display().to_string(), key.to_owned()));
                }
            }
        }
    }
}

#[test]
fn every_text_that_a_template_names_is_there_in_every_language() {
    for name in NAMES {
        let theme = theme(name);
        let mut wanted = Vec::new();
        keys(&root().join("base"), &mut wanted);
        keys(&root().join(name), &mut wanted);
        assert!(wanted.len() > 100, "templates are read");
        for (file, key) in &wanted {
            for lang in Lang::ALL {
                assert!(
                    theme.has_text(lang, key),
                    "{key} of {file} is missing in {}",
                    lang.tag()
                );
            }
        }
    }
}

#[test]
fn texts_that_follow_a_value_are_there_too() {
    let composed = [
        "sort-newest",
        "sort-price",
        "sort-down-price",
        "sort-title",
        "method-card",
        "method-mb-way",
        "method-multibanco",
        "method-hint-card",
        "method-hint-mb-way",
        "method-hint-multibanco",
        "problem-combination",
        "problem-quantity",
        "problem-out-of-stock",
        "problem-not-for-sale",
        "problem-quantity-not-sold",
        "problem-quantity-too-large",
        "problem-cart-too-many-lines",
        "problem-cart-closed",
        "closed-unknown",
        "closed-suspended",
        "closed-away",
        "closed-unknown-text",
        "closed-suspended-text",
        "closed-away-text",
        "legal-withdrawal",
        "legal-contact",
        "error-email",
        "error-phone",
        "error-name",
        "error-line1",
        "error-postcode",
        "error-city",
        "error-tax-id",
        "error-accepts-terms",
        "error-total-changed",
        "error-cart-changed",
        "error-crowded",
        "pay-payments-not-ready",
        "pay-too-many-attempts",
        "field-email",
        "field-phone",
        "field-name",
        "field-company",
        "field-line1",
        "field-line2",
        "field-postcode",
        "field-city",
        "field-tax-id",
        "account-orders",
        "account-profile",
        "account-addresses",
        "account-data",
        "account-address",
        "sign-in",
        "register",
        "verify",
        "forgot",
        "reset",
        "done-saved",
        "done-removed",
        "done-verified",
        "done-password",
        "done-registered",
        "done-sent",
        "done-signed-out",
        "done-deleted",
        "field-password",
        "field-current-password",
        "field-new-password",
        "field-first-name",
        "field-last-name",
        "field-nif",
        "field-order-number",
        "field-statement",
        "error-password",
        "error-current-password",
        "error-new-password",
        "error-first-name",
        "error-last-name",
        "error-nif",
        "error-credentials",
        "error-too-often",
        "error-too-many-addresses",
        "error-order-number",
        "error-statement",
        "error-part",
        "error-order-unknown",
        "error-withdrawal-again",
        "error-too-many-withdrawals",
        "state-pending-payment",
        "state-paid",
        "state-partially-refunded",
        "state-refunded",
        "state-cancelled",
        "state-partial",
        "state-fulfilled",
        "state-delivered",
        "withdrawal-confirm-title",
        "withdrawal-receipt-title",
        "age-title",
        "missing-title",
        "away-title",
        "fault-title",
    ];
    for name in NAMES {
        let theme = theme(name);
        for key in composed {
            for lang in Lang::ALL {
                assert!(
                    theme.has_text(lang, key),
                    "{key} is missing in {}",
                    lang.tag()
                );
            }
        }
    }
}

fn page_product() -> serde_json::Value {
    let money = |amount: i64| json!({ "amount": amount, "currency": "EUR" });
    let image = json!({ "id": "i", "alt": "Galo", "width": 800, "height": 600, "sources": [
        { "url": "/m/320.webp", "content_type": "image/webp", "width": 320, "height": 240 },
        { "url": "/m/800.jpg", "content_type": "image/jpeg", "width": 800, "height": 600 },
    ]});
    let variant = |id: &str, value: &str, available: i64| {
        json!({
            "id": id, "sku": format!("SKU-{id}"), "title": value, "option_values": [value], "price": money(3_990),
            "compare_at": money(4_990), "weight_grams": 120, "image_id": "i", "in_stock": available > 0, "available": available,
        })
    };
    json!({
        "id": "p", "slug": "galo", "title": "Galo <b>", "vendor": "Barcelos", "tags": ["barro"],
        "description_html": "<p>Feito à mão</p>", "price": money(3_990), "price_max": money(4_500), "compare_at": money(4_990),
        "images": [image, image], "options": [{ "name": "Cor", "values": ["Azul", "Preto"] }], "variant_id": null,
        "variants": [variant("1", "Azul", 3), variant("2", "Preto", 0)], "variant_count": 2, "in_stock": true, "sku": "SKU-1", "available": 3,
        "categories": [{ "id": "c", "slug": "barro", "name": "Barro" }],
    })
}

fn page(data: Value) -> Value {
    let money = |amount: i64| json!({ "amount": amount, "currency": "EUR" });
    let product = page_product();
    let image = product["images"][0].clone();
    let cart = json!({
        "lines": [{
            "variant_id": "1", "product_slug": "galo-de-barro", "sku": "SKU-1", "title": "Galo", "variant_title": "Azul", "image_url": "/m/320.webp", "quantity": 2,
            "unit_price": money(3_990), "total": money(7_980), "warnings": [{ "code": "only-n-left", "message": "Só restam 3." }],
        }],
        "subtotal": money(7_980), "shipping": money(0), "tax": money(1_492), "total": money(7_980), "can_checkout": true,
    });
    let order = json!({
        "id": "o", "number": "1001", "status": "paid", "fulfilment": "unfulfilled", "email": "ana@example.pt",
        "lines": cart["lines"], "subtotal": money(7_980), "shipping": money(490), "tax": money(1_492), "total": money(8_470),
        "refunded": money(0), "placed_at": "2026-11-29T10:00:00Z",
        "shipping_address": { "name": "Ana", "line1": "Rua 1", "postcode": "1100-148", "city": "Lisboa", "company": "", "line2": "" },
    });
    let category = json!({ "id": "c", "slug": "barro", "name": "Barro", "parent_id": null, "description_html": "<p>x</p>" });
    let around = context! {
        store => json!({ "name": "Loja", "contact": { "email": "a@b.pt", "phone": "+351912345678" } }),
        categories => json!([category]), locale => "pt-PT", prefix => "", path => "/categories/barro",
        origin => "http://loja.example", tokens => "", preload => Vec::<String>::new(),
        head => json!({ "title": "Galo", "description": "d", "is_private": false, "image": "/i" }),
        json_ld => Vec::<String>::new(), canonical => "http://loja.example/",
        alternates => json!([{ "lang": "pt-PT", "href": "/" }, { "lang": "en", "href": "/en/" }]),
        product => product, newest => json!([product, product, product]), products => json!([product]),
        tiles => json!([{ "category": category, "image": image }]), category => category, cart => cart, order => order,
        related => json!([product]), variants_json => "[]",
    };
    context! { ..data, ..around }
}

#[test]
fn every_page_renders_in_every_theme_with_prices_as_they_are_and_typed_text_escaped() {
    let reviews = json!({ "rating_count": 1, "rating_mean": 450, "items": [{ "rating": 4, "reviewer": "Rui", "body_html": "<p>Bom</p>",
        "verified": true, "created_at": "2026-11-29T10:00:00Z" }] });
    let form = json!({ "values": { "payment_method": "card", "email": "\"><script>" }, "key": "k", "expected": 7_980, "bills_elsewhere": true });
    let errors = json!([{ "field": "email", "key": "error-email", "message": "" }, { "field": "form", "key": "", "message": "m" }]);
    let intent = json!({ "stripe_js_url": "https://js.stripe.com/v3/", "client_secret": "s", "publishable_key": "k", "stripe_account": "a",
        "amount": { "amount": 8_470, "currency": "EUR" }, "waits_for": "voucher",
        "voucher": { "entity": "12345", "reference": "123 456 789", "expires_at": "2026-12-02T00:00:00Z" } });
    let sections = |theme: &Theme| Value::from_serialize(theme.page(None));
    let composed = |theme: &Theme| {
        let page = json!([
            { "type": "words", "settings": { "title": "Olá <b>", "text": "Um.\nDois.", "button": "Ver", "address": "/cart" } },
            { "type": "collection", "settings": { "category": "barro" } },
            { "type": "unknown", "settings": {} },
        ]);
        let shown = theme.page(Some(&page)).into_iter().map(|placed| {
            json!({ "section": placed.section, "settings": placed.settings, "products": [page_product()] })
        });
        Value::from_serialize(shown.collect::<Vec<_>>())
    };
    let typed = json!({ "values": { "email": "\"><script>", "order_number": "1001" }, "lines": [
        { "id": "l", "title": "Galo <b>", "variant_title": "Azul", "bought": 2, "quantity": 1, "is_marked": true },
    ], "order": "o", "key": "k" });
    let addresses = json!([{ "id": "ad", "name": "Ana", "line1": "Rua 9", "line2": null, "company": null, "postcode": "1100-148",
        "city": "Lisboa", "is_default": true }]);
    let orders = json!([
        { "id": "o", "number": "1001", "status": "paid", "fulfilment": "fulfilled", "total": { "amount": 8_470, "currency": "EUR" },
          "placed_at": "2026-11-29T10:00:00Z", "items": 3, "imported": false },
        { "id": "p", "number": "77", "status": "paid", "fulfilment": "", "total": { "amount": 100, "currency": "EUR" },
          "placed_at": "2025-11-29T10:00:00Z", "items": 1, "imported": true },
    ]);
    let account = || context! { form => typed, errors => errors, title => "T", done => "saved" };
    for name in NAMES {
        let theme = theme(name);
        let pages = [
            (
                "home.html",
                context! { sections => sections(&theme) },
                "39,90\u{a0}€",
            ),
            (
                "category.html",
                context! { chosen => json!({ "sort": "price" }), sorts => ["newest", "-price"], is_first => true, next => "/n" },
                "39,90\u{a0}€",
            ),
            (
                "product.html",
                context! { reviews => reviews, properties => json!([{ "name": "Barro", "values": ["a"] }]), problem => "out-of-stock", left => 3 },
                "49,90\u{a0}€",
            ),
            (
                "home.html",
                context! { sections => composed(&theme) },
                "<p>Dois.</p>",
            ),
            (
                "account/sign_in.html",
                account(),
                "action=\"/account/sign-in\"",
            ),
            ("account/register.html", account(), "new-password"),
            (
                "account/verify.html",
                account(),
                "action=\"/account/verify\"",
            ),
            ("account/forgot.html", account(), "email-error"),
            ("account/reset.html", account(), "new-password"),
            ("account/spent.html", account(), "/account/forgot"),
            (
                "account/orders.html",
                context! { orders, is_first => true, next => "n", ..account() },
                "84,70\u{a0}€",
            ),
            ("account/profile.html", account(), "is_password"),
            (
                "account/addresses.html",
                context! { addresses, ..account() },
                "Rua 9",
            ),
            (
                "account/address.html",
                context! { address_id => "ad", ..account() },
                "/account/addresses/ad",
            ),
            ("account/data.html", account(), "href=\"/account/export\""),
            (
                "checkout.html",
                context! { form, errors, addresses, profile => json!({ "email": "ana@example.pt" }) },
                "saved_address",
            ),
            (
                "withdrawal.html",
                context! { form => typed, errors, text => "legal/withdrawal.pt.html" },
                "quantity-l",
            ),
            (
                "withdrawal_confirm.html",
                context! { form => typed },
                "name=\"confirmed\"",
            ),
            (
                "withdrawal_receipt.html",
                context! { receipt => json!({ "order_number": "1001", "received_at": "2026-11-29T10:05:00Z", "whole_order": true, "refund_by": "2026-12-13" }) },
                "29&#x2f;11&#x2f;2026 10:05 UTC",
            ),
            (
                "age_gate.html",
                context! { minimum => 18, next => "/", is_refused => false },
                "18 anos",
            ),
            ("search.html", context! { words => "galo" }, "39,90\u{a0}€"),
            (
                "cart.html",
                context! { problem => "" },
                "href=\"/products/galo-de-barro\"",
            ),
            ("checkout.html", context! { form, errors }, "error-email"),
            ("pay.html", context! { intent }, "84,70\u{a0}€"),
            ("waiting.html", context! { intent }, "123 456 789"),
            ("order.html", context! { documents => json!([]) }, "1001"),
            (
                "legal.html",
                context! { text => "legal/terms.pt.html", version => "1" },
                "livroreclamacoes",
            ),
            ("problem.html", context! { status => 404 }, "404"),
            ("closed.html", context! { kind => "suspended" }, "<h1>"),
            (
                "sitemap.xml",
                context! { entries => json!([{ "address": "http://a/b" }]) },
                "<loc>",
            ),
            ("robots.txt", context! {}, "http://loja.example/sitemap.xml"),
        ];
        for (template, data, expected) in pages {
            let html = theme
                .render(template, page(data))
                .unwrap_or_else(|error| panic!("{name} {template}: {error}"));
            let expected = if expected == "error-email" {
                "id=\"email-error\""
            } else {
                expected
            };
            assert!(
                html.contains(expected),
                "{name} {template} shows {expected}: {html}"
            );
            assert!(
                !html.contains("Galo <b>") && !html.contains("\"><script>"),
                "{name} {template}"
            );
        }
    }
}

#[test]
fn a_wholesalers_list_tells_item_numbers_and_how_many_there_are() {
    let theme = theme("warehouse");
    let card = |fields: serde_json::Value| {
        let mut product = page_product();
        let all = product.as_object_mut().unwrap();
        all.extend(fields.as_object().unwrap().clone());
        let shown = context! { products => json!([product]), words => "galo" };
        let html = theme.render("search.html", page(shown)).unwrap();
        let card = html.split("<article").nth(1).unwrap();
        card.split("</article>").next().unwrap().to_owned()
    };
    let one = |available: serde_json::Value| {
        let in_stock = available != json!(0);
        card(
            json!({ "variant_count": 1, "variant_id": "1", "in_stock": in_stock, "available": available }),
        )
    };
    for (available, told) in [
        (json!(3), "3 em stock"),
        (json!(20), "20 ou mais peças"),
        (json!(null), "Em stock"),
        (json!(0), "Esgotado"),
    ] {
        let card = one(available.clone());
        assert!(card.contains(told), "{available}: {card}");
        assert!(card.contains("SKU-1"), "{card}");
    }
    // The stock of one version is not that of the others.
    let several = card(json!({}));
    assert!(
        several.contains("Em stock") && !several.contains("3 em stock"),
        "{several}"
    );
}

#[test]
fn what_a_product_is_told_by_stands_on_its_page_in_every_theme() {
    let properties = json!([{ "name": "Origem", "values": ["Barcelos", "Braga"] }]);
    for name in NAMES {
        let data = context! { properties, reviews => json!({ "rating_count": 0 }) };
        let html = theme(name).render("product.html", page(data)).unwrap();
        let plain: Vec<_> = html.split(['<', '>']).map(str::trim).collect();
        for [label, told] in [["Origem", "Barcelos, Braga"], ["Cor", "Azul, Preto"]] {
            let is_pair = |words: &[&str]| words[0] == label && words[4] == told;
            assert!(
                plain.windows(5).any(is_pair),
                "{name} tells {label}: {html}"
            );
        }
        assert!(html.contains("120 g"), "{name}: {html}");
    }
}

#[test]
fn nothing_is_wrong_with_the_themes_that_are_shipped() {
    for name in NAMES {
        let faults = check_folder(&root().join(name), &root().join("base")).unwrap();
        let told: Vec<_> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(told, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn every_footer_leads_to_the_withdrawal_function_and_every_header_to_the_account() {
    for name in NAMES {
        let html = theme(name)
            .render("cart.html", page(context! { problem => "" }))
            .unwrap();
        let footer = html.split("<footer").nth(1).unwrap();
        assert!(footer.contains("href=\"/withdrawal\""), "{name}");
        let header = html.split("<header").nth(1).unwrap();
        assert!(header.contains("href=\"/account\""), "{name}");
    }
}

#[test]
fn what_a_merchant_may_compose_is_told_to_the_panel() {
    let offer = Library::open(&root()).unwrap().offer().unwrap();
    let (_, bytes) = offer.body.bytes(Coding::Identity);
    let told: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let items = told["items"].as_array().unwrap();
    let keys: Vec<_> = items
        .iter()
        .map(|item| item["key"].as_str().unwrap())
        .collect();
    assert_eq!(keys, NAMES);
    let tactical = items.iter().find(|item| item["key"] == "tactical").unwrap();
    let hero = tactical["sections"]
        .as_array()
        .unwrap()
        .iter()
        .find(|section| section["type"] == "hero")
        .unwrap();
    assert_eq!(hero["fields"][0]["kind"], "text");
    assert_eq!(hero["name"]["pt"], "Abertura");
}
