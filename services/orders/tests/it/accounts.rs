//! Customers' accounts: in, out, and what is theirs.

use events::orders::v1::{
    AccountMailKind, AccountMailRequested, CustomerSessionRevoked, OrderClaimed, OrderPlaced,
};
use jobs::Task;
use orders::jobs::write_to_customer::{self, WriteToCustomer};
use orders::store::past::{self, CustomerRow, PastOrderRow};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::until;
use time::Duration;
use uuid::Uuid;

use crate::cast::{Goods, Placed, Store};
use crate::customers::{Member, PASSWORD};
use crate::world::{Ask, World, eventually};

const OTHER: &str = "outras palavras bem guardadas";

#[tokio::test(flavor = "multi_thread")]
async fn an_account_opens_when_its_address_is_confirmed_and_takes_the_guests_orders() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 9).await;
    let as_guest = world.bought(&store, &goods, "ana@example.pt", None).await;
    let of_bruno = world.bought(&store, &goods, "bruno@example.pt", None).await;

    world.register(&store, "Ana@Example.pt").await.expect(202);
    world
        .log_in(&store, "ana@example.pt", PASSWORD)
        .await
        .problem(401, "invalid-credentials");
    let letter = world
        .letter(&store, "ana@example.pt", AccountMailKind::Verify, 1)
        .await;
    // A stranger may have typed the name.
    assert_eq!(letter.name, "");
    let word = world.word(&store, &letter);
    let other = json!({ "token": word, "password": "not the one of before" });
    let reply = world.account(&store, "verify", other).await;
    reply.problem(422, "wrong-password");
    let token = json!({ "token": word, "password": PASSWORD });
    let reply = world
        .account(&store, "verify", token.clone())
        .await
        .expect(200);
    assert!(reply.number("/expires_in") > 0);
    let ana = Member::of(&store, &reply);
    world
        .account(&store, "verify", token)
        .await
        .problem(401, "invalid-account-token");
    world
        .letter(&store, "ana@example.pt", AccountMailKind::Welcome, 1)
        .await;

    let own = world
        .send(ana.ask(Method::GET, "/orders"))
        .await
        .expect(200);
    assert_eq!(own.list("/items").len(), 1);
    assert_eq!(own.words("/items/0/id"), as_guest.id);
    assert_eq!(own.number("/items/0/items"), 1);
    // Whoever keeps something of the order hears whose it is, and that this is newer than what was told.
    let told: Vec<OrderClaimed> = world.told(store.id).await;
    let [
        OrderClaimed {
            order: Some(claimed),
            ..
        },
    ] = told.as_slice()
    else {
        panic!("one order is claimed: {told:?}");
    };
    assert_eq!(
        (claimed.order_id.as_str(), claimed.customer_id.as_str()),
        (as_guest.id.as_str(), ana.id.as_str())
    );
    let placed: Vec<OrderPlaced> = world.told(store.id).await;
    let placed = placed.into_iter().filter_map(|event| event.order);
    let before = placed.filter(|order| order.order_id == as_guest.id);
    assert!(before.map(|order| order.version).max().unwrap() < claimed.version);
    let path = |placed: &Placed| format!("/api/orders/store/orders/{}", placed.id);
    let read =
        |placed: &Placed| Ask::new(Method::GET, &store.slug, path(placed)).bearer(&ana.access);
    world.send(read(&as_guest)).await.expect(200);
    world
        .send(read(&of_bruno))
        .await
        .problem(404, "order-not-found");
    let signed_in = world
        .bought(&store, &goods, "another@example.pt", Some(&ana.access))
        .await;
    let own = world
        .send(ana.ask(Method::GET, "/orders?limit=1"))
        .await
        .expect(200);
    assert_eq!(own.words("/items/0/id"), signed_in.id);
    let next = own.words("/next");
    let rest = format!("/orders?limit=1&after={next}");
    let own = world.send(ana.ask(Method::GET, &rest)).await.expect(200);
    assert_eq!(own.words("/items/0/id"), as_guest.id);
    assert!(own.body["next"].is_null());

    let again = Member::of(
        &store,
        &world
            .log_in(&store, "ANA@example.pt", PASSWORD)
            .await
            .expect(200),
    );
    assert_eq!(again.id, ana.id);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_whether_an_address_has_an_account() {
    let world = World::start().await;
    let store = world.store().await;
    world.member(&store, "ana@example.pt").await;
    let guest = world.imported(&store, "guest@example.pt", None).await;
    let make_guest = world.db().tenant(store.id, async |tx| {
        let row = past::find_customer(tx, guest).await?.unwrap();
        past::save_customer(tx, &CustomerRow { guest: true, ..row }).await?;
        Ok::<_, db::Error>(())
    });
    make_guest.await.unwrap();
    let known = ["ana@example.pt", "guest@example.pt", "nobody@example.pt"];
    let mut answers = Vec::new();
    for email in known {
        let register = world.register(&store, email).await.expect(202);
        let forgot = world
            .account(&store, "forgot", json!({ "email": email }))
            .await
            .expect(202);
        let log_in = world.log_in(&store, email, "not the right one").await;
        let log_in = log_in.problem(401, "invalid-credentials");
        let mut refusal = log_in.body.clone();
        refusal["instance"] = Value::Null;
        answers.push((register.text, forgot.text, refusal));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);

    // The mail says it, to whoever owns the address.
    let store_of = |email: &'static str| world.letter(&store, email, AccountMailKind::Exists, 1);
    store_of("ana@example.pt").await;
    world
        .letter(&store, "ana@example.pt", AccountMailKind::Reset, 1)
        .await;
    world
        .letter(&store, "nobody@example.pt", AccountMailKind::Verify, 1)
        .await;
    let waiting = "SELECT count(*) FROM job WHERE kind = 'write_to_customer' AND state <> 'done'";
    until("every letter is decided on", async || {
        (world.count(waiting).await == 0).then_some(())
    })
    .await;
    for (email, kinds) in [
        ("guest@example.pt", vec![AccountMailKind::Verify]),
        ("nobody@example.pt", vec![AccountMailKind::Verify]),
    ] {
        let letters = world.letters(&store, email).await;
        let found: Vec<_> = letters.iter().map(AccountMailRequested::kind).collect();
        assert_eq!(found, kinds, "{email}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_asked_for_once_and_nobody_gets_too_many() {
    let world = World::start().await;
    let store = world.store().await;
    for _ in 0..8 {
        world.register(&store, "ana@example.pt").await.expect(202);
    }
    let waiting = "SELECT count(*) FROM job WHERE kind = 'write_to_customer' AND state <> 'done'";
    until("every letter is decided on", async || {
        (world.count(waiting).await == 0).then_some(())
    })
    .await;
    let letters = world.letters(&store, "ana@example.pt").await;
    assert_eq!(letters.len(), 5);
    let request = letters[0].request_id.parse().unwrap();
    let task = Task {
        tenant: store.id,
        id: Uuid::now_v7(),
        attempt: 2,
        job: WriteToCustomer { request },
    };
    write_to_customer::run(world.app.clone(), task)
        .await
        .unwrap();
    assert_eq!(world.letters(&store, "ana@example.pt").await.len(), 5);
    // Whoever follows one of them uses up the others.
    let token = |letter| json!({ "token": world.word(&store, letter), "password": PASSWORD });
    let reply = world.account(&store, "verify", token(&letters[2])).await;
    reply.expect(200);
    let reply = world.account(&store, "verify", token(&letters[3])).await;
    reply.problem(401, "invalid-account-token");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_works_once_and_its_copy_ends_the_session() {
    let world = World::start().await;
    let store = world.store().await;
    let ana = world.member(&store, "ana@example.pt").await;
    let refresh = |token: &str| {
        let body = json!({ "refresh_token": token });
        world.account(&store, "refresh", body)
    };
    let next = Member::of(&store, &refresh(&ana.refresh).await.expect(200));
    assert_ne!(next.refresh, ana.refresh);
    // A second tab of a moment ago goes on too.
    refresh(&ana.refresh).await.expect(200);
    world.place.clock.advance(Duration::seconds(3));
    refresh(&ana.refresh).await.problem(401, "session-ended");
    refresh(&next.refresh).await.problem(401, "session-ended");
    world.is_out(&next).await;
    let revoked: Vec<CustomerSessionRevoked> = world.told(store.id).await;
    assert_eq!(revoked.len(), 1);
    assert_eq!(revoked[0].customer_id, ana.id);

    let again = world
        .log_in(&store, "ana@example.pt", PASSWORD)
        .await
        .expect(200);
    let again = Member::of(&store, &again);
    let log_out = json!({ "refresh_token": again.refresh });
    world
        .account(&store, "logout", log_out.clone())
        .await
        .expect(204);
    world.account(&store, "logout", log_out).await.expect(204);
    world.is_out(&again).await;
    refresh(&again.refresh).await.problem(401, "session-ended");
    refresh("nonsense").await.problem(401, "session-ended");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_hears_that_a_session_ended() {
    let world = World::with_broker().await;
    let id = kernel::TenantId::new();
    let store = Store {
        id,
        slug: format!("shop-{}", id.uuid().simple()),
        owner: Uuid::now_v7(),
    };
    world
        .tell(&crate::cast::tenant(
            &store,
            1,
            events::tenants::v1::TenantStatus::Active,
        ))
        .await;
    until("the store is known", async || {
        let ask = Ask::new(Method::POST, &store.slug, "/api/orders/store/carts");
        (world.send(ask).await.status == 201).then_some(())
    })
    .await;
    let second = orders::build(&world.place.platform).await.unwrap();
    let second =
        http_kit::Running::start(&world.place.platform, vec![second], http_kit::Roles::ALL)
            .unwrap();
    let address = second.address("orders").unwrap().to_string();
    let ana = world.member(&store, "ana@example.pt").await;
    until("the other process knows the store", async || {
        let reply = world.send(ana.ask(Method::GET, "").at(&address)).await;
        (reply.status == 200).then_some(())
    })
    .await;
    let body = json!({ "refresh_token": ana.refresh });
    world.account(&store, "logout", body).await.expect(204);
    until("the other process refuses", async || {
        let reply = world.send(ana.ask(Method::GET, "").at(&address)).await;
        (reply.code() == "session-ended").then_some(())
    })
    .await;
    second.stop().await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_once_and_every_session_ends() {
    let world = World::start().await;
    let store = world.store().await;
    let ana = world.member(&store, "ana@example.pt").await;
    let token = world.forgot(&store, "ana@example.pt", 1).await;
    let second = world.forgot(&store, "ana@example.pt", 2).await;
    let body = |token: &str, password: &str| json!({ "token": token, "password": password });
    let weak = world
        .account(&store, "reset", body(&token, "password"))
        .await;
    assert_eq!(
        weak.problem(422, "invalid-body").wrong_fields(),
        ["/password"]
    );
    let own = world
        .account(&store, "reset", body(&token, "ana@example.pt"))
        .await;
    assert_eq!(
        own.problem(422, "invalid-body").wrong_fields(),
        ["/password"]
    );
    let reply = world.account(&store, "reset", body(&token, OTHER)).await;
    let fresh = Member::of(&store, &reply.expect(200));
    world.is_out(&ana).await;
    world.send(fresh.ask(Method::GET, "")).await.expect(200);
    for used in [&token, &second] {
        let reply = world.account(&store, "reset", body(used, PASSWORD)).await;
        reply.problem(401, "invalid-account-token");
    }
    world
        .log_in(&store, "ana@example.pt", PASSWORD)
        .await
        .problem(401, "invalid-credentials");
    world
        .log_in(&store, "ana@example.pt", OTHER)
        .await
        .expect(200);

    // A word is bound to the password that it replaces, and to its hour.
    let token = world.forgot(&store, "ana@example.pt", 3).await;
    let change = json!({ "current_password": OTHER, "new_password": PASSWORD });
    let changed = world
        .send(fresh.ask(Method::PUT, "/password").json(change))
        .await;
    let changed = Member::of(&store, &changed.expect(200));
    world.is_out(&fresh).await;
    let reply = world.account(&store, "reset", body(&token, OTHER)).await;
    reply.problem(401, "invalid-account-token");
    let wrong = json!({ "current_password": "not it", "new_password": OTHER });
    let wrong = world
        .send(changed.ask(Method::PUT, "/password").json(wrong))
        .await;
    assert_eq!(
        wrong.problem(422, "wrong-password").wrong_fields(),
        ["/current_password"]
    );
    let token = world.forgot(&store, "ana@example.pt", 4).await;
    world.place.clock.advance(Duration::minutes(61));
    let reply = world.account(&store, "reset", body(&token, OTHER)).await;
    reply.problem(401, "invalid-account-token");
    world.end().await;
}

/// Whoever changes what lets somebody in takes the words of the address first and the person then: two that
/// came the other way round would wait for each other.
#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_an_address_are_locked_before_the_person() {
    let world = World::start().await;
    let store = world.store().await;
    let email = "ana@example.pt";
    let mut ana = world.member(&store, email).await;
    let (words, person) = (
        world.place.database.all_stores("orders").await,
        world.place.database.all_stores("orders").await,
    );
    let waiting = "SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE NOT l.granted AND a.datname = current_database()";
    for (count, what) in [(1, "change"), (2, "reset"), (3, "erase")] {
        let token = world.forgot(&store, email, count).await;
        let ask = match what {
            "change" => ana.ask(Method::PUT, "/password").json(json!({
                "current_password": PASSWORD, "new_password": OTHER,
            })),
            "reset" => ana
                .ask(Method::POST, "/reset")
                .json(json!({ "token": token, "password": PASSWORD })),
            _ => ana
                .ask(Method::DELETE, "")
                .json(json!({ "password": PASSWORD })),
        };
        let hold = "BEGIN; SELECT FROM account_challenge FOR UPDATE";
        words.batch_execute(hold).await.unwrap();
        let meanwhile = async {
            eventually("it waits for the words", async || {
                world.count(waiting).await == 1
            })
            .await;
            let free = "BEGIN; SELECT FROM customer FOR UPDATE NOWAIT; ROLLBACK";
            let free = person.batch_execute(free).await;
            words.batch_execute("COMMIT").await.unwrap();
            free.unwrap_or_else(|error| panic!("{what} holds the person: {error}"));
        };
        let (reply, ()) = tokio::join!(world.send(ask), meanwhile);
        if what == "erase" {
            reply.expect(204);
        } else {
            ana = Member::of(&store, &reply.expect(200));
        }
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_of_the_former_shop_signs_in_with_the_old_password_once() {
    let world = World::start().await;
    let store = world.store().await;
    let hash = "$P$Bpj8.xVrOUm4we.zd96Ir6MBWArUtw1";
    let id = world.imported(&store, "rui@example.pt", Some(hash)).await;
    let row = PastOrderRow {
        tenant_id: store.id.uuid(),
        id: Uuid::now_v7(),
        number: "WC-77".into(),
        status: "paid".into(),
        source_status: "completed".into(),
        currency: "EUR".into(),
        total_minor: 4_990,
        refunded_minor: 0,
        customer_id: Some(id),
        email: "rui@example.pt".into(),
        placed_at: world.place.clock.now() - Duration::days(400),
        document: json!({ "billing_address": { "name": "Rui" }, "lines": [{ "quantity": 2 }] }),
    };
    let saved = world.db().tenant(store.id, async |tx| {
        past::save_past_order(tx, &row).await?;
        Ok::<_, db::Error>(())
    });
    saved.await.unwrap();
    world
        .log_in(&store, "rui@example.pt", "Segredo!2")
        .await
        .problem(401, "invalid-credentials");
    let first = world
        .log_in(&store, "rui@example.pt", "Segredo!1")
        .await
        .expect(200);
    assert_eq!(first.words("/customer/id"), id.to_string());
    let kept = "SELECT count(*) FROM customer WHERE old_password IS NOT NULL";
    assert_eq!(world.count(kept).await, 0);
    let ours = "SELECT count(*) FROM account WHERE password_hash LIKE '$argon2id$%'";
    assert_eq!(world.count(ours).await, 1);
    let rui = world
        .log_in(&store, "rui@example.pt", "Segredo!1")
        .await
        .expect(200);
    let rui = Member::of(&store, &rui);
    let own = world
        .send(rui.ask(Method::GET, "/orders"))
        .await
        .expect(200);
    assert_eq!(own.words("/items/0/number"), "WC-77");
    assert_eq!(own.body["items"][0]["imported"], true);
    assert_eq!(own.number("/items/0/items"), 2);

    let gone = world.send(
        rui.ask(Method::DELETE, "")
            .json(json!({ "password": "Segredo!1" })),
    );
    gone.await.expect(204);
    let left = "SELECT count(*) FROM past_order WHERE customer_id IS NULL AND email = ''
        AND NOT document ? 'billing_address' AND total_minor = 4990";
    assert_eq!(world.count(left).await, 1);
    world.end().await;
}
