//! Whether a request that has no answer may have been sent decides what is done next.

use std::net::SocketAddr;
use std::time::Duration;

use outbound::{Guard, Outbound, OutboundError, Request, Rules};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// More than anything here takes, on a loaded machine too.
const LONG: Duration = Duration::from_secs(60);
/// What an answer may take here, and its bytes and redirects one by one: none comes to its end in time.
const TIME: Duration = Duration::from_secs(2);
const BYTES: usize = 10_000_000;
const REDIRECTS: usize = 100_000;

async fn listener<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut question = [0; 4_096];
            let _ = stream.read(&mut question).await;
            tokio::spawn(serve(stream));
        }
    });
    address
}

async fn ask(address: SocketAddr, time: Duration) -> Result<(), OutboundError> {
    let rules = Rules {
        http: true,
        redirects: REDIRECTS,
        time,
        bytes: BYTES,
    };
    let guard = Guard::new(&[address.to_string()], true);
    let outbound = Outbound::guarded(guard, rules).unwrap();
    let request = Request::get(format!("http://{address}/").parse().unwrap());
    outbound.send(&request).await.map(drop)
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    assert_eq!(ask(address, LONG).await, Err(OutboundError::NoConnection));
}

#[tokio::test]
async fn who_hangs_up_may_have_heard() {
    let address = listener(|stream| async move { drop(stream) }).await;
    assert_eq!(ask(address, LONG).await, Err(OutboundError::Broken));
    let address = listener(|mut stream| async move {
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf")
            .await;
    });
    assert_eq!(ask(address.await, LONG).await, Err(OutboundError::Broken));
}

#[tokio::test]
async fn the_time_is_for_the_whole_answer_and_for_all_redirects_together() {
    // Never silent, and far from its end.
    let drips = listener(|mut stream| async move {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {BYTES}\r\n\r\n");
        let mut sent = stream.write_all(head.as_bytes()).await;
        while sent.is_ok() {
            sent = stream.write_all(b"x").await;
        }
    });
    let leads_on = listener(|mut stream| async move {
        let moved =
            b"HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let _ = stream.write_all(moved).await;
    });
    for address in [drips.await, leads_on.await] {
        let outcome = tokio::time::timeout(LONG, ask(address, TIME)).await;
        assert_eq!(outcome, Ok(Err(OutboundError::TimedOut)));
    }
}
