//! Passwords of staff and customers: argon2id on a bounded pool.

use std::sync::Arc;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use kernel::{Invalid, TenantId};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::OpaqueToken;
use crate::ApiError;

/// OWASP's minimum for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// More that wait than this are told to come again: an answer that late helps nobody.
const WAITING_MAX: usize = 256;
const CHARS_MIN: usize = 8;
const BYTES_MAX: usize = 128;

/// Passwords that are tried first, in lower case, one a line: the commonest of published breaches, as
/// collected for zxcvbn (MIT), and some that are common here. Shorter ones are refused anyway.
const COMMON: &str = include_str!("common-passwords.txt");

/// A password that somebody chose: 8 characters to 128 bytes, and none of the commonest.
#[derive(Clone, Debug)]
pub struct NewPassword(SecretString);

impl NewPassword {
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.chars().count() < CHARS_MIN || text.len() > BYTES_MAX {
            return Err(Invalid::new("a password has 8 to 128 characters"));
        }
        let lower = text.to_lowercase();
        if COMMON.lines().any(|common| common == lower) {
            return Err(Invalid::new(
                "this password is one of the first that are tried; choose another",
            ));
        }
        Ok(Self(text.to_owned().into()))
    }

    pub fn is(&self, other: &SecretString) -> bool {
        self.0.expose_secret() == other.expose_secret()
    }

    /// Whether it is this address: whoever knows the person knows that.
    pub fn is_address(&self, email: &str) -> bool {
        self.0.expose_secret().trim().to_lowercase() == email.to_lowercase()
    }
}

/// What a comparison found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    No,
    Yes,
    /// Right, but kept with weaker parameters: this is what to keep from now on.
    Rehashed(String),
}

/// Hashes as many passwords at once as there are cores, off the threads that answer requests.
/// Clones share the pool.
#[derive(Clone)]
pub struct Passwords {
    pool: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// Compared with when there is no such person, so that the answer takes as long.
    nobody: Arc<str>,
}

impl Passwords {
    /// # Errors
    /// When the operating system has no random numbers.
    pub fn new() -> anyhow::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let nobody = hash(&OpaqueToken::new(TenantId::PLATFORM).text())
            .map_err(|error| anyhow::anyhow!("hashing: {error}"))?;
        Ok(Self {
            pool: Arc::new(Semaphore::new(cores)),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
            nobody: nobody.into(),
        })
    }

    /// Waits for a core. Whoever has a turn looks up what to compare with only then: a crowd at the
    /// door does not take the connections that others need.
    ///
    /// # Errors
    /// 503 `busy` when too many wait already.
    pub async fn turn(&self) -> Result<Turn, ApiError> {
        let busy = || ApiError::unavailable("busy").retry_after(2);
        let waiting = self.waiting.clone();
        let place = waiting.try_acquire_owned().map_err(|_| busy())?;
        let core = self.pool.clone().acquire_owned().await;
        Ok(Turn {
            nobody: self.nobody.clone(),
            permits: [place, core.map_err(|_| busy())?],
        })
    }

    pub async fn hash(&self, password: &NewPassword) -> Result<String, ApiError> {
        let text = password.0.clone();
        let turn = self.turn().await?;
        turn.run(move || hash(text.expose_secret()))
            .await?
            .map_err(|error| ApiError::internal(&error))
    }

    pub async fn verify(&self, password: &SecretString, kept: &str) -> Result<Match, ApiError> {
        self.turn().await?.verify(password, Some(kept)).await
    }

    /// Whether what somebody chose is what is kept already.
    pub async fn is_kept(&self, chosen: &NewPassword, kept: &str) -> Result<bool, ApiError> {
        Ok(self.verify(&chosen.0, kept).await? != Match::No)
    }
}

/// A place among those who hash now.
pub struct Turn {
    nobody: Arc<str>,
    permits: [OwnedSemaphorePermit; 2],
}

impl Turn {
    /// Compares; with nobody's hash when `kept` is none, and always answers no then.
    pub async fn verify(
        self,
        password: &SecretString,
        kept: Option<&str>,
    ) -> Result<Match, ApiError> {
        self.verify_after(|_| false, password, kept).await
    }

    /// Like [`Turn::verify`] after `aside`, which may take as long as it likes and answers whether another
    /// program's hash is of this password: then it is right, and kept as argon2 from now on. Whatever
    /// `aside` answers, one argon2 is computed.
    pub async fn verify_after(
        self,
        aside: impl FnOnce(&str) -> bool + Send + 'static,
        password: &SecretString,
        kept: Option<&str>,
    ) -> Result<Match, ApiError> {
        let (text, known) = (password.clone(), kept.is_some());
        let kept = kept.map_or_else(|| self.nobody.to_string(), str::to_owned);
        self.run(move || {
            let text = text.expose_secret();
            if text.len() <= BYTES_MAX && aside(text) {
                // A password of any length was good enough there.
                return hash(text).map_or(Match::No, Match::Rehashed);
            }
            let found = compare(text, &kept);
            if known { found } else { Match::No }
        })
        .await
    }

    async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let task = tokio::task::spawn_blocking(move || {
            let outcome = work();
            // Only now: a request that was given up still occupies its core until here.
            drop(self.permits);
            outcome
        });
        task.await.map_err(|error| ApiError::internal(&error))
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(argon2().hash_password(password.as_bytes())?.to_string())
}

fn compare(password: &str, kept: &str) -> Match {
    let Ok(parsed) = PasswordHash::new(kept) else {
        return Match::No;
    };
    // Each hash brings its own parameters.
    if password.len() > BYTES_MAX
        || argon2()
            .verify_password(password.as_bytes(), &parsed)
            .is_err()
    {
        return Match::No;
    }
    let current = parsed.algorithm.as_str() == "argon2id"
        && Params::try_from(&parsed)
            .is_ok_and(|params| params.m_cost() >= MEMORY_KIB && params.t_cost() >= PASSES);
    if current {
        return Match::Yes;
    }
    hash(password).map_or(Match::Yes, Match::Rehashed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_long_and_common_ones_are_refused_and_nothing_else_is() {
        assert!(COMMON.lines().count() >= 3_000);
        let loud = COMMON.lines().last().unwrap().to_uppercase();
        for bad in ["password", "PassWord", &loud, "short12", &"x".repeat(129)] {
            assert!(NewPassword::parse(bad).is_err(), "{bad}");
        }
        for good in ["8 chars!", &"x".repeat(64), &"x".repeat(128), "ñandú-çã"] {
            assert!(NewPassword::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn every_byte_counts() {
        let long = "x".repeat(127);
        for length in [72, 127] {
            let kept = hash(&format!("{}a", &long[..length])).unwrap();
            assert_eq!(compare(&format!("{}a", &long[..length]), &kept), Match::Yes);
            assert_eq!(compare(&format!("{}b", &long[..length]), &kept), Match::No);
        }
        assert_eq!(compare("x", "nonsense"), Match::No);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_crowd_hashes_as_many_at_once_as_there_are_cores() {
        use std::sync::atomic::{AtomicUsize, Ordering};

        let passwords = Passwords::new().unwrap();
        let cores = std::thread::available_parallelism().unwrap().get();
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let log_ins = (0..300).map(async |_| {
            let (running, most) = (running.clone(), most.clone());
            let work = move || {
                let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(now, Ordering::SeqCst);
                std::thread::sleep(std::time::Duration::from_millis(2));
                running.fetch_sub(1, Ordering::SeqCst);
            };
            passwords.turn().await?.run(work).await
        });
        let outcomes = futures_util::future::join_all(log_ins).await;
        assert_eq!(
            most.load(Ordering::SeqCst),
            cores,
            "and no more memory than theirs"
        );
        let busy = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
        let busy = busy.filter(|error| error.code() == "busy");
        assert_eq!(busy.count(), 300 - WAITING_MAX);
        assert_eq!(passwords.waiting.available_permits(), WAITING_MAX);
    }

    #[test]
    fn a_weaker_hash_is_made_anew() {
        let weak = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(8_192, 1, 1, None).unwrap(),
        );
        let kept = weak.hash_password(b"a good password").unwrap().to_string();
        let Match::Rehashed(stronger) = compare("a good password", &kept) else {
            panic!("it is weaker");
        };
        assert_eq!(compare("a good password", &stronger), Match::Yes);
        assert_eq!(compare("another password", &kept), Match::No);
    }
}
