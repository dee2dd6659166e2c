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

/// The first line of the answer to a head as long as this; empty when the connection was only closed.
fn head_of(address: String, bytes: usize) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let start = format!(
        "GET /api/catalog/hello HTTP/1.1\r\nHost: {ONE}\r\nConnection: close\r\nX-Padding: "
    );
    let padding = "x".repeat(bytes - start.len() - 4);
    // A server that has had enough closes before everything was sent.
    let _ = stream.write_all(format!("{start}{padding}\r\n\r\n").as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer).into_owned();
    text.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_far_too_long_is_not_even_read() {
    let world = World::start().await;
    for (bytes, expected) in [(20 << 10, "HTTP/1.1 200 OK"), (64 << 10, "HTTP/1.1 431")] {
        let address = world.address();
        let line = tokio::task::spawn_blocking(move || head_of(address, bytes));
        let line = line.await.unwrap();
        assert!(line.starts_with(expected), "{bytes}: {line}");
    }
    let address = world.address();
    let line = tokio::task::spawn_blocking(move || head_of(address, 4 << 20));
    let line = line.await.unwrap();
    assert!(line.is_empty() || line.starts_with("HTTP/1.1 4"), "{line}");
    assert_eq!(answer(world.get(ONE, "/api/catalog/hello")).await.0, 200);
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

/// Asks for a long answer, takes nothing of it for a while, then all that still comes.
fn take_slowly(address: String, pause: Duration) -> usize {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET /api/catalog/fail/long HTTP/1.1\r\nHost: {ONE}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    std::thread::sleep(pause);
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let (mut taken, mut bytes) = (0, vec![0; 1 << 16]);
    loop {
        match stream.read(&mut bytes) {
            Ok(0) | Err(_) => return taken,
            Ok(read) => taken += read,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_takes_nothing_of_its_answer_is_cut_off() {
    let world = World::start().await;
    let (patient, slow) = (world.address(), world.address());
    let long_enough = http_kit::limits::SEND_TIME + Duration::from_secs(15);
    let slow = tokio::task::spawn_blocking(move || take_slowly(slow, long_enough));
    let patient = tokio::task::spawn_blocking(move || take_slowly(patient, Duration::from_secs(2)));
    assert!(
        patient.await.unwrap() > 32 << 20,
        "a short pause is no harm"
    );
    assert!(
        slow.await.unwrap() < 32 << 20,
        "the rest was not kept for it"
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
