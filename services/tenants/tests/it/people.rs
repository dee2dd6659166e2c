//! People come to work in a store, change, and leave.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{CHOSEN, Reply, Store, World};

const STAFF: &str = "/api/tenants/admin/staff";

/// A store's owner, and whom they invite.
struct Team<'w> {
    world: &'w World,
    store: Store,
    token: String,
    owner: String,
}

impl<'w> Team<'w> {
    async fn of(world: &'w World) -> Self {
        let (store, session) = world.signed_in().await;
        Self {
            world,
            store,
            token: session.text_at("access_token"),
            owner: session.body["person"]["id"].as_str().unwrap().to_owned(),
        }
    }

    async fn invite(&self, email: &str, role: &str) -> Reply {
        let body = json!({"email": email, "name": "Rui", "role": role});
        let who = (&self.store, self.token.as_str());
        self.world.keyed(who, STAFF, email, Some(body)).await
    }

    async fn change(&self, id: &str, seen: i64, body: Value) -> Reply {
        let path = format!("{STAFF}/{id}");
        let who = (&self.store, self.token.as_str());
        self.world
            .write(who, (Method::PATCH, &path), seen, Some(body))
            .await
    }

    async fn remove(&self, id: &str) -> Reply {
        let path = format!("{STAFF}/{id}");
        let who = (&self.store, self.token.as_str());
        self.world
            .write(who, (Method::DELETE, &path), 0, None)
            .await
    }

    /// The first sign-in with a temporary password, and the answer to the choice of another.
    async fn comes_in(&self, email: &str, temporary: &str) -> Reply {
        let (slug, world) = (&self.store.slug, self.world);
        let body = json!({"email": email, "password": temporary});
        let first = world.post(slug, "/api/auth/login", None, body).await;
        let body = json!({"change_token": first.text_at("change_token"), "new_password": CHOSEN});
        let reply = world
            .post(slug, "/api/auth/password/first", None, body)
            .await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply
    }

    async fn list(&self) -> Vec<Value> {
        let list = self
            .world
            .get(&self.store.slug, STAFF, Some(&self.token))
            .await;
        list.body["items"].as_array().unwrap().clone()
    }
}

fn temporary(invited: &Reply) -> String {
    invited.text_at("temporary_password")
}

fn id(invited: &Reply) -> String {
    invited.body["staff"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_invited_comes_in_with_the_temporary_password_and_is_told_by_mail() {
    let world = World::start().await;
    let team = Team::of(&world).await;
    let invited = team.invite("rui@example.pt", "catalog").await;
    assert_eq!(invited.status, 201, "{}", invited.text);
    assert_eq!(invited.body["staff"]["status"], "invited");
    let repeat = team.invite("rui@example.pt", "catalog").await;
    assert_eq!(
        (repeat.text.as_str(), repeat.replayed),
        (invited.text.as_str(), true)
    );
    let told = "SELECT count(*) FROM outbox WHERE type = 'tenants.staff_changed.v1'";
    let owner = world.place.database.all_stores("tenants").await;
    let before: i64 = owner.query_one(told, &[]).await.unwrap().get(0);
    let session = team.comes_in("rui@example.pt", &temporary(&invited)).await;
    assert_eq!(session.body["person"]["role"], "catalog");
    let token = session.text_at("access_token");
    assert!(world.is_let_in(&team.store, &token).await);
    let after: i64 = owner.query_one(told, &[]).await.unwrap().get(0);
    assert_eq!(
        after,
        before + 1,
        "others hear that the person works here now"
    );
    let refused = world.get(&team.store.slug, STAFF, Some(&token)).await;
    assert_eq!(refused.code(), "permission-missing");
    let list = team.list().await;
    assert_eq!(list.len(), 2);
    assert_eq!(
        (&list[1]["name"], &list[1]["status"]),
        (&json!("Rui"), &json!("active"))
    );
    let body = json!({"email": "RUI@example.pt", "name": "Rui", "role": "viewer"});
    let who = (&team.store, team.token.as_str());
    let twice = world.keyed(who, STAFF, "other", Some(body)).await;
    assert_eq!((twice.status.as_u16(), twice.code()), (409, "email-taken"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_role_or_none_ends_the_sessions_at_once() {
    let world = World::start().await;
    let team = Team::of(&world).await;
    let invited = team.invite("rui@example.pt", "manager").await;
    let (rui, password) = (id(&invited), temporary(&invited));
    let session = team.comes_in("rui@example.pt", &password).await;
    let token = session.text_at("access_token");
    let named = team.change(&rui, 2, json!({"name": "Rui Silva"})).await;
    assert_eq!(named.status, 200, "{}", named.text);
    assert!(
        world.is_let_in(&team.store, &token).await,
        "a name changes nothing"
    );
    let late = team.change(&rui, 2, json!({"role": "viewer"})).await;
    assert_eq!(late.status, 412);
    let changed = team.change(&rui, 3, json!({"role": "viewer"})).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert!(!world.is_let_in(&team.store, &token).await);
    assert_eq!(
        world
            .refresh(&team.store, &session.refresh_token())
            .await
            .status,
        401
    );
    let log_in = async || {
        let body = json!({"email": "rui@example.pt", "password": CHOSEN});
        world
            .post(&team.store.slug, "/api/auth/login", None, body)
            .await
    };
    let token = log_in().await.text_at("access_token");
    let disabled = team.change(&rui, 4, json!({"status": "disabled"})).await;
    assert_eq!(disabled.text_at("status"), "disabled");
    assert!(!world.is_let_in(&team.store, &token).await);
    assert_eq!(log_in().await.code(), "wrong-credentials");
    team.change(&rui, 5, json!({"status": "active"})).await;
    let token = log_in().await.text_at("access_token");
    assert!(world.is_let_in(&team.store, &token).await);
    assert_eq!(team.remove(&rui).await.status, 204);
    assert!(!world.is_let_in(&team.store, &token).await);
    assert_eq!(log_in().await.code(), "wrong-credentials");
    assert_eq!(team.remove(&rui).await.code(), "staff-not-found");
    assert_eq!(team.list().await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_always_has_an_owner_and_nobody_takes_themselves_out() {
    let world = World::start().await;
    let team = Team::of(&world).await;
    let me = team.owner.clone();
    assert_eq!(team.remove(&me).await.code(), "oneself");
    let less = team.change(&me, 2, json!({"role": "viewer"})).await;
    assert_eq!(less.code(), "oneself");
    assert_eq!(
        team.change(&me, 2, json!({"name": "Ana"})).await.status,
        200
    );
    // One of the platform's people acts in the store: not even they leave it without an owner.
    let path = format!("{STAFF}/{me}");
    let remove_me = || {
        world.send(crate::world::Ask {
            method: Method::DELETE,
            host: world.host(""),
            path: &path,
            token: Some(&world.sysadmin),
            body: None,
            headers: vec![("x-tenant", team.store.slug.clone())],
        })
    };
    let last = remove_me().await;
    assert_eq!((last.status.as_u16(), last.code()), (409, "last-owner"));
    // Whoever was only invited may never come.
    let invited = team.invite("maybe@example.pt", "owner").await;
    assert_eq!(invited.status, 201, "{}", invited.text);
    let last = remove_me().await;
    assert_eq!((last.status.as_u16(), last.code()), (409, "last-owner"));
    let second = team.invite("ana@example.pt", "owner").await;
    let session = team.comes_in("ana@example.pt", &temporary(&second)).await;
    let token = session.text_at("access_token");
    let who = (&team.store, token.as_str());
    let removed = world.write(who, (Method::DELETE, &path), 0, None).await;
    assert_eq!(removed.status, 204, "{}", removed.text);
    assert!(!world.is_let_in(&team.store, &team.token).await);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_says_how_many_people_there_are_and_roles_are_a_stores() {
    let world = World::start().await;
    let team = Team::of(&world).await;
    assert_eq!(team.invite("x@example.pt", "sysadmin").await.status, 422);
    let list = world
        .get(
            &team.store.slug,
            "/api/tenants/admin/entitlements",
            Some(&team.token),
        )
        .await;
    let items = list.body["items"].as_array().unwrap();
    let limit = items
        .iter()
        .find(|item| item["key"] == "limit.staff")
        .unwrap();
    let limit = limit["value"].as_i64().unwrap();
    for number in 1..limit {
        let invited = team
            .invite(&format!("p{number}@example.pt"), "viewer")
            .await;
        assert_eq!(invited.status, 201, "{}", invited.text);
    }
    let full = team.invite("more@example.pt", "viewer").await;
    assert_eq!((full.status.as_u16(), full.code()), (402, "limit-reached"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_forgot_the_password_gets_another_temporary_one() {
    let world = World::start().await;
    let team = Team::of(&world).await;
    let invited = team.invite("rui@example.pt", "viewer").await;
    let (rui, password) = (id(&invited), temporary(&invited));
    let session = team.comes_in("rui@example.pt", &password).await;
    let path = format!("{STAFF}/{rui}/temporary-password");
    let who = (&team.store, team.token.as_str());
    let renewed = world.keyed(who, &path, "again", None).await;
    assert_eq!(renewed.status, 201, "{}", renewed.text);
    assert!(
        !world
            .is_let_in(&team.store, &session.text_at("access_token"))
            .await
    );
    let owner = world.place.database.all_stores("tenants").await;
    let kept =
        "SELECT count(*) FROM idempotency_key WHERE position(convert_to($1, 'UTF8') IN body) > 0";
    let rows: i64 = owner
        .query_one(kept, &[&temporary(&renewed)])
        .await
        .unwrap()
        .get(0);
    assert_eq!(rows, 0, "the answer is kept sealed");
    team.comes_in("rui@example.pt", &temporary(&renewed)).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_says_who_did_what_and_is_searched() {
    let world = World::start().await;
    let team = Team::of(&world).await;
    let invited = team.invite("rui@example.pt", "viewer").await;
    team.change(&id(&invited), 1, json!({"role": "manager"}))
        .await;
    team.remove(&id(&invited)).await;
    let find = async |query: &str| {
        let path = format!("/api/tenants/admin/audit?{query}");
        let found = world.get(&team.store.slug, &path, Some(&team.token)).await;
        assert_eq!(found.status, 200, "{}", found.text);
        found.body
    };
    let deeds = |found: &Value| -> Vec<String> {
        let items = found["items"].as_array().unwrap().iter();
        items
            .map(|item| item["action"].as_str().unwrap().to_owned())
            .collect()
    };
    let staff = find("action=staff").await;
    assert_eq!(
        deeds(&staff),
        ["staff.remove", "staff.change", "staff.invite"]
    );
    let changed = &staff["items"][1];
    assert_eq!(changed["before"], json!({"role": "viewer"}));
    assert_eq!(changed["after"], json!({"role": "manager"}));
    assert_eq!(changed["actor"], format!("staff:{}", team.owner));
    assert!(changed["actor_name"].is_string() && changed["ip"].is_string());
    assert!(!staff.to_string().contains("rui@"), "nothing of persons");
    assert_eq!(deeds(&find("action=staff.invite").await), ["staff.invite"]);
    assert!(
        deeds(&find("action=st%25").await).is_empty(),
        "no pattern gets in"
    );
    assert!(deeds(&find("actor=staff:nobody").await).is_empty());
    assert!(deeds(&find("until=2001-01-01T00:00:00Z").await).is_empty());
    let page = find("limit=1&action=staff").await;
    let next = page["next"].as_str().unwrap();
    let second = find(&format!("limit=1&action=staff&after={next}")).await;
    assert_eq!(deeds(&second), ["staff.change"]);
    // The platform's people read a store's trail by its id, and their own without one.
    let path = format!(
        "/api/sysadmin/audit?tenant_id={}&action=staff",
        team.store.id
    );
    let theirs = world.get("", &path, Some(&world.sysadmin)).await;
    assert_eq!(deeds(&theirs.body).len(), 3);
    let own = world
        .get("", "/api/sysadmin/audit", Some(&world.sysadmin))
        .await;
    assert!(!deeds(&own.body).contains(&"staff.invite".to_owned()));
    world.end().await;
}
