//! What people see: onboarding of a store's owner, paying, and the script that stands for Stripe.js.

use super::Sim;
use super::calls::{accounts, payment_intents};
use super::error::{Error, Result};
use super::json::Json as _;
use super::world::PLATFORM;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::web::{Data, Form, Path, Query, ServiceConfig};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

const SCRIPT: &str = include_str!("assets/stripe.js");
const STYLE: &str = "<style>body{font:16px system-ui;max-width:32rem;margin:3rem auto;padding:0 1rem}\
    button,select{font:inherit;padding:.5rem 1rem;margin:.25rem 0}</style>";

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/v1/stripe.js", web::get().to(script))
        .route(
            "/connect/onboarding/{account}/{secret}",
            web::get().to(open_onboarding),
        )
        .route(
            "/connect/onboarding/{account}/{secret}/{deed}",
            web::post().to(leave_onboarding),
        )
        .route("/pay", web::get().to(show_payment))
        .route("/pay", web::post().to(pay))
        .route("/pay/outcome", web::post().to(decide));
}

async fn script() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(SCRIPT)
}

async fn open_onboarding(sim: Data<Sim>, path: Path<(String, String)>) -> HttpResponse {
    let (account, secret) = path.into_inner();
    let now = sim.now();
    let mut world = sim.world();
    let Some(link) = world
        .links
        .get_mut(&secret)
        .filter(|link| link.account == account)
    else {
        return HttpResponse::NotFound().body("no such link");
    };
    if link.opened || link.expires_at < now {
        return go(&link.refresh_url);
    }
    link.opened = true;
    let action = format!("/connect/onboarding/{account}/{secret}");
    page(
        "Onboarding",
        &format!(
            "<p>Account {account}</p>\
         <form method=post action='{action}/complete'><button>Complete</button></form>\
         <form method=post action='{action}/incomplete'><button>Leave incomplete</button></form>"
        ),
    )
}

async fn leave_onboarding(sim: Data<Sim>, path: Path<(String, String, String)>) -> HttpResponse {
    let (account, secret, deed) = path.into_inner();
    let return_url = match sim.world().links.get(&secret) {
        Some(link) if link.account == account && link.opened => link.return_url.clone(),
        _ => return HttpResponse::NotFound().body("no such link"),
    };
    let done = sim.into_inner().scene(
        PLATFORM,
        json!({"id": null, "idempotency_key": null}),
        |scene| {
            let done = match deed.as_str() {
                "complete" => accounts::complete(scene, &account),
                _ => accounts::leave_incomplete(scene, &account),
            };
            scene.world.links.remove(&secret);
            done
        },
    );
    match done {
        Ok(_) => go(&return_url),
        Err(error) => HttpResponse::NotFound().json(error.answer("req_page")),
    }
}

#[derive(Deserialize)]
struct Payment {
    client_secret: String,
    #[serde(default)]
    account: String,
    /// Choice on the page, or what the customer decides; empty while the page is only shown.
    #[serde(default)]
    choice: String,
}

impl Payment {
    fn account(&self) -> &str {
        if self.account.is_empty() {
            PLATFORM
        } else {
            &self.account
        }
    }

    fn id(&self) -> &str {
        self.client_secret
            .split("_secret_")
            .next()
            .unwrap_or_default()
    }

    /// The intent, for whom the secret is known to.
    fn intent(&self, sim: &Sim) -> Option<Value> {
        let mut world = sim.world();
        let intent = world
            .book(self.account())
            .find("payment_intent", self.id())?;
        (intent.text("client_secret") == self.client_secret).then(|| intent.clone())
    }

    fn act(&self, sim: &std::sync::Arc<Sim>, what: &str) -> Result<Value> {
        let request = json!({"id": null, "idempotency_key": null});
        sim.scene(self.account(), request, |scene| match confirmation(what) {
            Some(params) => payment_intents::confirm(scene, self.id(), &params),
            None => payment_intents::resolve(scene, self.id(), what),
        })
    }
}

/// The parameters of a method that a person chose on the page.
fn confirmation(choice: &str) -> Option<Value> {
    let token = |token: &str| Some(json!({"payment_method": token}));
    let data = |data: Value| Some(json!({"payment_method_data": data}));
    match choice {
        "card" => token("pm_card_visa"),
        "card_declined" => token("pm_card_visa_chargeDeclined"),
        "card_insufficient_funds" => token("pm_card_visa_chargeDeclinedInsufficientFunds"),
        "card_3ds" => token("pm_card_authenticationRequired"),
        "mb_way" => data(json!({"type": "mb_way", "billing_details": {"phone": "+351912345678"}})),
        "multibanco" => {
            data(json!({"type": "multibanco", "billing_details": {"email": "cliente@example.com"}}))
        }
        "sepa_debit" => data(
            json!({"type": "sepa_debit", "sepa_debit": {"iban": "PT50000201231234567890154"},
            "billing_details": {"name": "Cliente", "email": "cliente@example.com"}}),
        ),
        _ => None,
    }
}

async fn show_payment(sim: Data<Sim>, payment: Query<Payment>) -> HttpResponse {
    match payment.intent(&sim) {
        Some(intent) => payment_page(&payment, &intent, ""),
        None => HttpResponse::NotFound().body("no such payment"),
    }
}

async fn pay(sim: Data<Sim>, payment: Form<Payment>) -> HttpResponse {
    let sim = sim.into_inner();
    if payment.intent(&sim).is_none() {
        return HttpResponse::NotFound().body("no such payment");
    }
    let message = match payment.act(&sim, &payment.choice) {
        Ok(_) => String::new(),
        Err(error) => error.detail().text("message").to_owned(),
    };
    payment_page(
        &payment,
        &payment.intent(&sim).unwrap_or_default(),
        &message,
    )
}

/// What the script asks for: the customer approves, refuses, pays the voucher, …
async fn decide(sim: Data<Sim>, payment: Form<Payment>) -> HttpResponse {
    let sim = sim.into_inner();
    if payment.intent(&sim).is_none() {
        let error = Error::missing("payment_intent", payment.id());
        return HttpResponse::NotFound().json(error.answer("req_page"));
    }
    match payment.act(&sim, &payment.choice) {
        Ok(intent) => HttpResponse::Ok().json(intent),
        Err(error) => HttpResponse::BadRequest().json(error.answer("req_page")),
    }
}

fn payment_page(payment: &Payment, intent: &Value, message: &str) -> HttpResponse {
    let status = intent.text("status");
    let named = |kind: &str| {
        intent
            .part("payment_method_types")
            .as_array()
            .is_some_and(|all| all.contains(&json!(kind)))
    };
    let choices: Vec<_> = match status {
        "requires_payment_method" | "requires_confirmation" => [
            ("card", "card"),
            ("card", "card_declined"),
            ("card", "card_insufficient_funds"),
            ("card", "card_3ds"),
            ("mb_way", "mb_way"),
            ("multibanco", "multibanco"),
            ("sepa_debit", "sepa_debit"),
        ]
        .into_iter()
        .filter(|(kind, _)| named(kind))
        .map(|(_, choice)| choice)
        .collect(),
        "requires_action" | "processing" => {
            vec!["approve", "refuse", "timeout", "fail", "pay", "expire"]
        }
        _ => Vec::new(),
    };
    let buttons: String = choices
        .iter()
        .map(|choice| format!("<button name=choice value={choice}>{choice}</button> "))
        .collect();
    let amount = intent.int("amount");
    let voucher = intent.pointer("/next_action/multibanco_display_details");
    let voucher = voucher.map(|voucher| {
        format!(
            "<p>Entity {} reference {}</p>",
            voucher.text("entity"),
            voucher.text("reference")
        )
    });
    page(
        "Payment",
        &format!(
            "<p>{},{:02} {} — <strong id=status>{status}</strong></p><p role=alert>{message}</p>{}\
         <form method=post action=/pay><input type=hidden name=client_secret value='{}'>\
         <input type=hidden name=account value='{}'>{buttons}</form>",
            amount / 100,
            amount % 100,
            intent.text("currency"),
            voucher.unwrap_or_default(),
            intent.text("client_secret"),
            payment
                .account()
                .chars()
                .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect::<String>(),
        ),
    )
}

fn page(title: &str, body: &str) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>{title} (simulated)</title>{STYLE}<h1>{title} <small>simulated</small></h1>{body}</html>"
    ))
}

fn go(url: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, url))
        .finish()
}
