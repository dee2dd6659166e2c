//! A whole, acceptable body for every operation that takes one: every optional field is there, and
//! every reference is to something of the store's own.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform::{PASSWORD, Route};
use crate::shops::Shop;

/// # Panics
/// When the operation is not known here: a new one needs a line.
pub fn body_of(route: &Route, shop: &Shop<'_>) -> Value {
    let unique = Uuid::now_v7().simple().to_string();
    let money = |amount: i64| json!({"amount": amount, "currency": "EUR"});
    match route.operation.as_str() {
        "create_tenant" => json!({
            "name": "Another", "slug": format!("s{unique}"), "email": "new@example.pt",
            "plan": "business", "template_id": "tactical", "country": "PT", "locale": "pt-PT",
            "currency": "EUR", "tax_number": "123456789", "trial_days": 3,
            "owner_name": "Rui", "contact_phone": "+351912345678",
        }),
        "change_tenant" => json!({"name": "Another name", "plan": "business"}),
        "save_store_settings" => json!({
            "name": "Shop", "contact_email": "shop@example.pt", "contact_phone": "+351912345678",
            "tax_number": "123456789", "legal_name": "Shop, Lda.",
            "address": {"line1": "Rua do Ouro 1", "line2": "2.º", "postcode": "1100-148",
                "city": "Lisboa", "country": "PT"},
            "complaints_book_url": "https://www.livroreclamacoes.pt/Inicio/",
            "dispute_body": {"name": "CNIACC", "url": "https://www.cniacc.pt/"},
            "minimum_age": 18,
        }),
        "save_theme" => json!({
            "template": "tactical",
            "sections": {"home": [{"type": "hero", "settings": {"title": "Novidades"}}]},
            "tokens": {"primary": "#B7C34A"},
        }),
        "roll_back_theme" => json!({"number": 1}),
        "invite_staff" => json!({
            "email": format!("{unique}@example.pt"), "name": "Rui", "role": "viewer", "locale": "pt-PT",
        }),
        "add_domain" => json!({"host": format!("{unique}.example.pt")}),
        "change_staff" => json!({"name": "Rui", "role": "viewer", "status": "active"}),
        "suspend_tenant" => json!({"reason": "billing"}),
        "log_in" => {
            json!({"email": shop.store.email, "password": PASSWORD, "slug": shop.store.slug})
        }
        "refresh_session" => json!({"refresh_token": shop.id("refresh_tokens")}),
        "choose_first_password" => {
            json!({"change_token": shop.id("change_tokens"), "new_password": PASSWORD})
        }
        "change_password" => {
            json!({"current_password": "not the right one", "new_password": PASSWORD})
        }
        "register_customer" => json!({
            "email": format!("{unique}@example.pt"), "password": PASSWORD, "first_name": "Ana",
            "last_name": "Silva", "marketing_consent": true, "locale": "pt-PT",
        }),
        "verify_customer" => json!({"token": "nonsense", "password": "not a password"}),
        "log_in_customer" => {
            json!({"email": format!("{unique}@example.pt"), "password": PASSWORD})
        }
        "refresh_customer" | "log_out_customer" => {
            json!({"refresh_token": shop.id("refresh_tokens")})
        }
        "forgot_password" => {
            json!({"email": format!("{unique}@example.pt"), "locale": "pt-PT"})
        }
        "reset_password" => json!({"token": "nonsense", "password": PASSWORD}),
        "change_customer_password" => {
            json!({"current_password": "not the right one", "new_password": PASSWORD})
        }
        "change_profile" => json!({
            "first_name": "Ana", "last_name": "Silva", "nif": "123456789",
            "marketing_consent": false,
        }),
        "erase_customer" => json!({"password": "not the right one"}),
        "create_address" | "save_address" => json!({
            "name": "Ana", "company": "", "line1": "Rua do Ouro 1", "line2": "", "city": "Lisboa",
            "postcode": "1100-148", "country": "PT", "is_default": true,
        }),
        "declare_withdrawal" => json!({
            "order_number": shop.order_number,
            "email": format!("guest@{}.example", shop.store.slug), "name": "Ana",
            "lines": [{"line_id": shop.id("lines"), "quantity": 1}], "statement": unique,
        }),
        "close_withdrawal" => json!({"note": "paid back"}),
        "create_product" => shop.product("Another product", &unique, &unique),
        "update_product" => {
            let mut product = shop.product("M4 carbine", "m4-carbine", "M4");
            let variants = &shop.ids["variants"];
            product["variants"][0]["id"] = json!(variants[0]);
            product["variants"][1]["id"] = json!(variants[1]);
            product
        }
        "create_media" => json!({"content_type": "image/png", "size": 1_000}),
        "create_category" | "update_category" => json!({
            "name": "Another", "slug": unique, "parent_id": shop.id("categories"),
            "position": 1, "description_html": "<p>More.</p>",
            "seo_title": "Another", "seo_description": "More",
        }),
        "add_line" => json!({"variant_id": shop.id("variants"), "quantity": 1}),
        "set_line" => json!({"quantity": 1}),
        "estimate_shipping" => json!({"country": "PT", "postcode": "1100-148"}),
        "place_order" => shop.checkout(&shop.id("carts")),
        "refund_order" => {
            json!({"amount": money(100), "reason": "requested_by_customer", "note": ""})
        }
        "fulfil_order" | "set_tracking" => json!({"tracking": "CTT 1"}),
        "set_stock" => json!({"on_hand": 50, "reason": "stocktake"}),
        "adjust_stock" => json!({"change": 1, "reason": "delivery"}),
        "set_settings" => json!({"order_prefix": "PT-"}),
        "set_shipping" => {
            json!({"rates": [{"region": "PT", "price": money(499), "free_from": money(9_900)}]})
        }
        "replay_events" => json!({
            "types": ["tenants.tenant_changed.v1"], "tenant_id": shop.tenant(),
            "since": "2026-01-01T00:00:00Z", "to": "catalog",
        }),
        "set_invoicing_settings" => json!({
            "company_id": 5, "document_set_id": 1, "credit_note_set_id": 1,
            "kind": "invoice_receipt", "close": true, "exemption_code": "M10",
            "payment_methods": {"card": 1}, "payment_method_id": 1, "shipping_reference": "ENVIO",
        }),
        "save_mail_settings" => json!({
            "accent": "#1f2937", "reply_to": "shop@example.pt", "sender_email": "shop@example.pt",
            "sender_name": "Shop", "new_order_roles": ["owner"], "low_stock_roles": ["owner"],
        }),
        "create_endpoint" | "save_endpoint" => json!({
            "url": "https://erp.example/hooks", "description": "ERP", "types": ["order.paid"],
            "enabled": true,
        }),
        "create_suppressed" => {
            json!({"address": format!("{unique}@example.pt"), "marketing_only": true})
        }
        "save_template" | "preview_template" => json!({
            "subject": "Thank you", "heading": "Thank you", "body": "It is on its way.",
            "closing": "Until soon", "button": "Look",
        }),
        "start_import" => json!({
            "wc_url": "https://old-shop.example", "wc_consumer_key": "ck_0123",
            "wc_consumer_secret": "cs_0123", "tenant": shop.store.slug, "dry_run": true,
            "resources": ["tags"], "since": "2026-11-01T00:00:00Z",
        }),
        "create_intent" => json!({"ticket": shop.id("tickets")}),
        "replay_webhook_event" => json!({
            "tenant_id": shop.tenant(), "endpoint": "connect", "event_id": "evt_1",
        }),
        "replay_webhook_events" => json!({
            "type": "charge.refunded", "account": "acct_1", "since": "2026-01-01T00:00:00Z",
            "until": "2026-02-01T00:00:00Z",
        }),
        unknown => panic!(
            "{unknown} ({}) takes a body: write a whole one in bodies.rs",
            route.name()
        ),
    }
}
