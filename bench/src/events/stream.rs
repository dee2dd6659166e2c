//! Single events at a steady rate, and how long after its commit each of some shows its effect.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::time::interval;

use super::outbox::{Outbox, Word};
use super::projection::Projection;
use super::{BEHIND, PATIENCE};
use crate::cpu;
use crate::load::percentile;
use crate::table::{self, say};

const TURNS: usize = 1_000;
const TURN: Duration = Duration::from_millis(10);
/// Events of a turn, in one commit: five hundred a second.
const OF_TURN: usize = 5;
/// One variant in so many is watched.
const WATCHED: usize = 5;
/// How exactly an effect is seen. One query for all that are waited for costs little.
const LOOK_EVERY: Duration = Duration::from_millis(4);
const P99_MS_MAX: f64 = 100.0;

/// A word whose effect is waited for.
struct Told {
    word: Word,
    committed: Instant,
}

pub async fn measure(outbox: &mut Outbox, projection: &Projection) -> anyhow::Result<()> {
    let names: Vec<String> = outbox.variants.iter().map(|v| v.id.clone()).collect();
    let before = cpu::read();
    let began = Instant::now();
    let (told, waiting) = mpsc::unbounded_channel();
    let telling = async {
        tell(outbox, told).await?;
        Ok::<_, anyhow::Error>(began.elapsed().as_secs_f64())
    };
    let (seconds, times) = tokio::try_join!(telling, watch(projection, &names, waiting))?;
    tokio::time::sleep(BEHIND).await;
    let used = cpu::read().since(before);
    let (count, p99) = (TURNS * OF_TURN, percentile(&times, 99));
    let rate = f64::from(u32::try_from(count)?) / seconds;
    say(&format!(
        "from commit to catalog at {rate:.0} events a second: p50 {:.0} ms, p99 {p99:.0} ms (under {P99_MS_MAX:.0}), longest {:.0} ms of {} watched; {} {}",
        percentile(&times, 50),
        percentile(&times, 100),
        times.len(),
        used.of_each(count, "an event"),
        table::verdict(p99 < P99_MS_MAX)
    ));
    Ok(())
}

/// A turn that is late does not slow the others down.
async fn tell(outbox: &mut Outbox, told: mpsc::UnboundedSender<Told>) -> anyhow::Result<()> {
    let mut turns = interval(TURN);
    for _ in 0..TURNS {
        turns.tick().await;
        let words = outbox.tell(OF_TURN).await?;
        let committed = Instant::now();
        outbox.wake().await?;
        for word in words.into_iter().filter(|w| w.variant % WATCHED == 0) {
            told.send(Told { word, committed })?;
        }
    }
    Ok(())
}

/// How long each took, in order, until there is nothing to wait for.
async fn watch(
    projection: &Projection,
    names: &[String],
    mut told: mpsc::UnboundedReceiver<Told>,
) -> anyhow::Result<Vec<Duration>> {
    let (mut waiting, mut times) = (Vec::<Told>::new(), Vec::new());
    let mut looks = interval(LOOK_EVERY);
    loop {
        looks.tick().await;
        while let Ok(one) = told.try_recv() {
            waiting.push(one);
        }
        if waiting.is_empty() {
            if told.is_closed() && told.is_empty() {
                break;
            }
            continue;
        }
        let name = |one: &Told| names.get(one.word.variant).map(String::as_str);
        let asked: BTreeSet<&str> = waiting.iter().filter_map(name).collect();
        let known = projection
            .versions(&asked.into_iter().collect::<Vec<_>>())
            .await?;
        let seen = Instant::now();
        waiting.retain(|one| {
            let version = name(one).and_then(|name| known.get(name));
            let is_there = version.is_some_and(|version| *version >= one.word.version);
            if is_there {
                times.push(seen - one.committed);
            }
            !is_there
        });
        let lost = waiting.iter().any(|one| one.committed.elapsed() > PATIENCE);
        anyhow::ensure!(!lost, "an event took no effect");
    }
    times.sort_unstable();
    Ok(times)
}
