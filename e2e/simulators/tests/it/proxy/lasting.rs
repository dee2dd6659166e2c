use super::world::{PATIENCE, World};
use simulators::proxy::{After, Faults, Pair, Side};
use std::io::ErrorKind;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

#[tokio::test]
async fn without_faults_everything_passes_and_is_counted() {
    let world = World::start().await;
    let mut client = world.connect().await;
    assert_eq!(client.ask("hello").await, "hello");
    assert_eq!(client.ask("again").await, "again");
    client.0.shutdown().await.unwrap();
    assert_eq!(
        client.hear_all().await,
        (vec![], None),
        "an end passes as an end"
    );
    world.open(0).await;
    let counted = world.pair.counted();
    assert_eq!((counted.connections, counted.answers), (1, 2));
    assert_eq!((counted.bytes_upstream, counted.bytes_to_client), (10, 10));
}

#[tokio::test]
async fn large_bodies_pass_whole_under_latency_and_slices() {
    let world = World::start().await;
    world.pair.set(Faults {
        latency_ms: 1,
        jitter_ms: 2,
        slice_bytes: 700,
        ..Faults::default()
    });
    let text: String = (0..40_000).map(|number| format!("{number},")).collect();
    assert_eq!(world.connect().await.ask(&text).await, text);
}

#[tokio::test]
async fn latency_is_felt_each_way_and_does_not_add_up_over_chunks() {
    let world = World::start().await;
    let mut client = world.connect().await;
    client.ask("warm").await;
    world.pair.set(Faults {
        latency_ms: 120,
        ..Faults::default()
    });
    let begun = Instant::now();
    client.ask("x").await;
    let one = begun.elapsed();
    assert!(one >= Duration::from_millis(240), "{one:?}");

    let begun = Instant::now();
    let text = "y".repeat(400_000);
    client.ask(&text).await;
    let many = begun.elapsed();
    assert!(
        many < Duration::from_millis(1_200),
        "25 chunks are under way together: {many:?}"
    );
}

#[tokio::test]
async fn a_narrow_line_takes_its_time() {
    let world = World::start().await;
    world.pair.set(Faults {
        bytes_per_second: 20_000,
        slice_bytes: 500,
        ..Faults::default()
    });
    let begun = Instant::now();
    world.connect().await.ask(&"z".repeat(8_000)).await;
    let taken = begun.elapsed();
    assert!(taken >= Duration::from_millis(400), "{taken:?}");
}

#[tokio::test]
async fn slices_arrive_one_by_one() {
    let world = World::start().await;
    let mut client = world.connect().await;
    client.ask("warm").await;
    world.pair.set(Faults {
        slice_bytes: 1,
        slice_gap_ms: 30,
        ..Faults::default()
    });
    client.send("abc").await;
    assert_eq!(client.hear(1).await.unwrap(), b"a");
    let begun = Instant::now();
    assert_eq!(client.hear(2).await.unwrap(), b"bc");
    assert!(begun.elapsed() >= Duration::from_millis(30));
}

#[tokio::test]
async fn a_pair_that_is_down_refuses_and_resets_and_comes_back_on_its_port() {
    let world = World::start().await;
    let mut old = world.connect().await;
    old.ask("up").await;
    world.pair.set(Faults {
        down: true,
        ..Faults::default()
    });
    assert_eq!(old.hear_all().await.1, Some(ErrorKind::ConnectionReset));
    world.open(0).await;
    let refused = TcpStream::connect(world.pair.address()).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::ConnectionRefused);

    world.pair.clear();
    let back = async {
        loop {
            if let Ok(stream) = TcpStream::connect(world.pair.address()).await {
                return stream;
            }
            tokio::task::yield_now().await;
        }
    };
    let stream = tokio::time::timeout(PATIENCE, back).await.unwrap();
    assert_eq!(super::world::Client(stream).ask("again").await, "again");
}

#[tokio::test]
async fn in_a_black_hole_nothing_is_lost_and_nothing_comes() {
    let world = World::start().await;
    let mut old = world.connect().await;
    old.ask("before").await;
    world.pair.set(Faults {
        black_hole: true,
        ..Faults::default()
    });
    old.send("inside").await;
    assert!(old.hears_nothing().await);
    let mut new = world.connect().await;
    new.send("new").await;
    assert!(new.hears_nothing().await);
    old.0.shutdown().await.unwrap();

    world.pair.clear();
    assert_eq!(old.hear_all().await, (b"inside".to_vec(), None));
    assert_eq!(new.hear(3).await.unwrap(), b"new");
}

#[tokio::test]
async fn garbage_is_as_long_as_the_answer_and_is_not_the_answer() {
    let world = World::start().await;
    world.pair.set(Faults {
        garbage: true,
        ..Faults::default()
    });
    let mut client = world.connect().await;
    client.send("HTTP/1.1 200").await;
    let heard = client.hear(12).await.unwrap();
    let same = heard
        .iter()
        .zip(b"HTTP/1.1 200")
        .filter(|(a, b)| a == b)
        .count();
    assert_eq!(same, 0);
}

#[tokio::test]
async fn a_connection_is_reset_after_so_many_bytes() {
    let world = World::start().await;
    let at = |side, bytes| Faults {
        reset_after: Some(After { side, bytes }),
        ..Faults::default()
    };
    world.pair.set(at(Side::Client, 4));
    let mut client = world.connect().await;
    client.send("abcdefgh").await;
    let heard = client.hear_all().await;
    assert_eq!(heard, (b"abcd".to_vec(), Some(ErrorKind::ConnectionReset)));

    world.pair.set(at(Side::Upstream, 4));
    let mut client = world.connect().await;
    client.send("abcdefgh").await;
    assert_eq!(client.hear_all().await.1, Some(ErrorKind::ConnectionReset));
    assert_eq!(world.pair.counted().bytes_upstream, 8 + 4);
}

#[tokio::test]
async fn bytes_after_a_point_vanish_without_a_word() {
    let world = World::start().await;
    world.pair.set(Faults {
        swallow_after: Some(After {
            side: Side::Client,
            bytes: 3,
        }),
        ..Faults::default()
    });
    let mut client = world.connect().await;
    client.send("confirmed").await;
    assert_eq!(client.hear(3).await.unwrap(), b"con");
    assert!(client.hears_nothing().await);
    assert_eq!(
        world.pair.counted().bytes_upstream,
        9,
        "the upstream had it all"
    );
}

#[tokio::test]
async fn what_is_open_can_be_reset_or_half_closed() {
    let world = World::start().await;
    let mut client = world.connect().await;
    client.ask("x").await;
    world.pair.reset();
    assert_eq!(client.hear_all().await.1, Some(ErrorKind::ConnectionReset));

    let mut client = world.connect().await;
    client.ask("y").await;
    world.pair.half_close(Side::Client);
    assert_eq!(client.hear_all().await, (vec![], None));
    client.send("still heard upstream").await;
    let arrived = async {
        while world.pair.counted().bytes_upstream != 2 + 20 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, arrived).await.unwrap();
}

#[tokio::test]
async fn an_upstream_that_is_not_there_resets_its_client() {
    let nobody = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().to_string()
    };
    let pair = Pair::start("127.0.0.1:0", &nobody).await.unwrap();
    let mut client = super::world::Client(TcpStream::connect(pair.address()).await.unwrap());
    assert_eq!(client.hear_all().await.1, Some(ErrorKind::ConnectionReset));
}
