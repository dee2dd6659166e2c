//! The withdrawal function (Directive 2011/83/EU Art. 11a): what may be declared of an order. No reason is
//! asked, and nothing but what was never bought is refused.

use std::collections::BTreeMap;

use kernel::{LineId, Quantity};
use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime};
use utoipa::ToSchema;

/// Money goes back within so many days of the declaration (Art. 13).
const REFUND_WITHIN: Duration = Duration::days(14);

/// So many pieces of one line of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Share {
    pub line_id: LineId,
    pub quantity: Quantity,
}

/// Why a share is none of the order's; with its place in what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    #[error("the order has no such line")]
    Unknown(usize),
    #[error("the order has {most} of it")]
    TooMany { at: usize, most: i64 },
    #[error("a line is named once")]
    Twice(usize),
}

/// Checks shares against what was bought, and puts them in the order of the order's lines.
pub fn shares(wanted: &[Share], bought: &[(LineId, Quantity)]) -> Result<Vec<Share>, ShareError> {
    let mut chosen = BTreeMap::new();
    for (at, share) in wanted.iter().enumerate() {
        let line = bought.iter().position(|(line, _)| *line == share.line_id);
        let place = line.ok_or(ShareError::Unknown(at))?;
        let most = bought.get(place).map_or(0, |(_, quantity)| quantity.get());
        if share.quantity.get() > most {
            return Err(ShareError::TooMany { at, most });
        }
        if chosen.insert(place, *share).is_some() {
            return Err(ShareError::Twice(at));
        }
    }
    Ok(chosen.into_values().collect())
}

/// The day by which the money has to be on its way.
pub fn refund_by(received_at: OffsetDateTime) -> Date {
    (received_at + REFUND_WITHIN).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn quantity(count: i64) -> Quantity {
        serde_json::from_value(serde_json::json!(count)).unwrap()
    }

    #[test]
    fn a_part_is_of_what_was_bought_and_no_more() {
        let (a, b) = (LineId::new(), LineId::new());
        let bought = [(a, quantity(2)), (b, quantity(1))];
        let share = |line_id, count| Share {
            line_id,
            quantity: quantity(count),
        };
        assert_eq!(shares(&[], &bought), Ok(Vec::new()));
        let both = shares(&[share(b, 1), share(a, 2)], &bought);
        assert_eq!(both, Ok(vec![share(a, 2), share(b, 1)]));
        let wrong = [
            (vec![share(LineId::new(), 1)], ShareError::Unknown(0)),
            (
                vec![share(b, 1), share(a, 3)],
                ShareError::TooMany { at: 1, most: 2 },
            ),
            (vec![share(a, 1), share(a, 1)], ShareError::Twice(1)),
        ];
        for (wanted, error) in wrong {
            assert_eq!(shares(&wanted, &bought), Err(error));
        }
    }

    #[test]
    fn the_money_is_due_after_fourteen_days() {
        let received = datetime!(2026-11-30 23:30 UTC);
        assert_eq!(refund_by(received).to_string(), "2026-12-14");
    }
}
