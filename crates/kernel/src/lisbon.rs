//! Days in Portugal: fiscal documents are dated and VAT rates begin by its calendar, on all of its
//! islands too.

use time::{Date, Duration, Month, OffsetDateTime, Time, Weekday};

/// The hour, UTC, at which the European Union changes its clocks (Directive 2000/84/EC).
const CHANGE_HOUR: u8 = 1;

/// The day in Europe/Lisbon, which is an hour ahead of UTC between the last Sundays of March and
/// October.
pub fn day(at: OffsetDateTime) -> Date {
    let at = at.to_offset(time::UtcOffset::UTC);
    let summer = summer_begins(at.year()).zip(summer_ends(at.year()));
    let is_summer = summer.is_some_and(|(begins, ends)| (begins..ends).contains(&at));
    let local = if is_summer { at + Duration::HOUR } else { at };
    local.date()
}

fn summer_begins(year: i32) -> Option<OffsetDateTime> {
    change(Date::from_calendar_date(year, Month::March, 31).ok()?)
}

fn summer_ends(year: i32) -> Option<OffsetDateTime> {
    change(Date::from_calendar_date(year, Month::October, 31).ok()?)
}

/// One in the morning of the last Sunday up to the month's last day.
fn change(last: Date) -> Option<OffsetDateTime> {
    let sunday = match last.weekday() {
        Weekday::Sunday => last,
        _ => last.checked_sub(Duration::days(i64::from(
            last.weekday().number_days_from_sunday(),
        )))?,
    };
    let hour = Time::from_hms(CHANGE_HOUR, 0, 0).ok()?;
    Some(sunday.with_time(hour).assume_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn a_summers_day_begins_an_hour_earlier_than_in_utc() {
        for (at, expected) in [
            (datetime!(2026-07-05 23:30 UTC), date!(2026 - 07 - 06)),
            (datetime!(2026-07-05 22:59 UTC), date!(2026 - 07 - 05)),
            (datetime!(2026-01-05 23:30 UTC), date!(2026 - 01 - 05)),
            // Summer time of 2026: 29 March to 25 October.
            (datetime!(2026-03-28 23:30 UTC), date!(2026 - 03 - 28)),
            (datetime!(2026-03-29 23:30 UTC), date!(2026 - 03 - 30)),
            (datetime!(2026-10-24 23:30 UTC), date!(2026 - 10 - 25)),
            (datetime!(2026-10-25 23:30 UTC), date!(2026 - 10 - 25)),
        ] {
            assert_eq!(day(at), expected, "{at}");
        }
    }
}
