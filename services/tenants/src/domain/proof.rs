//! Whether a host is a store's own, by what DNS says of it, and when it is looked at again.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::hosts::proof_text;

/// Where certificates come from, as CAA records name it.
pub const AUTHORITY: &str = "letsencrypt.org";

/// A host that is served is looked at so often.
pub const CHECK_EVERY: Duration = Duration::hours(1);
/// When DNS does not answer, it is asked again after this.
pub const ASK_AGAIN: Duration = Duration::minutes(10);
/// Looks in a row that found a host pointing elsewhere, after which its merchant is told …
pub const FAILURES_TOLD: i32 = 3;
/// … and after which the host is the store's no more: its certificate cannot be renewed, and whoever
/// has it now is not the merchant.
pub const FAILURES_MAX: i32 = 24;

/// Pauses between looks at a host that is not proven yet: often at first, when somebody waits.
const CLAIM_PAUSE_MIN: Duration = Duration::minutes(10);
const CLAIM_PAUSE_MAX: Duration = Duration::hours(6);
/// After that nobody seems to wait any more.
const CLAIM_LIFE: Duration = Duration::days(14);

/// Pauses between looks whether a host's certificate has come: it takes minutes, or what the authority
/// wants was not right.
const CERTIFICATE_PAUSE_MIN: Duration = Duration::minutes(1);

/// Certificates that the authority lets us ask for: 300 new ones in three hours. Some are left for
/// renewals that it counts as new.
pub const CERTIFICATES_AT_ONCE: i64 = 200;
pub const CERTIFICATES_PERIOD: Duration = Duration::hours(3);

const _: () = assert!(FAILURES_TOLD > 1 && FAILURES_MAX > FAILURES_TOLD);

/// How far a host is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The merchant says so.
    Pending,
    /// It is the store's, which answers there as soon as its certificate has come.
    Verified,
    /// The same, but for a while it has pointed elsewhere.
    Failing,
    /// It was the store's.
    Lost,
}

impl State {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Verified => "verified",
            Self::Failing => "failing",
            Self::Lost => "lost",
        }
    }

    /// The word of the database.
    pub fn of(word: &str) -> Self {
        match word {
            "verified" => Self::Verified,
            "failing" => Self::Failing,
            "lost" => Self::Lost,
            _ => Self::Pending,
        }
    }

    /// Whether the host is the store's.
    pub const fn is_served(self) -> bool {
        matches!(self, Self::Verified | Self::Failing)
    }

    /// A served host after so many looks in a row that found it elsewhere.
    pub const fn after(failures: i32) -> Self {
        if failures >= FAILURES_MAX {
            Self::Lost
        } else if failures >= FAILURES_TOLD {
            Self::Failing
        } else {
            Self::Verified
        }
    }
}

/// What is in the way of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    ProofMissing,
    ProofWrong,
    AddressMissing,
    AddressElsewhere,
    AuthorityRefused,
    /// Another store has it, and its proof still stands.
    Taken,
    /// Another store has proven that it is its own.
    ProvenByAnother,
    DnsAway,
}

impl Problem {
    const ALL: [Self; 8] = [
        Self::ProofMissing,
        Self::ProofWrong,
        Self::AddressMissing,
        Self::AddressElsewhere,
        Self::AuthorityRefused,
        Self::Taken,
        Self::ProvenByAnother,
        Self::DnsAway,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::ProofMissing => "proof-missing",
            Self::ProofWrong => "proof-wrong",
            Self::AddressMissing => "address-missing",
            Self::AddressElsewhere => "address-elsewhere",
            Self::AuthorityRefused => "authority-refused",
            Self::Taken => "host-taken",
            Self::ProvenByAnother => "proven-by-another",
            Self::DnsAway => "dns-away",
        }
    }

    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|problem| problem.code() == code)
    }
}

/// What DNS said of a host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// At the name of the proof.
    pub texts: Vec<String>,
    pub addresses: Vec<IpAddr>,
    /// Who may give certificates, where the domain says so at all.
    pub authorities: Option<Vec<String>>,
}

impl Seen {
    /// Whether the merchant's text stands where it has to.
    pub fn proves(&self, token: &str) -> bool {
        let wanted = proof_text(token);
        self.texts.iter().any(|text| text.trim() == wanted)
    }

    /// Whether a host that nobody has yet may be given to who has `token`. The door is at `door`.
    ///
    /// # Errors
    /// What is in the way.
    pub fn judge_claim(&self, token: &str, door: &[IpAddr]) -> Result<(), Problem> {
        if !self.proves(token) {
            return Err(match self.texts.as_slice() {
                [] => Problem::ProofMissing,
                _ => Problem::ProofWrong,
            });
        }
        self.judge_served(door)?;
        match &self.authorities {
            Some(allowed) if !allowed.iter().any(|name| name == AUTHORITY) => {
                Err(Problem::AuthorityRefused)
            }
            _ => Ok(()),
        }
    }

    /// Whether a host leads to the door, and nowhere else: one stray address is where a part of its
    /// visitors would land, and the authority that looks whether the host is ours.
    ///
    /// # Errors
    /// What is in the way.
    pub fn judge_served(&self, door: &[IpAddr]) -> Result<(), Problem> {
        if self.addresses.is_empty() {
            return Err(Problem::AddressMissing);
        }
        if self.addresses.iter().all(|address| door.contains(address)) {
            Ok(())
        } else {
            Err(Problem::AddressElsewhere)
        }
    }
}

/// When a host that is not proven is looked at again; `since` is when its store said that it is its
/// own. Nothing when nobody waits for it any more.
pub fn next_claim_check(since: OffsetDateTime, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let age = now - since;
    (age < CLAIM_LIFE).then(|| now + quarter(age).clamp(CLAIM_PAUSE_MIN, CLAIM_PAUSE_MAX))
}

/// When it is looked again whether the certificate of a host has come that is proven since `since`.
pub fn next_certificate_check(since: OffsetDateTime, now: OffsetDateTime) -> OffsetDateTime {
    now + quarter(now - since).clamp(CERTIFICATE_PAUSE_MIN, CHECK_EVERY)
}

fn quarter(age: Duration) -> Duration {
    age / 4
}

/// When a host may come to the door, if the one that came `CERTIFICATES_AT_ONCE` before it came at
/// `earlier`.
pub fn listed_at(now: OffsetDateTime, earlier: Option<OffsetDateTime>) -> OffsetDateTime {
    earlier.map_or(now, |earlier| now.max(earlier + CERTIFICATES_PERIOD))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOOR: [IpAddr; 2] = [
        IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 7)),
        IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
    ];

    fn right() -> Seen {
        Seen {
            texts: vec!["v=spf1 -all".into(), "stores-verify=t0k3n".into()],
            addresses: DOOR.to_vec(),
            authorities: None,
        }
    }

    #[test]
    fn a_host_is_given_to_who_proves_it_and_has_it_point_here() {
        assert_eq!(right().judge_claim("t0k3n", &DOOR), Ok(()));
        assert_eq!(
            right().judge_claim("other", &DOOR),
            Err(Problem::ProofWrong)
        );
        let cases = [
            (
                Seen {
                    texts: vec![],
                    ..right()
                },
                Problem::ProofMissing,
            ),
            (
                Seen {
                    addresses: vec![],
                    ..right()
                },
                Problem::AddressMissing,
            ),
            (
                Seen {
                    addresses: vec![DOOR[0], [192, 0, 2, 1].into()],
                    ..right()
                },
                Problem::AddressElsewhere,
            ),
            (
                Seen {
                    authorities: Some(vec!["digicert.com".into()]),
                    ..right()
                },
                Problem::AuthorityRefused,
            ),
            (
                Seen {
                    authorities: Some(vec![]),
                    ..right()
                },
                Problem::AuthorityRefused,
            ),
        ];
        for (seen, problem) in cases {
            assert_eq!(seen.judge_claim("t0k3n", &DOOR), Err(problem));
        }
        let allowed = vec!["digicert.com".into(), AUTHORITY.into()];
        let seen = Seen {
            authorities: Some(allowed),
            ..right()
        };
        assert_eq!(seen.judge_claim("t0k3n", &DOOR), Ok(()));
    }

    #[test]
    fn a_served_host_needs_no_proof_any_more() {
        let seen = Seen {
            texts: vec![],
            ..right()
        };
        assert_eq!(seen.judge_served(&DOOR), Ok(()));
        assert_eq!(
            seen.judge_served(&DOOR[..1]),
            Err(Problem::AddressElsewhere)
        );
    }

    #[test]
    fn one_bad_look_takes_nothing_away() {
        assert_eq!(State::after(1), State::Verified);
        assert_eq!(State::after(FAILURES_TOLD), State::Failing);
        assert!(State::after(FAILURES_MAX - 1).is_served());
        assert_eq!(State::after(FAILURES_MAX), State::Lost);
    }

    #[test]
    fn words_of_rows_are_read_as_they_were_written() {
        for state in [State::Pending, State::Verified, State::Failing, State::Lost] {
            assert_eq!(State::of(state.as_str()), state);
        }
        for problem in Problem::ALL {
            assert_eq!(Problem::of(problem.code()), Some(problem));
        }
    }

    #[test]
    fn who_waits_is_looked_after_often_and_who_left_is_not() {
        let since = OffsetDateTime::UNIX_EPOCH;
        let pause = |age: Duration| {
            let now = since + age;
            next_claim_check(since, now).map(|next| next - now)
        };
        assert_eq!(pause(Duration::ZERO), Some(CLAIM_PAUSE_MIN));
        assert_eq!(pause(Duration::hours(4)), Some(Duration::hours(1)));
        assert_eq!(pause(Duration::days(7)), Some(CLAIM_PAUSE_MAX));
        assert_eq!(pause(CLAIM_LIFE), None);
    }

    #[test]
    fn certificates_are_asked_for_no_faster_than_the_authority_gives_them() {
        let now = OffsetDateTime::UNIX_EPOCH + Duration::days(1);
        assert_eq!(listed_at(now, None), now);
        assert_eq!(listed_at(now, Some(now - Duration::days(1))), now);
        let full = Some(now - Duration::hours(1));
        assert_eq!(listed_at(now, full), now + Duration::hours(2));
    }
}
