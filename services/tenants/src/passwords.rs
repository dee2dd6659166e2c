//! Passwords: argon2id on a bounded pool.

use std::sync::Arc;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use http_kit::ApiError;
use kernel::Invalid;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// OWASP's minimum for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// More that wait than this are told to come again: an answer that late helps nobody.
const WAITING_MAX: usize = 256;
const CHARS_MIN: usize = 8;
const BYTES_MAX: usize = 128;

/// Passwords that are tried first; sorted.
const COMMON: [&str; 40] = [
    "00000000",
    "11111111",
    "12341234",
    "12345678",
    "123456789",
    "1234567890",
    "147258369",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1qaz2wsx",
    "87654321",
    "987654321",
    "99999999",
    "a1b2c3d4",
    "aa123456",
    "abc12345",
    "abcd1234",
    "administrator",
    "asdfghjkl",
    "baseball",
    "benfica1",
    "changeme",
    "computer",
    "football",
    "iloveyou",
    "internet",
    "letmein1",
    "nossasenhora",
    "passw0rd",
    "password",
    "password1",
    "password123",
    "portugal",
    "princess",
    "qwerty12",
    "qwerty123",
    "qwertyuiop",
    "sporting",
    "superman",
    "trustno1",
];

/// A password that somebody chose: 8 characters to 128 bytes, and none of the commonest.
#[derive(Clone, Debug)]
pub struct NewPassword(SecretString);

impl NewPassword {
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.chars().count() < CHARS_MIN || text.len() > BYTES_MAX {
            return Err(Invalid::new("a password has 8 to 128 characters"));
        }
        if COMMON.binary_search(&text.to_lowercase().as_str()).is_ok() {
            return Err(Invalid::new(
                "this password is one of the first that are tried; choose another",
            ));
        }
        Ok(Self(text.to_owned().into()))
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
        let nobody = hash(&crate::domain::secrets::temporary_password())
            .map_err(|error| anyhow::anyhow!("hashing: {error}"))?;
        Ok(Self {
            pool: Arc::new(Semaphore::new(cores)),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
            nobody: nobody.into(),
        })
    }

    pub async fn hash(&self, password: &NewPassword) -> Result<String, ApiError> {
        let text = password.0.clone();
        self.run(move || hash(text.expose_secret()))
            .await?
            .map_err(|error| ApiError::internal(&error))
    }

    /// Compares; with nobody's hash when `kept` is none, and always answers no then.
    pub async fn verify(
        &self,
        password: &SecretString,
        kept: Option<&str>,
    ) -> Result<Match, ApiError> {
        let (text, known) = (password.clone(), kept.is_some());
        let kept = kept.map_or_else(|| self.nobody.to_string(), str::to_owned);
        let found = self
            .run(move || compare(text.expose_secret(), &kept))
            .await?;
        Ok(if known { found } else { Match::No })
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let busy = || ApiError::unavailable("busy").retry_after(2);
        let _place = self.waiting.try_acquire().map_err(|_| busy())?;
        let permit = self
            .pool
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| busy())?;
        let task = tokio::task::spawn_blocking(move || {
            let outcome = work();
            // Only now: a request that was given up still occupies its core until here.
            drop(permit);
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
    fn the_list_is_sorted_so_that_each_is_found() {
        assert!(COMMON.is_sorted());
        for bad in ["password", "PassWord", "short12", &"x".repeat(129)] {
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
