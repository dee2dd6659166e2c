//! What a customer keeps here, that nobody else gets at it, and how it goes.

use events::orders::v1::{AccountMailKind, OrderClaimed};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::place::Place;

use crate::cast::{Goods, LISBON, address};
use crate::customers::{Member, PASSWORD};
use crate::world::{Ask, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_keeps_a_profile_and_addresses_and_no_one_else_sees_them() {
    let world = World::start().await;
    let (store, elsewhere) = (world.store().await, world.store().await);
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 9).await;
    let ana = world.member(&store, "ana@example.pt").await;
    let bruno = world.member(&store, "bruno@example.pt").await;
    let twin = world.member(&elsewhere, "ana@example.pt").await;
    assert_ne!(ana.id, twin.id);

    let change =
        json!({ "first_name": "Ana Rita", "nif": "123456789", "marketing_consent": false });
    let profile = world
        .send(ana.ask(Method::PATCH, "").json(change))
        .await
        .expect(200);
    assert_eq!(profile.words("/first_name"), "Ana Rita");
    assert_eq!(profile.words("/last_name"), "Silva");
    assert_eq!(profile.words("/nif"), "123456789");
    assert_eq!(profile.body["marketing_consent"], false);
    let wrong = world
        .send(
            ana.ask(Method::PATCH, "")
                .json(json!({ "nif": "123456788" })),
        )
        .await;
    assert_eq!(wrong.problem(422, "invalid-body").wrong_fields(), ["/nif"]);

    let create = |member: &Member, body: Value, key: &str| {
        member.ask(Method::POST, "/addresses").key(key).json(body)
    };
    let first = world
        .send(create(&ana, address(LISBON), "1"))
        .await
        .expect(201);
    assert_eq!(first.body["is_default"], true);
    let mut second = address("9000-001");
    second["is_default"] = json!(true);
    let second = world.send(create(&ana, second, "2")).await.expect(201);
    let kept = world
        .send(ana.ask(Method::GET, "/addresses"))
        .await
        .expect(200);
    let defaults: Vec<_> = kept
        .list("/items")
        .iter()
        .map(|one| one["is_default"].clone())
        .collect();
    assert_eq!(defaults, [json!(false), json!(true)]);
    let place = format!("/addresses/{}", second.words("/id"));
    for stranger in [&bruno, &twin] {
        let theirs = world
            .send(stranger.ask(Method::GET, "/addresses"))
            .await
            .expect(200);
        assert!(theirs.list("/items").is_empty());
        let put = stranger.ask(Method::PUT, &place).json(address(LISBON));
        world.send(put).await.problem(404, "address-not-found");
        let delete = stranger.ask(Method::DELETE, &place);
        world.send(delete).await.problem(404, "address-not-found");
    }
    let put = ana.ask(Method::PUT, &place).json(address("1000-001"));
    let put = world.send(put).await.expect(200);
    assert_eq!(
        (put.words("/postcode").as_str(), &put.body["is_default"]),
        ("1000-001", &json!(true))
    );
    world
        .send(ana.ask(Method::DELETE, &place))
        .await
        .expect(204);
    let kept = world
        .send(ana.ask(Method::GET, "/addresses"))
        .await
        .expect(200);
    assert_eq!(kept.body["items"][0]["is_default"], true);

    let order = world
        .bought(&store, &goods, "ana@example.pt", Some(&ana.access))
        .await;
    let export = world
        .send(ana.ask(Method::GET, "/export"))
        .await
        .expect(200);
    for told in ["Ana Rita", "123456789", "Rua do Ouro 1", &order.number] {
        assert!(export.text.contains(told), "{told}");
    }
    assert!(!export.text.contains("argon2") && !export.text.contains("bruno"));
    for stranger in [&bruno, &twin] {
        let export = world
            .send(stranger.ask(Method::GET, "/export"))
            .await
            .expect(200);
        assert!(!export.text.contains("Ana Rita") && !export.text.contains(&order.number));
        let own = world
            .send(stranger.ask(Method::GET, "/orders"))
            .await
            .expect(200);
        assert!(own.list("/items").is_empty());
    }
    // A session of one store is none of another's, nor is its refresh token.
    let foreign = Member {
        store: elsewhere.clone(),
        ..ana.clone()
    };
    world
        .send(foreign.ask(Method::GET, ""))
        .await
        .problem(401, "invalid-token");
    let body = json!({ "refresh_token": ana.refresh });
    world
        .account(&elsewhere, "refresh", body.clone())
        .await
        .problem(401, "session-ended");
    world.account(&elsewhere, "logout", body).await.expect(204);
    world.send(ana.ask(Method::GET, "")).await.expect(200);
    world
        .log_in(&elsewhere, "bruno@example.pt", PASSWORD)
        .await
        .problem(401, "invalid-credentials");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_customer_leaves_what_the_law_asks_for_and_nothing_comes_back() {
    let world = World::start().await;
    let store = world.store().await;
    let goods = Goods::at(1_000);
    world.sell(&store, &goods, 9).await;
    let ana = world.member(&store, "ana@example.pt").await;
    let open = world
        .bought(&store, &goods, "ana@example.pt", Some(&ana.access))
        .await;
    let over = world
        .bought(&store, &goods, "ana@example.pt", Some(&ana.access))
        .await;
    world.act(&over, "cancel", json!({})).await.expect(200);
    // Bought without signing in: erased with the rest, and nobody is told whose it was.
    let unsigned = world.bought(&store, &goods, "ana@example.pt", None).await;
    world.act(&unsigned, "cancel", json!({})).await.expect(200);
    let keep = ana
        .ask(Method::POST, "/addresses")
        .key("1")
        .json(address(LISBON));
    world.send(keep).await.expect(201);
    let wrong = ana
        .ask(Method::DELETE, "")
        .json(json!({ "password": "not it" }));
    let wrong = world.send(wrong).await.problem(422, "wrong-password");
    assert_eq!(wrong.wrong_fields(), ["/password"]);
    let gone = ana
        .ask(Method::DELETE, "")
        .json(json!({ "password": PASSWORD }));
    world.send(gone).await.expect(204);
    world.is_out(&ana).await;
    world
        .log_in(&store, "ana@example.pt", PASSWORD)
        .await
        .problem(401, "invalid-credentials");
    for table in [
        "customer",
        "account",
        "customer_session",
        "customer_refresh_token",
        "customer_address",
        "account_challenge",
    ] {
        let rows = format!("SELECT count(*) FROM {table}");
        assert_eq!(world.count(&rows).await, 0, "{table}");
    }
    // The tax office's part of the orders is there; a telephone number of a finished one is not.
    for finished in [&over, &unsigned] {
        let detail = world.owner_sees(finished).await;
        assert!(detail.text.contains("Rua do Ouro 1") && !detail.text.contains("+351912345678"));
    }
    let told: Vec<OrderClaimed> = world.told(store.id).await;
    assert_eq!(told, []);
    assert!(world.owner_sees(&open).await.text.contains("+351912345678"));

    // The same person comes back as a stranger.
    let later = world.bought(&store, &goods, "ana@example.pt", None).await;
    world.register(&store, "ana@example.pt").await.expect(202);
    let letter = world
        .letter(&store, "ana@example.pt", AccountMailKind::Verify, 2)
        .await;
    let body = json!({ "token": world.word(&store, &letter), "password": PASSWORD });
    let reply = world.account(&store, "verify", body).await.expect(200);
    let back = Member::of(&store, &reply);
    let own = world
        .send(back.ask(Method::GET, "/orders"))
        .await
        .expect(200);
    let own: Vec<_> = own
        .list("/items")
        .iter()
        .map(|one| one["id"].clone())
        .collect();
    assert_eq!(own, [json!(later.id)]);
    world.end().await;
}

/// What opens an account stands in no table, in no event and in no job.
#[tokio::test(flavor = "multi_thread")]
async fn no_word_and_no_password_lies_anywhere() {
    let world = World::start().await;
    let store = world.store().await;
    let ana = world.member(&store, "ana@example.pt").await;
    let word = world.forgot(&store, "ana@example.pt", 1).await;
    let owner = world.place.database.all_stores("orders").await;
    let tables = "SELECT table_name::text FROM information_schema.columns
        WHERE table_schema = 'orders' AND column_name = 'tenant_id' ORDER BY 1";
    let hex = |text: &str| {
        text.bytes()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    for table in owner.query(tables, &[]).await.unwrap() {
        let table: String = table.get(0);
        for secret in [word.as_str(), PASSWORD, &ana.refresh, &ana.access] {
            // Bytes are written as hexadecimal digits.
            for shape in [secret.to_owned(), hex(secret)] {
                let sql =
                    format!("SELECT count(*) FROM \"{table}\" t WHERE t::text LIKE '%{shape}%'");
                assert_eq!(world.count(&sql).await, 0, "{table}");
            }
        }
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_tries_passwords_has_to_wait() {
    let settings = [("SKIP_RATE_LIMIT_FOR_E2E", "false")];
    let place = Place::with(&[orders::MIGRATIONS], &settings).await;
    let world = World::on(place).await;
    let store = world.store().await;
    let mut codes = Vec::new();
    for _ in 0..15 {
        let reply = world.log_in(&store, "ana@example.pt", "not it").await;
        codes.push((reply.status.as_u16(), reply.code().to_owned()));
    }
    let refused = codes.iter().filter(|(status, _)| *status == 401).count();
    let limited = codes
        .iter()
        .filter(|(_, code)| code == "rate-limited")
        .count();
    assert!(limited > 0 && refused <= 11, "{codes:?}");
    assert_eq!(refused + limited, 15, "{codes:?}");
    // Who tried keeps nobody else out, and the owner not from a new password.
    let path = "/api/orders/store/account/login";
    let ask = Ask::new(Method::POST, &store.slug, path).header("x-forwarded-for", "198.51.100.7");
    let body = json!({ "email": "ana@example.pt", "password": "not it" });
    let reply = world.send(ask.json(body)).await;
    reply.problem(401, "invalid-credentials");
    let body = json!({ "email": "ana@example.pt" });
    world.account(&store, "forgot", body).await.expect(202);
    world.end().await;
}
