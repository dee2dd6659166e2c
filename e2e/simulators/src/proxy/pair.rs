//! A port of ours that leads to another one.

use super::faults::{Counted, Faults, Loss, Side};
use super::link::{Act, Link, Talk};
use super::pump::{End, Pump, heard};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// How long to wait for our own port after having been down.
const REBIND: Duration = Duration::from_millis(20);

/// Listens on one address and connects to another. It ends, and its connections, with a drop.
#[derive(Debug)]
pub struct Pair {
    address: SocketAddr,
    link: Arc<Link>,
    task: JoinHandle<()>,
}

impl Pair {
    /// `listen` with port 0 takes a free one; `upstream` need not be there yet.
    pub async fn start(listen: &str, upstream: &str) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let link = Arc::new(Link::to(upstream));
        let task = tokio::spawn(serve(listener, address, Arc::clone(&link)));
        Ok(Self {
            address,
            link,
            task,
        })
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn upstream(&self) -> &str {
        &self.link.upstream
    }

    pub fn faults(&self) -> Faults {
        self.link.faults.borrow().clone()
    }

    /// Replaces all faults that last.
    pub fn set(&self, faults: Faults) {
        self.link.faults.send_replace(faults);
    }

    /// Loses an answer to come.
    pub fn lose(&self, loss: Loss) {
        self.link.losses().push(loss);
    }

    /// Everything is well again; what was reset stays so.
    pub fn clear(&self) {
        self.link.losses().clear();
        self.set(Faults::default());
    }

    /// Resets what is connected now.
    pub fn reset(&self) {
        // Nobody listens when nothing is connected.
        let _ = self.link.acts.send(Act::Reset);
    }

    /// Ends one direction of what is connected now; the other one goes on.
    pub fn half_close(&self, side: Side) {
        let _ = self.link.acts.send(Act::HalfClose(side));
    }

    pub fn counted(&self) -> Counted {
        *self.link.counted()
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, address: SocketAddr, link: Arc<Link>) {
    let mut listener = Some(listener);
    let mut connections = JoinSet::new();
    let mut faults = link.faults.subscribe();
    loop {
        if faults.borrow_and_update().down {
            listener = None;
            let _ = link.acts.send(Act::Reset);
            if faults.wait_for(|faults| !faults.down).await.is_err() {
                return;
            }
        }
        let open = match listener.take() {
            Some(open) => open,
            None => bind_again(address).await,
        };
        tokio::select! {
            accepted = open.accept() => match accepted {
                Ok((client, _)) => {
                    connections.spawn(connect(client, Arc::clone(&link)));
                }
                Err(error) => tracing::warn!(%error, "a connection was not accepted: {error}"),
            },
            _ = faults.changed() => {}
            Some(_) = connections.join_next() => {}
        }
        listener = Some(open);
    }
}

async fn bind_again(address: SocketAddr) -> TcpListener {
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(error) => tracing::warn!(%error, "{address} is not to be had yet: {error}"),
        }
        tokio::time::sleep(REBIND).await;
    }
}

/// One connection, from its first byte to its end.
async fn connect(mut client: TcpStream, link: Arc<Link>) {
    let _open = Open::of(&link);
    let mut acts = link.acts.subscribe();
    let reset = heard(&mut acts, Act::Reset);
    tokio::pin!(reset);
    let reached = async {
        link.passable().await;
        TcpStream::connect(&link.upstream).await
    };
    let upstream = tokio::select! {
        reached = reached => reached.ok(),
        () = &mut reset => None,
    };
    let Some(mut upstream) = upstream.filter(|_| !link.faults.borrow().down) else {
        break_off(&client);
        return;
    };
    let ended = tokio::select! {
        ended = exchange(&mut client, &mut upstream, &link) => ended,
        () = &mut reset => Err(End::Reset),
    };
    if ended == Err(End::Reset) {
        break_off(&client);
        break_off(&upstream);
    }
}

async fn exchange(
    client: &mut TcpStream,
    upstream: &mut TcpStream,
    link: &Link,
) -> Result<(), End> {
    client.set_nodelay(true)?;
    upstream.set_nodelay(true)?;
    let talk = Mutex::new(Talk::default());
    let (from_client, to_client) = client.split();
    let (from_upstream, to_upstream) = upstream.split();
    let pump = |side| Pump {
        side,
        link,
        talk: &talk,
    };
    let (up, down) = (pump(Side::Upstream), pump(Side::Client));
    tokio::try_join!(
        up.run(from_client, to_upstream),
        down.run(from_upstream, to_client)
    )?;
    Ok(())
}

/// The drop that follows sends a reset, not an end.
fn break_off(stream: &TcpStream) {
    if let Err(error) = stream.set_zero_linger() {
        tracing::debug!(%error, "the connection had gone already: {error}");
    }
}

/// Counts a connection for as long as it lives, however it ends.
struct Open<'a>(&'a Link);

impl<'a> Open<'a> {
    fn of(link: &'a Link) -> Self {
        let mut counted = link.counted();
        counted.connections += 1;
        counted.open += 1;
        Self(link)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.counted().open -= 1;
    }
}
