//! All rows of one store in all services, as one hash a table: what did not change stays the same.

use std::collections::BTreeMap;
use std::time::Duration;

use kernel::TenantId;
use serde_json::Value;
use stores::services;

use crate::platform::Ground;
use testkit::until;

/// `service.table` → hash of its rows. Tables of the platform itself are taken whole.
pub type Picture = BTreeMap<String, String>;

/// What others tell and take when they like: Stripe's news of a store come at any time, and a receiver of
/// webhooks that does not answer is tried again later.
const OUTSIDE: [&str; 4] = [
    "payments.webhook_event",
    "mail.endpoint",
    "mail.delivery",
    "mail.delivery_attempt",
];

pub async fn picture(ground: &Ground, tenant: TenantId) -> Picture {
    let mut picture = Picture::new();
    for service in services::ALL {
        let name = service.name;
        let owner = ground.place.database.all_stores(name).await;
        let tables = "SELECT c.relname::text, EXISTS (SELECT FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')
            FROM pg_class c WHERE c.relnamespace = $1::text::regnamespace AND c.relkind IN ('r', 'p')
              AND has_table_privilege(c.oid, 'SELECT')";
        for row in owner.query(tables, &[&name]).await.unwrap() {
            let (table, has_tenant): (String, bool) = (row.get(0), row.get(1));
            if OUTSIDE.contains(&format!("{name}.{table}").as_str()) {
                continue;
            }
            let of_tenant = if has_tenant {
                format!("WHERE tenant_id = '{tenant}'")
            } else {
                String::new()
            };
            let sql = format!(
                "SELECT count(*) || ' ' || coalesce(md5(string_agg(r, E'\\n' ORDER BY r)), '')
                 FROM (SELECT t::text AS r FROM {name}.\"{table}\" t {of_tenant}) rows"
            );
            let hash: String = owner.query_one(&sql, &[]).await.unwrap().get(0);
            picture.insert(format!("{name}.{table}"), hash);
        }
    }
    assert!(
        picture.len() > 40,
        "the tables are found: {}",
        picture.len()
    );
    picture
}

/// The picture once nothing of the store is on its way any more.
pub async fn settled(ground: &Ground, tenant: TenantId) -> Picture {
    let last = std::sync::Mutex::new(Picture::new());
    until("nothing of the store changes any more", async || {
        let now = picture(ground, tenant).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let before = std::mem::replace(&mut *last.lock().unwrap(), now.clone());
        (before == now && nothing_waits(ground, tenant).await).then_some(now)
    })
    .await
}

async fn nothing_waits(ground: &Ground, tenant: TenantId) -> bool {
    let deliveries = format!("{}/_sim/deliveries", ground.stripe);
    let deliveries = ground.client.get(deliveries).send().await.unwrap();
    let deliveries: Value = deliveries.json().await.unwrap();
    let on_the_way = |delivery: &Value| delivery["state"] == "waiting";
    let mut waiting = i64::from(deliveries.as_array().unwrap().iter().any(on_the_way));
    for service in services::ALL {
        let name = service.name;
        let owner = ground.place.database.all_stores(name).await;
        let count = format!(
            "SELECT (SELECT count(*) FROM outbox WHERE tenant_id = '{tenant}' AND published_at IS NULL)
                  + (SELECT count(*) FROM job WHERE tenant_id = '{tenant}' AND state = 'queued' AND run_at <= now())"
        );
        if name == "payments" {
            let heard = "SELECT count(*) FROM webhook_event WHERE state = 'received'";
            waiting += owner.query_one(heard, &[]).await.unwrap().get::<_, i64>(0);
        }
        waiting += owner.query_one(&count, &[]).await.unwrap().get::<_, i64>(0);
    }
    waiting == 0
}

/// The tables in which two pictures differ.
pub fn differences(before: &Picture, after: &Picture) -> Vec<String> {
    let tables = before.keys().chain(after.keys());
    let mut changed: Vec<String> = tables
        .filter(|table| before.get(*table) != after.get(*table))
        .cloned()
        .collect();
    changed.sort();
    changed.dedup();
    changed
}
