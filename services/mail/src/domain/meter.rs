//! When a merchant is told that the mails of a plan run out: they are sent all the same, and billed.

/// A share of what the plan covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    Near,
    Reached,
}

impl Mark {
    pub const fn percent(self) -> i16 {
        match self {
            Self::Near => 80,
            Self::Reached => 100,
        }
    }

    /// The highest mark that so many mails have come to.
    pub fn of(mails: i64, covered: i64) -> Option<Self> {
        let (mails, covered) = (i128::from(mails), i128::from(covered));
        let is_at = |mark: &Self| mails * 100 >= covered * i128::from(mark.percent());
        [Self::Reached, Self::Near]
            .into_iter()
            .find(is_at)
            .filter(|_| covered > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_reached_by_the_mail_that_comes_to_them_and_not_before() {
        for (mails, covered, mark) in [
            (79, 100, None),
            (80, 100, Some(Mark::Near)),
            (99, 100, Some(Mark::Near)),
            (100, 100, Some(Mark::Reached)),
            (250, 100, Some(Mark::Reached)),
            // Four fifths of three are more than two.
            (2, 3, None),
            (3, 3, Some(Mark::Reached)),
            (1, 1, Some(Mark::Reached)),
            (0, 1, None),
            (7, 0, None),
            (i64::MAX, i64::MAX, Some(Mark::Reached)),
        ] {
            assert_eq!(Mark::of(mails, covered), mark, "{mails} of {covered}");
        }
    }
}
