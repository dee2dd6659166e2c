//! What can be wrong with a connection.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A direction, named after where its bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Upstream,
    Client,
}

/// Troubles that last until they are changed; connections that are open feel them too.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Nobody listens, and what was connected is reset.
    pub down: bool,
    /// Nothing gets through, not even an end; it does when the hole is gone, as TCP sends again.
    pub black_hole: bool,
    /// Each way.
    pub latency_ms: u64,
    /// Up to so much more, by chance.
    pub jitter_ms: u64,
    /// Each way; 0 is no limit.
    pub bytes_per_second: u64,
    /// Bytes leave in pieces of this size; 0 leaves them as they come.
    pub slice_bytes: usize,
    /// The pause after every piece.
    pub slice_gap_ms: u64,
    /// Every byte of an answer is replaced by another.
    pub garbage: bool,
    /// A connection is reset once so many bytes have gone one way.
    pub reset_after: Option<After>,
    /// What follows so many bytes never arrives, and nobody is told.
    pub swallow_after: Option<After>,
}

/// A point in one direction of every connection.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct After {
    pub side: Side,
    pub bytes: usize,
}

/// An answer that gets lost after its question has had its effect.
///
/// An answer is what comes back after something was asked, until something is asked again: that
/// fits every protocol whose two ends take turns, without knowing it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Loss {
    /// Which one of those that fit, from 1.
    pub nth: u32,
    /// How many are lost from there on.
    pub times: u32,
    /// A text in the question, such as `POST /v1/refunds` or a routing key; empty fits all.
    pub only: String,
    pub then: Then,
}

impl Default for Loss {
    /// The next answer, and the connection is reset.
    fn default() -> Self {
        Self {
            nth: 1,
            times: 1,
            only: String::new(),
            then: Then::Reset,
        }
    }
}

/// What the client sees of a lost answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    #[default]
    Reset,
    Close,
    /// Nothing, ever.
    Hang,
}

/// What has gone through a pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counted {
    pub connections: u64,
    pub open: u64,
    pub bytes_upstream: u64,
    pub bytes_to_client: u64,
    pub answers: u64,
    pub answers_lost: u64,
}

impl Faults {
    /// How long bytes are on their way.
    pub(super) fn delay(&self) -> Duration {
        let chance = getrandom::u64().unwrap_or_default() % (self.jitter_ms + 1);
        Duration::from_millis(self.latency_ms + chance)
    }

    /// How long a piece takes to get on the line.
    pub(super) fn transmission(&self, bytes: usize) -> Duration {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let micros = bytes
            .saturating_mul(1_000_000)
            .checked_div(self.bytes_per_second);
        Duration::from_micros(micros.unwrap_or_default())
    }
}

impl Loss {
    /// Whether this answer is the one; uses up what it meets.
    pub(super) fn meets(&mut self, question: &[u8]) -> bool {
        if self.times == 0 || !contains(question, self.only.as_bytes()) {
            return false;
        }
        if self.nth > 1 {
            self.nth -= 1;
            return false;
        }
        self.times -= 1;
        true
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    part.is_empty() || text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::Loss;

    #[test]
    fn the_nth_fitting_answer_is_lost_and_no_other() {
        let mut loss = Loss {
            nth: 2,
            times: 2,
            only: "POST".into(),
            ..Loss::default()
        };
        let met: Vec<_> = ["POST", "GET", "POST", "a POST b", "POST"]
            .iter()
            .map(|question| loss.meets(question.as_bytes()))
            .collect();
        assert_eq!(met, [false, false, true, true, false]);
    }
}
