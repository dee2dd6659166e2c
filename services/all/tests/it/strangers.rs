//! Every route of every service against everybody it does not serve. A new route is covered by
//! itself: its audience and permission are read from the OpenAPI document.

use http_kit::permissions::TABLE;
use http_kit::{AudienceKind, Role};
use kernel::{Clock, TenantId};
use reqwest::StatusCode;
use time::Duration;

use crate::platform::{Everything, Route, outcome};

const CLOSED: [AudienceKind; 3] = [
    AudienceKind::Customer,
    AudienceKind::Staff,
    AudienceKind::Sysadmin,
];

#[tokio::test(flavor = "multi_thread")]
async fn no_route_serves_a_stranger() {
    let all = Everything::start().await;
    let (host, platform_host) = (all.host(&all.a), all.platform_host());
    let forged = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0Iiwia2lkIjoiMSJ9.eyJzdWIiOiIwIn0.".to_owned();
    let last_week = Clock::system();
    last_week.advance(Duration::days(-7));
    let mut wrong = Vec::new();
    for route in all
        .routes
        .iter()
        .filter(|route| CLOSED.iter().any(|kind| route.is_for(*kind)))
    {
        let sysadmins = route.is_for(AudienceKind::Sysadmin);
        let host = if sysadmins { &platform_host } else { &host };
        let own = own_role(route);
        let (of_shopper, of_store) = (TenantId::PLATFORM, all.a.id);
        let home = if sysadmins { of_shopper } else { of_store };
        let refused = [
            ("nobody", None),
            ("a forger", Some(forged.clone())),
            (
                "last week's token",
                Some(all.token_at(home, own, last_week.clone())),
            ),
            (
                "another audience",
                Some(all.token(all.a.id, other_role(route))),
            ),
        ];
        for (who, token) in refused {
            let request = all.ask(route, host);
            let request = match token {
                Some(token) => request.bearer_auth(token),
                None => request,
            };
            let (status, code) = outcome(request).await;
            if status != StatusCode::UNAUTHORIZED {
                wrong.push(format!(
                    "{who} gets {status} {code} from {} {}",
                    route.method, route.path
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    all.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_one_store_is_worth_nothing_at_anothers_door() {
    let all = Everything::start().await;
    let mut wrong = Vec::new();
    for route in &all.routes {
        let (host, token, expected) = if route.is_for(AudienceKind::Staff) {
            (
                all.host(&all.b),
                all.token(all.a.id, Role::Owner),
                [403, 403],
            )
        } else if route.is_for(AudienceKind::Customer) {
            (
                all.host(&all.b),
                all.token(all.a.id, Role::Customer),
                [401, 403],
            )
        } else if route.is_for(AudienceKind::Sysadmin) {
            (
                all.host(&all.a),
                all.token(TenantId::PLATFORM, Role::Sysadmin),
                [404, 404],
            )
        } else {
            continue;
        };
        for header in ["x-tenant-id", "x_tenant_id", "x-tenant"] {
            let request = all
                .ask(route, &host)
                .bearer_auth(&token)
                .header(header, "betastore");
            let (status, code) = outcome(request).await;
            if !expected.contains(&status.as_u16()) {
                wrong.push(format!(
                    "{status} {code} from {} {} with {header}",
                    route.method, route.path
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    all.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_is_held_to_its_permissions_and_ids_of_nobody_are_not_found() {
    let all = Everything::start().await;
    let host = all.host(&all.a);
    let mut wrong = Vec::new();
    assert!(all.routes.len() > 30, "the documents tell the routes");
    for route in all.routes.iter().filter(|route| route.permission.is_some()) {
        let permission = route.permission.as_deref().unwrap_or_default();
        let (_, roles) = TABLE.iter().find(|(name, _)| *name == permission).unwrap();
        for role in Role::ALL.into_iter().filter(|role| role.is_staff()) {
            let request = all.ask(route, &host).bearer_auth(all.token(all.a.id, role));
            let (status, code) = outcome(request).await;
            let refused = status == StatusCode::FORBIDDEN && code == "permission-missing";
            let broken = status.is_server_error() && !is_outside(status);
            // A path with an id leads to nothing here, so nothing can have been found or done.
            let found = status.is_success() && code != "empty-list" && route.path.contains('{');
            if refused == roles.contains(&role) || broken || found {
                wrong.push(format!(
                    "{role} gets {status} {code} from {} {}",
                    route.method, route.path
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    all.end().await;
}

/// An outside system that is not there is no fault of the route.
fn is_outside(status: StatusCode) -> bool {
    status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::BAD_GATEWAY
}

/// A role that the route serves.
fn own_role(route: &Route) -> Role {
    if route.is_for(AudienceKind::Sysadmin) {
        Role::Sysadmin
    } else if route.is_for(AudienceKind::Customer) {
        Role::Customer
    } else {
        Role::Owner
    }
}

/// A role whose tokens are for other routes.
fn other_role(route: &Route) -> Role {
    if route.is_for(AudienceKind::Staff) {
        Role::Customer
    } else {
        Role::Owner
    }
}
