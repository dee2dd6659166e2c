//! What a scoped read costs, counted on the wire.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use db::{Db, DbConfig};
use kernel::TenantId;
use secrecy::ExposeSecret;
use testkit::TestDb;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::sample::{SCHEMA, list_names};

/// Stands between a pool of one and the server; counts how often the client spoke after the
/// server had: the round trips.
async fn counting_proxy(server: String) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let flights = Arc::new(AtomicUsize::new(0));
    let counted = flights.clone();
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut server = TcpStream::connect(server).await.unwrap();
        let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
        let mut clients_turn = true;
        loop {
            tokio::select! {
                read = client.read(&mut asked) => {
                    let Ok(length @ 1..) = read else { return };
                    if clients_turn { counted.fetch_add(1, Ordering::SeqCst); }
                    clients_turn = false;
                    server.write_all(&asked[..length]).await.unwrap();
                }
                read = server.read(&mut answered) => {
                    let Ok(length @ 1..) = read else { return };
                    clients_turn = true;
                    client.write_all(&answered[..length]).await.unwrap();
                }
            }
        }
    });
    (port, flights)
}

#[tokio::test]
async fn a_scoped_read_waits_for_one_answer() {
    let base = TestDb::new(&[SCHEMA]).await;
    let url = base.url("sample").expose_secret().to_owned();
    let (login, place) = url.rsplit_once('@').unwrap();
    let (server, database) = place.split_once('/').unwrap();
    let (port, flights) = counting_proxy(server.to_owned()).await;
    let url = format!("{login}@127.0.0.1:{port}/{database}").into();
    let db = Db::new(&DbConfig {
        url,
        service: "sample",
        pool_size: 1,
    })
    .unwrap();
    let tenant = TenantId::new();
    // The first connects and prepares the statement.
    list_names(&db, tenant).await;
    let before = flights.load(Ordering::SeqCst);
    for _ in 0..10 {
        list_names(&db, tenant).await;
    }
    // The end is not waited for; it may be heard by itself or together with the next beginning.
    let flights = flights.load(Ordering::SeqCst) - before;
    assert!((10..=20).contains(&flights), "{flights}");
}
