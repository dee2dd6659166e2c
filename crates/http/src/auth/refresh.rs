//! When a session of staff or of a customer goes on and when it ends.

use time::{Duration, OffsetDateTime};

/// Life of one refresh token; using it starts the time anew.
pub const REFRESH_LIFE: Duration = Duration::days(30);
/// A session's life at most, however often it is refreshed.
pub const SESSION_LIFE: Duration = Duration::days(90);
/// Two requests of one browser may carry the same token; a thief comes later.
pub const OVERLAP: Duration = Duration::seconds(2);
/// A refresh token and its session, as they are stored.
#[derive(Clone, Copy, Debug)]
pub struct RefreshState {
    pub token_expires_at: OffsetDateTime,
    pub token_used_at: Option<OffsetDateTime>,
    pub session_expires_at: OffsetDateTime,
    pub session_ended_at: Option<OffsetDateTime>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// The session goes on with a new token; all others of the session are used up.
    Rotate,
    /// A twin of the request that rotated a moment ago: a new token beside that one's. Whichever of
    /// the two is used next uses up the other, so one family goes on.
    Overlap,
    /// Used long ago: somebody has a copy. The session ends.
    Reused,
    /// The session has run out or was ended.
    Over,
}

impl RefreshState {
    pub fn decide(&self, now: OffsetDateTime) -> Refresh {
        if self.session_ended_at.is_some() || self.session_expires_at <= now {
            return Refresh::Over;
        }
        match self.token_used_at {
            Some(used) if now - used <= OVERLAP => Refresh::Overlap,
            Some(_) => Refresh::Reused,
            None if self.token_expires_at <= now => Refresh::Over,
            None => Refresh::Rotate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn state() -> RefreshState {
        RefreshState {
            token_expires_at: NOW + REFRESH_LIFE,
            token_used_at: None,
            session_expires_at: NOW + SESSION_LIFE,
            session_ended_at: None,
        }
    }

    #[test]
    fn a_token_works_once_and_its_copy_ends_the_session() {
        assert_eq!(state().decide(NOW), Refresh::Rotate);
        let used = |ago| RefreshState {
            token_used_at: Some(NOW - ago),
            ..state()
        };
        assert_eq!(used(Duration::seconds(1)).decide(NOW), Refresh::Overlap);
        assert_eq!(used(OVERLAP).decide(NOW), Refresh::Overlap);
        assert_eq!(
            used(Duration::milliseconds(2_001)).decide(NOW),
            Refresh::Reused
        );
    }

    #[test]
    fn nothing_goes_on_beyond_its_time() {
        let over = [
            RefreshState {
                token_expires_at: NOW,
                ..state()
            },
            RefreshState {
                session_expires_at: NOW,
                ..state()
            },
            RefreshState {
                session_ended_at: Some(NOW),
                ..state()
            },
            RefreshState {
                session_ended_at: Some(NOW),
                token_used_at: Some(NOW),
                ..state()
            },
        ];
        for state in over {
            assert_eq!(state.decide(NOW), Refresh::Over, "{state:?}");
        }
    }
}
