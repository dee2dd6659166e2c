//! A shopper's bank asks for the money back.

/// More in one movement than any charge, in any currency's minor units: then it is not one of ours.
pub const MOVEMENT_MINOR_MAX: i64 = 1_000_000_000_000;

/// Whether nothing follows but an appeal.
pub fn is_closed(status: &str) -> bool {
    matches!(status, "won" | "lost" | "warning_closed" | "prevented")
}

/// Whether a word is older than what is known: a dispute that was closed only goes on by an appeal.
pub fn is_stale(known: &str, said: &str) -> bool {
    is_closed(known) && !is_closed(said) && !said.starts_with("appeal_")
}

/// What the movements of the store's balance add up to: taken from it and not given back, and the
/// fees of the dispute itself. Both are 0 while it is only asked about.
pub fn withdrawn<'a>(movements: impl IntoIterator<Item = &'a (i64, i64)>) -> (i64, i64) {
    let sum = |(taken, fees): (i64, i64), (amount, fee): &(i64, i64)| (taken - amount, fees + fee);
    movements.into_iter().fold((0, 0), sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_left_by_an_appeal_only() {
        assert!(is_stale("lost", "needs_response"));
        assert!(is_stale("won", "under_review"));
        assert!(!is_stale("lost", "appeal_needs_response"));
        assert!(!is_stale("appeal_under_review", "won"));
        assert!(!is_stale("needs_response", "under_review"));
    }

    #[test]
    fn what_is_given_back_is_no_longer_withdrawn() {
        assert_eq!(withdrawn(&[(-4_990, 2_000)]), (4_990, 2_000));
        assert_eq!(withdrawn(&[(-4_990, 2_000), (4_990, -2_000)]), (0, 0));
        assert_eq!(withdrawn(&[(-4_990, 2_000), (4_990, 0)]), (0, 2_000));
        assert_eq!(withdrawn(&[]), (0, 0));
    }
}
