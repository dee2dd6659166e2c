//! Webhooks that are not what they say: by their signature, or by what a genuine one speaks of.

use events::payments::v1::PaymentSucceeded;
use reqwest::Method;
use serde_json::{Value, json};

use crate::stripe::{self, event, signature, signed};
use crate::world::{Store, World};
use testkit::until;

const SECRET: &str = stripe::CONNECT_SECRET;

/// A body that would pay an order if it were believed.
async fn paying_body(world: &World, store: &Store, id: &str) -> Vec<u8> {
    let order = world.order(store, 4_990);
    let paying = world.form(store, &order).await;
    let mut intent = world.stripe.intent(&paying).await;
    intent["status"] = json!("succeeded");
    intent["amount_received"] = json!(4_990);
    event(id, "payment_intent.succeeded", &store.account, &intent)
        .to_string()
        .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_with_any_other_signature_is_refused_and_not_kept() {
    let world = World::start().await;
    let store = world.open_store().await;
    let body = paying_body(&world, &store, "evt_forged").await;
    let now = world.place.clock.unix();
    let good = signed(SECRET, now, &body);
    let mut changed = body.clone();
    changed.push(b' ');
    let cases: Vec<(&str, Option<String>, &[u8])> = vec![
        ("no header", None, &body),
        ("an empty header", Some(String::new()), &body),
        ("no time", Some(format!("v1={good}")), &body),
        ("no signature", Some(format!("t={now}")), &body),
        (
            "two times",
            Some(format!("t={now},t={now},v1={good}")),
            &body,
        ),
        ("only a decoy", Some(format!("t={now},v0={good}")), &body),
        (
            "not hexadecimal",
            Some(format!("t={now},v1=zz{}", &good[2..])),
            &body,
        ),
        (
            "half a signature",
            Some(format!("t={now},v1={}", &good[..32])),
            &body,
        ),
        (
            "a guessed secret",
            Some(signature("whsec_guess", now, &body)),
            &body,
        ),
        (
            "the API key",
            Some(signature(stripe::KEY, now, &body)),
            &body,
        ),
        ("an empty secret", Some(signature("", now, &body)), &body),
        (
            "301 seconds old",
            Some(signature(SECRET, now - 301, &body)),
            &body,
        ),
        (
            "400 seconds ahead",
            Some(signature(SECRET, now + 400, &body)),
            &body,
        ),
        (
            "a moved time",
            Some(format!("t={},v1={good}", now + 1)),
            &body,
        ),
        ("another body", Some(format!("t={now},v1={good}")), &changed),
        ("no body", Some(format!("t={now},v1={good}")), b""),
    ];
    for (name, header, body) in cases {
        let refused = world.webhook(header.as_deref(), body).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (400, "signature-invalid"),
            "{name}"
        );
        assert!(!refused.text.contains("whsec"), "{name}");
    }
    assert!(world.event("evt_forged").await.is_none());
    assert!(world.told::<PaymentSucceeded>(store.id).await.is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_may_be_five_minutes_apart_and_a_secret_may_be_changed() {
    let world = World::start().await;
    let store = world.open_store().await;
    let now = world.place.clock.unix();
    let object = json!({ "object": "customer", "id": "cus_1" });
    let body = |id: &str| event(id, "customer.created", &store.account, &object).to_string();
    for (id, header) in [
        ("evt_old", (now - 290, vec![SECRET])),
        ("evt_ahead", (now + 290, vec![SECRET])),
        // While a secret is rolled Stripe signs with both, and one of them is ours.
        ("evt_rolled1", (now, vec!["whsec_next", SECRET])),
        ("evt_rolled2", (now, vec![SECRET, "whsec_before"])),
    ] {
        let (time, secrets) = header;
        let body = body(id).into_bytes();
        let signatures = secrets
            .iter()
            .map(|secret| format!(",v1={}", signed(secret, time, &body)));
        let header = format!("t={time}{}", signatures.collect::<String>());
        world.webhook(Some(&header), &body).await.expect(200);
        assert_eq!(world.outcome(id).await["state"], "ignored");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_that_comes_twice_proves_nothing() {
    let world = World::start().await;
    let store = world.open_store().await;
    let body = paying_body(&world, &store, "evt_twice").await;
    let good = signature(SECRET, world.place.clock.unix(), &body);
    let request = world
        .ask(Method::POST, "", "/api/webhooks/stripe")
        .header("stripe-signature", &good)
        .header("stripe-signature", &good)
        .body(body);
    assert_eq!(world.send(request).await.code(), "signature-invalid");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_body_that_is_no_event_is_refused_without_harm() {
    let world = World::start().await;
    let now = world.place.clock.unix();
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"not JSON".to_vec(),
        b"\xff\xfe{}".to_vec(),
        b"[]".to_vec(),
        b"null".to_vec(),
        br#"{"id":"evt_1"}"#.to_vec(),
        br#"{"type":"charge.refunded"}"#.to_vec(),
        br#"{"id":5,"type":"charge.refunded"}"#.to_vec(),
        br#"{"id":"evt_\u0000","type":"x"}"#.to_vec(),
        br#"{"id":"../evt","type":"x"}"#.to_vec(),
        br#"{"id":"evt_1","type":"x","account":"acct_1\r\nX: 1"}"#.to_vec(),
        br#"{"id":"evt_1","type":"x","livemode":"no"}"#.to_vec(),
        deep.into_bytes(),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body)
            .chars()
            .take(60)
            .collect::<String>();
        let refused = world
            .webhook(Some(&signature(SECRET, now, &body)), &body)
            .await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (400, "event-invalid"),
            "{shown}"
        );
    }
    let long = vec![b'x'; 256 * 1024 + 1];
    let refused = world
        .webhook(Some(&signature(SECRET, now, &long)), &long)
        .await;
    assert_eq!(refused.status, 413);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stripe_may_send_tomorrow_is_kept_and_harms_nothing() {
    let world = World::start().await;
    let store = world.open_store().await;
    let object = json!({ "id": "xx_1", "object": "novelty", "new": { "fields": [1] } });
    let mut odd = event(
        "evt_odd",
        "payment_intent.reincarnated",
        &store.account,
        &object,
    );
    odd["api_version"] = json!("2019-02-11");
    odd["something"] = json!({ "else": true });
    let thin = json!({ "id": "evt_thin", "object": "v2.core.event", "type": "v2.core.account.updated",
        "created": "2026-11-25T00:00:00Z", "livemode": false, "related_object": null });
    let mut no_account = event("evt_own", "payment_intent.succeeded", "", &object);
    no_account["account"] = Value::Null;
    for (sent, id) in [(odd, "evt_odd"), (thin, "evt_thin")] {
        world.deliver(&sent).await.expect(200);
        assert_eq!(world.outcome(id).await["state"], "ignored", "{id}");
    }
    let body = no_account.to_string().into_bytes();
    let header = signature(stripe::SECRET, world.place.clock.unix(), &body);
    world.webhook(Some(&header), &body).await.expect(200);
    assert_eq!(world.outcome("evt_own").await["state"], "ignored");
    world.end().await;
}

/// Genuine by its signature, and not what we asked for.
#[tokio::test(flavor = "multi_thread")]
async fn a_genuine_event_about_something_else_is_raised_and_never_applied() {
    let world = World::start().await;
    let (store, other) = (world.open_store().await, world.open_store().await);
    let order = world.order(&store, 4_990);
    let paying = world.form(&store, &order).await;
    world.go_deaf().await;
    world.stripe.choose(&paying, "card").await;
    let paid = world.stripe.intent(&paying).await;
    let changed = |path: &str, value: Value| {
        let mut intent = paid.clone();
        *intent.pointer_mut(path).unwrap() = value;
        intent
    };
    let cases = [
        ("evt_amount", changed("/amount", json!(100)), &store),
        ("evt_currency", changed("/currency", json!("usd")), &store),
        (
            "evt_order",
            changed("/metadata/order_id", json!(kernel::OrderId::new())),
            &store,
        ),
        ("evt_no_order", changed("/metadata", json!({})), &store),
        (
            "evt_fee",
            changed("/application_fee_amount", json!(1)),
            &store,
        ),
        ("evt_unknown", changed("/id", json!("pi_unknown")), &store),
        // The other store's account speaks of this store's order.
        ("evt_account", paid.clone(), &other),
    ];
    for (id, intent, sender) in cases {
        let sent = event(id, "payment_intent.succeeded", &sender.account, &intent);
        world.deliver(&sent).await.expect(200);
        let outcome = world.outcome(id).await;
        assert_eq!(outcome["state"], "mismatch", "{outcome}");
        assert_eq!(
            world.payment(&store, &paying).await["status"],
            "requires_payment_method",
            "{id}"
        );
    }
    let mut live = event(
        "evt_mode",
        "payment_intent.succeeded",
        &store.account,
        &paid,
    );
    live["livemode"] = json!(true);
    world.deliver(&live).await.expect(200);
    assert_eq!(world.outcome("evt_mode").await["state"], "mismatch");
    let mut inner = paid.clone();
    inner["livemode"] = json!(true);
    let inner = event(
        "evt_mode2",
        "payment_intent.succeeded",
        &store.account,
        &inner,
    );
    world.deliver(&inner).await.expect(200);
    assert_eq!(world.outcome("evt_mode2").await["state"], "mismatch");
    assert!(world.told::<PaymentSucceeded>(store.id).await.is_empty());
    let breaks = world.breaks().await;
    assert_eq!(breaks.len(), 9, "each is raised: {breaks:?}");

    // A person has looked; the money itself is honest, and the true event is applied.
    for open in breaks {
        let path = format!(
            "/api/payments/sysadmin/breaks/{}/close",
            open["id"].as_str().unwrap()
        );
        world
            .sysadmin(Method::POST, &path, Value::Null)
            .await
            .expect(200);
        assert_eq!(
            world
                .sysadmin(Method::POST, &path, Value::Null)
                .await
                .status,
            404
        );
    }
    let honest = event(
        "evt_honest",
        "payment_intent.succeeded",
        &store.account,
        &paid,
    );
    world.deliver(&honest).await.expect(200);
    world.until_status(&store, &paying, "succeeded").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_in_another_stores_account_pays_nobodys_order() {
    let world = World::start().await;
    let (store, other) = (world.open_store().await, world.open_store().await);
    let order = world.order(&store, 4_990);
    let paying = world.form(&store, &order).await;
    // The other store's owner makes an intent at Stripe with our names in it, and pays it.
    let theirs = world
        .stripe
        .post(
            &other.account,
            "/v1/payment_intents",
            &format!(
                "amount=4990&currency=eur&application_fee_amount=75&payment_method=pm_card_visa&confirm=true\
                 &metadata[tenant_id]={}&metadata[order_id]={}&metadata[payment_id]={}",
                store.id, order.id, paying.payment
            ),
        )
        .await;
    let theirs = theirs["id"].as_str().unwrap().to_owned();
    until("it is raised", async || {
        let breaks = world.breaks().await;
        (!breaks.is_empty()).then_some(())
    })
    .await;
    assert_eq!(
        world.payment(&store, &paying).await["status"],
        "requires_payment_method"
    );
    assert!(world.told::<PaymentSucceeded>(store.id).await.is_empty());
    assert!(world.told::<PaymentSucceeded>(other.id).await.is_empty());
    assert_ne!(theirs, paying.intent);
    world.end_with_breaks(&["webhook"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_was_signed_for_the_other_endpoint_is_raised() {
    let world = World::start().await;
    let store = world.open_store().await;
    let body = paying_body(&world, &store, "evt_crossed").await;
    let header = signature(stripe::SECRET, world.place.clock.unix(), &body);
    world.webhook(Some(&header), &body).await.expect(200);
    let outcome = world.outcome("evt_crossed").await;
    assert_eq!(
        (&outcome["state"], &outcome["endpoint"]),
        (&json!("mismatch"), &json!("platform"))
    );
    assert!(world.told::<PaymentSucceeded>(store.id).await.is_empty());
    world.end_with_breaks(&["webhook"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_nobody_is_raised_once() {
    let world = World::start().await;
    let object = json!({ "id": "pi_1", "object": "payment_intent" });
    for id in ["evt_nobody1", "evt_nobody2"] {
        let sent = event(id, "payment_intent.succeeded", "acct_nobody", &object);
        world.deliver(&sent).await.expect(200);
    }
    for id in ["evt_nobody1", "evt_nobody2"] {
        // It waits a little, in case the account was made a moment ago.
        until(&format!("{id} is given up"), async || {
            world.advance(time::Duration::seconds(30));
            let found = world.event(id).await.unwrap();
            (found["state"] == "mismatch").then_some(())
        })
        .await;
    }
    world.end_with_breaks(&["webhook"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_that_make_no_sense_are_raised_after_some_attempts_and_break_nothing() {
    let world = World::start().await;
    let store = world.open_store().await;
    let (_, paying) = world.paid(&store, 4_990).await;
    let odd = [
        ("payment_intent.succeeded", json!({ "id": paying.intent })),
        ("payment_intent.succeeded", json!("text")),
        (
            "payment_intent.succeeded",
            json!({ "id": paying.intent, "status": 7, "amount": "many" }),
        ),
        ("charge.dispute.created", json!({ "id": 5 })),
        ("charge.dispute.created", Value::Null),
    ];
    for (n, (kind, object)) in odd.iter().enumerate() {
        let id = format!("evt_odd{n}");
        world
            .deliver(&event(&id, kind, &store.account, object))
            .await
            .expect(200);
        until(&format!("{id} is given up"), async || {
            world.advance(time::Duration::seconds(61));
            let found = world.event(&id).await.unwrap();
            (found["state"] == "failed").then_some(())
        })
        .await;
    }
    let breaks = world.breaks().await;
    assert_eq!(breaks.len(), odd.len());
    let harmless = event(
        "evt_none",
        "charge.refunded",
        &store.account,
        &json!({ "object": "charge" }),
    );
    world.deliver(&harmless).await.expect(200);
    assert_eq!(world.outcome("evt_none").await["state"], "ignored");
    // A person has looked, and lets them be.
    world.give_up_failed().await;
    assert_eq!(world.payment(&store, &paying).await["status"], "succeeded");
    world.end_with_breaks(&["webhook"; 5]).await;
}
