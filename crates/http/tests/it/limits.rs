use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::world::{World, answer};

const ONE: &str = "one.store.localhost";

fn padded(bytes: usize) -> String {
    let frame = r#"{"lines":[{"quantity":1}]}"#;
    format!("{}{frame}", " ".repeat(bytes - frame.len()))
}

#[tokio::test(flavor = "multi_thread")]
async fn one_byte_too_many_is_refused() {
    let world = World::start().await;
    let post = |body: String| {
        let request = world.request("POST", ONE, "/api/catalog/store/things");
        request
            .header("content-type", "application/json")
            .body(body)
    };
    assert_eq!(answer(post(padded(1 << 20))).await.0, 200);
    assert_eq!(answer(post(padded((1 << 20) + 1))).await.0, 413);
    let raw = |bytes: usize| {
        world
            .request("POST", ONE, "/api/webhooks/thing")
            .body(vec![b'x'; bytes])
    };
    assert_eq!(answer(raw(256 << 10)).await.0, 200);
    assert_eq!(answer(raw((256 << 10) + 1)).await.0, 413);
    let path = "/api/catalog/hello?";
    let long = |bytes: usize| format!("{path}{}", "x".repeat(bytes - path.len()));
    assert_eq!(answer(world.get(ONE, &long(8 << 10))).await.0, 200);
    assert_eq!(answer(world.get(ONE, &long((8 << 10) + 1))).await.0, 414);
    let heavy = world
        .get(ONE, "/api/catalog/hello")
        .header("x-padding", "x".repeat(33 << 10));
    assert_eq!(answer(heavy).await.0, 431);
    let nested = |levels: usize| post(format!("{}{}", "[".repeat(levels), "]".repeat(levels)));
    assert_eq!(answer(nested(33)).await.1["type"], "too-deep");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_a_length_is_refused_when_it_grows_too_long() {
    let world = World::start().await;
    let address = world.address();
    let text = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!(
            "POST /api/webhooks/thing HTTP/1.1\r\nHost: {ONE}\r\nTransfer-Encoding: chunked\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let chunk = format!("4000\r\n{}\r\n", "x".repeat(0x4000));
        for _ in 0..17 {
            if stream.write_all(chunk.as_bytes()).is_err() {
                break;
            }
        }
        let mut start = [0; 12];
        stream.read_exact(&mut start).unwrap();
        String::from_utf8(start.to_vec()).unwrap()
    });
    assert_eq!(text.await.unwrap(), "HTTP/1.1 413");
    world.stop().await;
}

/// Sends the start of a request and nothing more; answers what came back and when.
fn stall(address: String, start: String) -> (String, Duration) {
    let began = Instant::now();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(start.as_bytes()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(40)))
        .unwrap();
    let mut bytes = [0; 12];
    let read = stream.read(&mut bytes).unwrap();
    (
        String::from_utf8_lossy(&bytes[..read]).into_owned(),
        began.elapsed(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_heads_bodies_and_handlers_end_in_time() {
    let world = World::start().await;
    let (one, two) = (world.address(), world.address());
    let head = tokio::task::spawn_blocking(move || {
        stall(one, format!("GET / HTTP/1.1\r\nHost: {ONE}\r\n"))
    });
    let body = tokio::task::spawn_blocking(move || {
        let start = "POST /api/catalog/store/things HTTP/1.1\r\nContent-Type: application/json\r\n";
        stall(
            two,
            format!("{start}Host: {ONE}\r\nContent-Length: 30\r\n\r\n{{"),
        )
    });
    let (status, problem) = answer(world.get(ONE, "/api/catalog/fail/slow")).await;
    assert_eq!((status, problem["type"].as_str()), (503, Some("too-slow")));
    let (text, waited) = head.await.unwrap();
    assert!(
        text.is_empty() || text.starts_with("HTTP/1.1 408"),
        "{text}"
    );
    assert!(waited < Duration::from_secs(13), "{waited:?}");
    let (text, waited) = body.await.unwrap();
    assert!(
        text.starts_with("HTTP/1.1 408") && waited < Duration::from_secs(33),
        "{text} {waited:?}"
    );
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_is_finished_when_the_process_ends() {
    let world = World::start().await;
    let request = world.get(ONE, "/api/catalog/fail/slow");
    let under_way = tokio::spawn(answer(request));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let again = world.get(ONE, "/api/catalog/hello");
    world.stop().await;
    assert_eq!(under_way.await.unwrap().0, 503, "answered, not cut");
    assert!(again.send().await.is_err(), "nobody listens any more");
}
