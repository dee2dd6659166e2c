//! Who is let in where, as a table that people read: a change of it is seen by whoever looks at the
//! change. `STORES_RENEW=1 cargo test -p stores --test it` writes it anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use http_kit::{AudienceKind, Role};
use kernel::TenantId;

use crate::platform::{Everything, Route, outcome};

/// Nobody, and then every role there is.
fn everybody() -> Vec<Option<Role>> {
    let roles = Role::ALL.into_iter().map(Some);
    std::iter::once(None).chain(roles).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_whom_the_table_says() {
    let all = Everything::start().await;
    let mut routes = all.routes.clone();
    routes.sort_by_key(|route| (route.service, route.path.clone(), route.method.to_string()));
    let mut table = format!("{:<64}{:<10}{:<16}", "route", "audience", "permission");
    for who in everybody() {
        let name = who.map_or("nobody", Role::as_str);
        let _ = write!(table, "{name:<11}");
    }
    table = table.trim_end().to_owned() + "\n";
    for route in &routes {
        let permission = route.permission.as_deref().unwrap_or("-");
        let mut line = format!("{:<64}{:<10}{permission:<16}", route.name(), route.audience);
        for who in everybody() {
            let _ = write!(line, "{:<11}", outcome_for(&all, route, who).await);
        }
        table.push_str(line.trim_end());
        table.push('\n');
    }
    assert_written("permissions.txt", &table);
    all.end().await;
}

/// `in`, or the status of the refusal.
async fn outcome_for(all: &Everything, route: &Route, who: Option<Role>) -> String {
    let host = if route.is_for(AudienceKind::Sysadmin) {
        all.platform_host()
    } else {
        all.host(&all.a)
    };
    let request = all.ask(route, &host);
    let request = match who {
        None => request,
        Some(role) if role.is_platform() => {
            let token = all.token(TenantId::PLATFORM, role);
            request.bearer_auth(token).header("x-tenant", &all.a.slug)
        }
        Some(role) => request.bearer_auth(all.token(all.a.id, role)),
    };
    let (status, code) = outcome(request).await;
    match (status.as_u16(), code.as_str()) {
        // The route is there for them; what they asked for is wrong, and on purpose.
        (401, "session-ended" | "wrong-credentials" | "invalid-change-token") => "in".to_owned(),
        (refused @ (401 | 403), _) => refused.to_string(),
        (404, "unknown-route") => "404".to_owned(),
        _ => "in".to_owned(),
    }
}

/// Compares with the file beside this one.
///
/// # Panics
/// When they differ, unless the file was to be renewed.
pub fn assert_written(file: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it")
        .join(file);
    if std::env::var_os("STORES_RENEW").is_some() {
        fs::write(&path, found).unwrap();
        return;
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let new = found
        .lines()
        .filter(|line| !written.lines().any(|known| known == *line));
    let gone = written
        .lines()
        .filter(|line| !found.lines().any(|known| known == *line));
    let new = new.map(|line| format!("+ {line}")).collect::<Vec<_>>();
    let gone = gone.map(|line| format!("- {line}")).collect::<Vec<_>>();
    assert_eq!(
        written,
        found,
        "{file} says otherwise. If the change is meant, renew it: \
         STORES_RENEW=1 cargo test -p stores --test it\n{}\n{}",
        gone.join("\n"),
        new.join("\n")
    );
}
