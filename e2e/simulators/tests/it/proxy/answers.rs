use super::world::World;
use actix_web::{App, HttpServer, web};
use simulators::proxy::{Loss, Pair, Then};
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

#[tokio::test]
async fn the_second_answer_is_lost_and_its_question_was_heard() {
    let world = World::start().await;
    world.pair.lose(Loss {
        nth: 2,
        ..Loss::default()
    });
    let mut client = world.connect().await;
    assert_eq!(client.ask("one").await, "one");
    client.send("two").await;
    let heard = client.hear_all().await;
    assert_eq!(heard, (vec![], Some(ErrorKind::ConnectionReset)));
    let counted = world.pair.counted();
    assert_eq!((counted.answers, counted.answers_lost), (2, 1));
    assert_eq!(counted.bytes_upstream, 6);
    assert_eq!(world.connect().await.ask("three").await, "three");
}

#[tokio::test]
async fn a_lost_answer_may_end_the_connection_or_leave_it_hanging() {
    let world = World::start().await;
    let lost = |then| Loss {
        then,
        only: "POST".into(),
        ..Loss::default()
    };
    world.pair.lose(lost(Then::Close));
    let mut client = world.connect().await;
    assert_eq!(client.ask("GET /").await, "GET /");
    client.send("POST /").await;
    assert_eq!(client.hear_all().await, (vec![], None));

    world.pair.lose(lost(Then::Hang));
    let mut client = world.connect().await;
    client.send("POST /").await;
    assert!(client.hears_nothing().await);
    client.send("GET /").await;
    assert!(client.hears_nothing().await, "it stays deaf");
    assert_eq!(world.connect().await.ask("POST /").await, "POST /");
}

/// A server that counts what it was told to do.
struct Counter {
    done: Arc<AtomicU32>,
    pair: Pair,
    server: actix_web::dev::ServerHandle,
}

impl Counter {
    async fn start() -> Self {
        let done = Arc::new(AtomicU32::new(0));
        let data = web::Data::from(Arc::clone(&done));
        let server = HttpServer::new(move || {
            App::new().app_data(data.clone()).default_service(web::to(
                async |done: web::Data<AtomicU32>, body: String| {
                    done.fetch_add(1, Ordering::SeqCst);
                    format!("did {}", body.len())
                },
            ))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let upstream = server.addrs()[0].to_string();
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        let pair = Pair::start("127.0.0.1:0", &upstream).await.unwrap();
        Self {
            done,
            pair,
            server: handle,
        }
    }

    async fn post(&self, path: &str, timeout: Duration) -> reqwest::Result<String> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(timeout)
            .build()?;
        let url = format!("http://{}{path}", self.pair.address());
        client
            .post(url)
            .body("x".repeat(100_000))
            .send()
            .await?
            .text()
            .await
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

#[tokio::test]
async fn an_http_request_is_done_and_its_answer_is_lost() {
    let counter = Counter::start().await;
    counter.pair.lose(Loss {
        only: "POST /refunds".into(),
        ..Loss::default()
    });
    let patience = Duration::from_secs(10);
    assert_eq!(
        counter.post("/orders", patience).await.unwrap(),
        "did 100000"
    );
    assert_eq!(counter.done.load(Ordering::SeqCst), 1);
    let lost = counter.post("/refunds", patience).await.unwrap_err();
    assert!(!lost.is_timeout(), "{lost}");
    assert_eq!(
        counter.done.load(Ordering::SeqCst),
        2,
        "it was done all the same"
    );
    assert_eq!(
        counter.post("/refunds", patience).await.unwrap(),
        "did 100000"
    );

    counter.pair.lose(Loss {
        then: Then::Hang,
        ..Loss::default()
    });
    let hung = counter.post("/refunds", Duration::from_millis(300)).await;
    assert!(hung.unwrap_err().is_timeout());
    assert_eq!(counter.done.load(Ordering::SeqCst), 4);
}
