//! Everything that the service logs in this process, so that a test can look for what must not be in it.

use std::io::Write;
use std::sync::{Mutex, OnceLock};

use reqwest::Method;
use serde_json::json;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::world::World;

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static ONCE: OnceLock<()> = OnceLock::new();

struct Captured;

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        Self
    }
}

/// Begins to keep what is logged, spans included.
pub fn capture() {
    ONCE.get_or_init(|| {
        let filter =
            "mail=trace,bus=trace,db=trace,jobs=trace,http_kit=trace,outbound=trace,lettre=trace";
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(filter))
            .with_span_events(FmtSpan::FULL)
            .with_writer(Captured)
            .with_ansi(false)
            .finish();
        let _ = tracing::subscriber::set_global_default(subscriber);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn no_address_and_no_word_of_a_mail_is_logged_or_lies_open() {
    let world = World::start().await;
    let store = world.store().await;
    let canary = "canary-7f3a91@example.pt";
    let mut order = world.order(canary);
    order.note = "canary-note-51c2".into();
    order.access_token = "canary-token-88d1".into();
    let event = events::orders::v1::OrderPlaced {
        tenant_id: store.id.to_string(),
        order: Some(order),
    };
    world.zepto.fault("error500", "before", 1).await;
    world
        .heard(&store, event.clone(), mail::events::orders::placed)
        .await
        .unwrap();
    world.until_mail(&store, "order_placed", "ambiguous").await;
    world.advance(time::Duration::minutes(16));
    world.until_mail(&store, "order_placed", "delivered").await;
    // Endpoints with a secret in the address, that cannot be reached.
    let made = json!({ "url": format!("{}?key=canary-key-19aa", world.receiver.url()), "types": ["order.placed"] });
    world.receiver.will_answer(&[500]);
    let made = world
        .send(
            world
                .owner(&store, Method::POST, "/api/mail/admin/webhooks")
                .json(&made),
        )
        .await
        .expect(201);
    let secret = made.body["secret"].as_str().unwrap().to_owned();
    world
        .heard(&store, event, mail::events::orders::placed)
        .await
        .unwrap();
    testkit::until("the endpoint was told", async || {
        (!world.receiver.told().is_empty()).then_some(())
    })
    .await;
    let log = String::from_utf8_lossy(&LOG.lock().unwrap()).into_owned();
    assert!(
        log.contains("receive_provider_event") || log.len() > 100,
        "something is logged"
    );
    for canary in [
        "canary-7f3a91",
        "canary-note-51c2",
        "canary-token-88d1",
        "canary-key-19aa",
        secret.as_str(),
    ] {
        assert!(!log.contains(canary), "{canary} is in the log");
    }
    // At rest: only the endpoint's address lies open, as its owner typed it.
    let owner = world.place.database.all_stores("mail").await;
    for table in [
        "message",
        "order_seen",
        "suppression",
        "provider_event",
        "delivery",
        "staff_contact",
        "endpoint",
    ] {
        let sql = format!(
            "SELECT string_agg(encode(convert_to(t::text, 'UTF8'), 'escape'), '') FROM mail.{table} t"
        );
        let text: Option<String> = owner.query_one(&sql, &[]).await.unwrap().get(0);
        let text = text.unwrap_or_default();
        let hex = |word: &str| word.bytes().map(|b| format!("{b:02x}")).collect::<String>();
        for canary in [
            "canary-7f3a91",
            "canary-note-51c2",
            "canary-token-88d1",
            "dono.",
        ] {
            assert!(
                !text.contains(canary) && !text.contains(&hex(canary)),
                "{canary} lies open in {table}"
            );
        }
    }
    world.end().await;
}
