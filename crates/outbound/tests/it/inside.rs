//! A listener inside counts who comes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use outbound::{Guard, Outbound, OutboundError, Request, Rules};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const RULES: Rules = Rules {
    http: true,
    redirects: 3,
    time: Duration::from_secs(10),
    bytes: 1_000,
};

/// Answers every request with `answer`; counts connections.
async fn listener(
    answer: impl Fn(&str) -> String + Send + 'static,
) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, came) = (
        listener.local_addr().unwrap(),
        Arc::new(AtomicUsize::new(0)),
    );
    let counted = came.clone();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, Ordering::Relaxed);
            let mut question = vec![0; 4_096];
            let read = stream.read(&mut question).await.unwrap();
            let question = String::from_utf8_lossy(&question[..read]).into_owned();
            let _ = stream.write_all(answer(&question).as_bytes()).await;
        }
    });
    (address, came)
}

fn ok(body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

fn moved(to: &str) -> String {
    format!(
        "HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
}

fn outbound(allowed: &[String]) -> Outbound {
    Outbound::guarded(Guard::new(allowed, true), RULES).unwrap()
}

/// Past the first look, as an address would be that was stored before the rules were.
fn get(address: &str) -> Request {
    Request::get(address.parse().unwrap())
}

#[tokio::test]
async fn nothing_inside_is_reached() {
    let (inside, came) = listener(|_| ok("secret")).await;
    let outbound = outbound(&[]);
    let port = inside.port();
    for address in [
        format!("http://127.0.0.1:{port}"),
        format!("http://localhost:{port}"),
        format!("http://2130706433:{port}"),
        format!("http://[::ffff:7f00:1]:{port}"),
        format!("http://0:{port}"),
    ] {
        let answer = outbound.send(&get(&address)).await;
        assert!(
            matches!(answer, Err(OutboundError::Refused(_))),
            "{address}"
        );
    }
    assert_eq!(came.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn redirects_are_looked_at_hop_by_hop() {
    let (inside, came) = listener(|_| ok("secret")).await;
    let target = format!("http://127.0.0.1:{}/", inside.port());
    let (shop, _) = listener(move |question| {
        if question.starts_with("GET /home") {
            moved("/wp-json")
        } else if question.starts_with("GET /wp-json") {
            ok("welcome")
        } else if question.starts_with("GET /file") {
            moved("file:///etc/passwd")
        } else if question.starts_with("GET /round") {
            moved("/round")
        } else {
            moved(&target)
        }
    })
    .await;
    let base = format!("http://{shop}");
    let outbound = outbound(&[shop.to_string()]);
    let answer = outbound.send(&get(&format!("{base}/home"))).await.unwrap();
    assert_eq!(answer.body, b"welcome");
    assert_eq!(answer.url.path(), "/wp-json");
    for path in ["/inside", "/file", "/round"] {
        let answer = outbound.send(&get(&format!("{base}{path}"))).await;
        assert!(answer.is_err(), "{path}: {answer:?}");
    }
    assert_eq!(came.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn an_endless_answer_is_cut() {
    let (shop, _) = listener(|_| ok(&"x".repeat(2_000))).await;
    let outbound = outbound(&[shop.to_string()]);
    let answer = outbound.send(&get(&format!("http://{shop}"))).await;
    assert_eq!(answer.unwrap_err(), OutboundError::TooLong(1_000));
}
