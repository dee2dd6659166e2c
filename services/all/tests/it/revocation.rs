//! What ends, ends everywhere: a store that is suspended, a session, a role. Tokens live longer than
//! that, so every service has to hear of it.

use std::time::{Duration, Instant};

use db::TenantTx;
use http_kit::AudienceKind;
use reqwest::Method;
use serde_json::json;
use stores::services;
use tenants::store::staff;

use crate::platform::{Everything, PASSWORD, Reply, Route, outcome, refresh_token};
use testkit::until;

/// What security asks for; news by the broker take milliseconds.
const WITHIN: Duration = Duration::from_secs(60);

/// For each service a route of this audience, by whether it changes something.
fn routes(all: &Everything, kind: AudienceKind, changes: bool) -> Vec<Route> {
    let of_service = services::ALL.iter().map(|service| {
        all.routes.iter().find(|route| {
            route.service == service.name
                && route.is_for(kind)
                && (route.method != Method::GET) == changes
                && !route.path.starts_with("/api/auth/")
        })
    });
    of_service.flatten().cloned().collect()
}

/// Waits until every route answers like this to the store's owner.
async fn until_all(
    all: &Everything,
    what: &str,
    routes: &[Route],
    fits: impl Fn(u16, &str) -> bool,
) {
    let began = Instant::now();
    for route in routes {
        until(&format!("{what} at {}", route.name()), async || {
            let request = all.ask(route, &all.host(&all.a)).bearer_auth(&all.a.token);
            let request = if route.is_for(AudienceKind::Staff) {
                request
            } else {
                all.ask(route, &all.host(&all.a))
            };
            let (status, code) = outcome(request).await;
            fits(status.as_u16(), &code).then_some(())
        })
        .await;
    }
    assert!(began.elapsed() < WITHIN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_store_stops_selling_in_every_service_while_its_tokens_live() {
    let all = Everything::start().await;
    let shelves = routes(&all, AudienceKind::Shopper, false);
    let tills = routes(&all, AudienceKind::Shopper, true);
    let reads = routes(&all, AudienceKind::Staff, false);
    let writes = routes(&all, AudienceKind::Staff, true);
    let counts = [shelves.len(), tills.len(), reads.len(), writes.len()];
    assert_eq!(counts, [6, 3, 7, 7], "services with such a route");
    let act = async |what: &str| {
        let path = format!("/api/sysadmin/tenants/{}/{what}", all.a.id);
        let ask = all.request(Method::POST, &all.platform_host(), &path);
        let body = if what == "suspend" {
            json!({"reason": "abuse"})
        } else {
            json!({})
        };
        all.json(ask.token(&all.sysadmin).json(body))
            .await
            .expect(200)
    };
    act("suspend").await;
    let suspended = |status: u16, code: &str| (status, code) == (503, "store-suspended");
    until_all(&all, "the store is closed", &shelves, suspended).await;
    until_all(&all, "the store is closed", &tills, suspended).await;
    let looks_only = |status: u16, code: &str| (status, code) == (403, "store-suspended");
    until_all(&all, "its staff changes nothing", &writes, looks_only).await;
    until_all(&all, "its staff can look", &reads, |status, _| {
        status == 200 || status == 404
    })
    .await;
    let other = all.ask(&shelves[0], &all.host(&all.b));
    assert_ne!(outcome(other).await.1, "store-suspended", "others go on");
    act("resume").await;
    let open = |_: u16, code: &str| code != "store-suspended";
    until_all(&all, "the store is open again", &shelves, open).await;
    until_all(&all, "its staff works again", &writes, open).await;
    all.end().await;
}

/// Signs the owner in again.
async fn sign_in(all: &Everything, password: &str) -> Reply {
    let body = json!({"email": all.a.email, "password": password});
    let ask = all.request(Method::POST, &all.host(&all.a), "/api/auth/login");
    all.json(ask.json(body)).await.expect(200)
}

/// Every service lets this token in, or none does.
async fn until_everywhere(all: &Everything, token: &str, is_in: bool) {
    for route in routes(all, AudienceKind::Staff, false) {
        let what = format!(
            "{} {}",
            route.name(),
            if is_in { "serves" } else { "refuses" }
        );
        until(&what, async || {
            let request = all.ask(&route, &all.host(&all.a)).bearer_auth(token);
            let (status, code) = outcome(request).await;
            let refused = (status.as_u16(), code.as_str()) == (401, "session-ended");
            (refused != is_in).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_is_refused_by_every_service() {
    let all = Everything::start().await;
    let host = all.host(&all.a);
    let session = sign_in(&all, PASSWORD).await;
    let token = session.at("/access_token");
    until_everywhere(&all, &token, true).await;
    let ask = all.request(Method::POST, &host, "/api/auth/logout");
    all.json(ask.token(&token)).await.expect(204);
    until_everywhere(&all, &token, false).await;
    until_everywhere(&all, &all.a.token, true).await;

    // A refresh token that comes again ends its family everywhere.
    let session = sign_in(&all, PASSWORD).await;
    let stolen = json!({"refresh_token": refresh_token(&session)});
    let refresh = async || {
        let ask = all.request(Method::POST, &host, "/api/auth/refresh");
        all.json(ask.json(stolen.clone())).await
    };
    let next = refresh().await.expect(200);
    all.place.clock.advance(time::Duration::seconds(3));
    assert_eq!(refresh().await.status, 401);
    until_everywhere(&all, &next.at("/access_token"), false).await;

    // A new password ends every session of its person but the one it opens.
    let ask = all.request(Method::POST, &host, "/api/auth/password");
    let body = json!({"current_password": PASSWORD, "new_password": "other words of one's own"});
    let changed = all
        .json(ask.token(&all.a.token).json(body))
        .await
        .expect(200);
    until_everywhere(&all, &all.a.token, false).await;
    until_everywhere(&all, &changed.at("/access_token"), true).await;
    all.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_role_counts_in_every_service_at_once() {
    let all = Everything::start().await;
    until_everywhere(&all, &all.a.token, true).await;
    let db = all.place.database.db("tenants");
    let demote = db.tenant(all.a.id, async |tx: &mut TenantTx| {
        let row = staff::find_staff_by_email(tx, &all.a.email).await?;
        let mut row = row.expect("the owner is there");
        row.role = "viewer".to_owned();
        row.perms_version += 1;
        row.version += 1;
        tenants::tell::staff_changed(tx, &row).await
    });
    demote.await.unwrap();
    until_everywhere(&all, &all.a.token, false).await;
    all.end().await;
}
