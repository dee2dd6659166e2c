//! One direction of a connection.

use super::faults::{After, Faults, Side, Then};
use super::link::{Act, Link, Talk};
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::{broadcast, mpsc};
use tokio::time::{Instant, sleep, sleep_until};

const CHUNK_BYTES: usize = 16 << 10;
/// So many chunks are on their way at most; then the sender has to wait, as it would on a wire.
const CHUNKS_UNDER_WAY: usize = 64;
/// What garbage differs by from the truth.
const NOISE: u8 = 0x2a;

/// How a connection ends before its two ends say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Reset,
    Close,
}

impl From<io::Error> for End {
    /// Whoever broke off is heard at the other end too.
    fn from(_: io::Error) -> Self {
        Self::Reset
    }
}

struct Chunk {
    due: Instant,
    bytes: Vec<u8>,
    /// The connection ends so after these bytes.
    end: Option<End>,
}

pub(super) struct Pump<'a> {
    pub(super) side: Side,
    pub(super) link: &'a Link,
    pub(super) talk: &'a Mutex<Talk>,
}

impl Pump<'_> {
    /// Carries bytes until this direction ends.
    pub(super) async fn run(&self, from: ReadHalf<'_>, to: WriteHalf<'_>) -> Result<(), End> {
        let (queue, under_way) = mpsc::channel(CHUNKS_UNDER_WAY);
        let acts = self.link.acts.subscribe();
        tokio::try_join!(self.take(from, queue), self.give(to, under_way, acts))?;
        Ok(())
    }

    /// Reads without waiting for what is under way, so that latency does not cost throughput.
    async fn take(&self, mut from: ReadHalf<'_>, queue: mpsc::Sender<Chunk>) -> Result<(), End> {
        let mut buffer = vec![0; CHUNK_BYTES];
        let (mut seen, mut due) = (0, Instant::now());
        loop {
            let count = from.read(&mut buffer).await?;
            let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else {
                return Ok(());
            };
            let faults = self.link.faults.borrow().clone();
            let (passed, end) = self.judge(bytes, seen, &faults);
            seen += count;
            // Chance never lets one chunk overtake another.
            due = due.max(Instant::now() + faults.delay());
            let bytes = match faults.garbage && self.side == Side::Client {
                true => passed.iter().map(|byte| byte ^ NOISE).collect(),
                false => passed.to_vec(),
            };
            if queue.send(Chunk { due, bytes, end }).await.is_err() || end.is_some() {
                return Ok(());
            }
        }
    }

    /// Which of the bytes pass, and whether the connection ends after them.
    fn judge<'b>(&self, bytes: &'b [u8], seen: usize, faults: &Faults) -> (&'b [u8], Option<End>) {
        let fate = self.fate(bytes);
        let mut passing = if fate.is_some() { 0 } else { bytes.len() };
        let mut end = match fate {
            Some(Then::Reset) => Some(End::Reset),
            Some(Then::Close) => Some(End::Close),
            Some(Then::Hang) | None => None,
        };
        if let Some(left) = left(faults.swallow_after, self.side, seen) {
            passing = passing.min(left);
        }
        if let Some(left) = left(faults.reset_after, self.side, seen)
            && left <= bytes.len()
        {
            passing = passing.min(left);
            end = Some(End::Reset);
        }
        (bytes.get(..passing).unwrap_or_default(), end)
    }

    fn fate(&self, bytes: &[u8]) -> Option<Then> {
        let mut talk = self.talk.lock().unwrap_or_else(PoisonError::into_inner);
        match self.side {
            Side::Upstream => {
                talk.ask(bytes);
                None
            }
            Side::Client => talk.answer(self.link),
        }
    }

    async fn give(
        &self,
        mut to: WriteHalf<'_>,
        mut under_way: mpsc::Receiver<Chunk>,
        mut acts: broadcast::Receiver<Act>,
    ) -> Result<(), End> {
        loop {
            tokio::select! {
                next = under_way.recv() => match next {
                    Some(chunk) => self.write(&mut to, chunk).await?,
                    None => break,
                },
                () = heard(&mut acts, Act::HalfClose(self.side)) => break,
            }
        }
        self.link.passable().await;
        to.shutdown().await?;
        // What still comes after a half-close is read and forgotten.
        while let Some(chunk) = under_way.recv().await {
            chunk.end.map_or(Ok(()), Err)?;
        }
        Ok(())
    }

    async fn write(&self, to: &mut WriteHalf<'_>, chunk: Chunk) -> Result<(), End> {
        sleep_until(chunk.due).await;
        self.link.passable().await;
        let faults = self.link.faults.borrow().clone();
        let size = match faults.slice_bytes {
            0 => CHUNK_BYTES,
            size => size,
        };
        for piece in chunk.bytes.chunks(size) {
            sleep(faults.transmission(piece.len())).await;
            to.write_all(piece).await?;
            self.count(piece.len());
            sleep(Duration::from_millis(faults.slice_gap_ms)).await;
        }
        chunk.end.map_or(Ok(()), Err)
    }

    fn count(&self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let mut counted = self.link.counted();
        match self.side {
            Side::Upstream => counted.bytes_upstream += bytes,
            Side::Client => counted.bytes_to_client += bytes,
        }
    }
}

/// How many bytes are left before a point in this direction.
fn left(after: Option<After>, side: Side, seen: usize) -> Option<usize> {
    let after = after.filter(|after| after.side == side)?;
    Some(after.bytes.saturating_sub(seen))
}

/// Waits for an act; the other ones are not meant here.
pub(super) async fn heard(acts: &mut broadcast::Receiver<Act>, wanted: Act) {
    loop {
        match acts.recv().await {
            Ok(act) if act == wanted => return,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
        }
    }
}
