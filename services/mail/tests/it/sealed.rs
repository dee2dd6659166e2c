//! A change of the keys that seal: nothing is lost, and the old key is needed no more.

use std::collections::BTreeSet;

use events::invoicing::v1::{Document, DocumentIssued, DocumentKind, DocumentStatus};
use kernel::config::SealingKey;
use reqwest::Method;
use serde_json::json;
use testkit::TestDb;

use crate::world::{Store, World};
use testkit::until;

const HOOKS: &str = "/api/mail/admin/webhooks";

fn key(kid: &str) -> SealingKey {
    SealingKey {
        kid: kid.to_owned(),
        secret: format!("a secret of the tests, {kid}").into(),
    }
}

/// Something in every sealed column of a store.
async fn fill(world: &World, store: &Store) {
    let made = json!({ "url": world.receiver.url(), "types": ["order.placed"] });
    let request = world.owner(store, Method::POST, HOOKS).json(&made);
    let made = world.send(request).await.expect(201);
    let id = made.body["id"].as_str().unwrap();
    let rotate = format!("{HOOKS}/{id}/rotate-secret");
    world.admin(store, Method::POST, &rotate).await.expect(200);
    // The provider sends nothing more to an address that bounced for another store.
    let address = format!("bounce.{}@example.pt", store.id.uuid().simple());
    let order = world.placed(store, &address).await;
    world.until_mail(store, "order_placed", "bounced").await;
    let issued = DocumentIssued {
        tenant_id: store.id.to_string(),
        document: Some(Document {
            document_id: uuid::Uuid::now_v7().to_string(),
            version: 1,
            order_id: order.order_id.clone(),
            order_number: order.number.clone(),
            kind: DocumentKind::InvoiceReceipt.into(),
            status: DocumentStatus::Issued.into(),
            number: "FR 2026/1".into(),
            pdf_url: "https://loja.example/fr-1.pdf".into(),
            ..Document::default()
        }),
    };
    world
        .heard(store, issued, mail::events::documents::issued)
        .await
        .unwrap();
}

async fn sealed(world: &World) -> u64 {
    let mut all = 0;
    for column in mail::SEALED.columns {
        let (table, column) = (column.table, column.column);
        let count = format!("SELECT count(*) FROM mail.{table} WHERE {column} IS NOT NULL");
        let found = world.number_of(&count).await;
        assert!(found > 0, "the test has nothing in {table}.{column}");
        all += u64::try_from(found).unwrap();
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_mail_keeps_sealed_is_sealed_anew_after_a_change_of_keys() {
    let mut world = World::start().await;
    for _ in 0..2 {
        let store = world.store().await;
        fill(&world, &store).await;
    }
    until("nothing is under way", async || {
        let waiting = "SELECT (SELECT count(*) FROM mail.message WHERE state IN ('queued', 'sending', 'sent'))
              + (SELECT count(*) FROM mail.provider_event WHERE state = 'received')
              + (SELECT count(*) FROM mail.delivery WHERE state = 'pending')";
        (world.number_of(waiting).await == 0).then_some(())
    })
    .await;
    world.stop().await;
    let all = sealed(&world).await;
    let reseal = async |ring: &[SealingKey]| {
        let done = db::reseal(&world.app.db, ring, &mail::SEALED).await;
        let done = done.unwrap();
        (done.anew, done.unopened)
    };
    assert_eq!(reseal(&[key("lost")]).await, (0, all), "it spoils nothing");
    let mut ring = world.place.platform.config.sealing_keys.clone();
    ring.insert(0, key("second"));
    assert_eq!(reseal(&ring).await, (all, 0));
    assert_eq!(reseal(&ring).await, (0, 0), "once is enough");
    // The first key is not needed any more: what it sealed opens with the second alone.
    assert_eq!(reseal(&[key("third"), key("second")]).await, (all, 0));
    assert_eq!(sealed(&world).await, all);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_column_of_bytes_is_sealed_or_known_not_to_be() {
    let database = TestDb::new(&[mail::MIGRATIONS]).await;
    let sql = "SELECT table_name || '.' || column_name FROM information_schema.columns
        WHERE table_schema = 'mail' AND data_type = 'bytea'";
    let rows = database.owner().await.query(sql, &[]).await.unwrap();
    let found: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    // Marks and hashes, and what the platform's foundation keeps.
    let open = [
        "message.recipient",
        "suppression.recipient",
        "outbox.payload",
        "parked.payload",
        "idempotency_key.request_hash",
        "idempotency_key.body",
        "audit_entry.prev_hash",
        "audit_entry.hash",
    ];
    let sealed = mail::SEALED.columns.iter();
    let sealed = sealed.map(|column| format!("{}.{}", column.table, column.column));
    let known: BTreeSet<String> = sealed.chain(open.map(str::to_owned)).collect();
    assert_eq!(found, known);
}
