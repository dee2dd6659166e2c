//! Moloni's days are days of Lisbon.

use serde_json::{Value, json};
use time::{Date, Duration, Month, OffsetDateTime, Time, UtcOffset, Weekday};

/// The calendar day in Lisbon at a moment.
pub(super) fn day(at: OffsetDateTime) -> Date {
    let hours = if is_summer(at) { 1 } else { 0 };
    (at + Duration::hours(hours)).date()
}

/// `2025-09-12T00:00:00+0100`: the beginning of a day, with Lisbon's offset without a colon.
pub(super) fn midnight(day: Date) -> Value {
    let summer = is_summer(OffsetDateTime::new_in_offset(
        day,
        Time::MIDNIGHT,
        UtcOffset::UTC,
    ));
    let offset = if summer { "+0100" } else { "+0000" };
    json!(format!("{day}T00:00:00{offset}"))
}

/// Summer time is from the last Sunday of March to the last of October, at 01:00 UTC.
fn is_summer(at: OffsetDateTime) -> bool {
    let change = |month| {
        let last = last_sunday(at.year(), month);
        OffsetDateTime::new_in_offset(last, Time::MIDNIGHT, UtcOffset::UTC) + Duration::hours(1)
    };
    (change(Month::March)..change(Month::October)).contains(&at)
}

fn last_sunday(year: i32, month: Month) -> Date {
    let last = Date::from_calendar_date(year, month, 31).expect("March and October have 31 days");
    let past = last.weekday().number_days_from_sunday();
    debug_assert!(past > 0 || last.weekday() == Weekday::Sunday);
    last - Duration::days(i64::from(past))
}

#[cfg(test)]
mod tests {
    use super::{day, midnight};
    use time::macros::{date, datetime};

    #[test]
    fn after_eleven_in_summer_it_is_tomorrow_in_lisbon() {
        assert_eq!(day(datetime!(2026-07-05 23:30 UTC)), date!(2026 - 07 - 06));
        assert_eq!(day(datetime!(2026-11-25 23:30 UTC)), date!(2026 - 11 - 25));
        assert_eq!(day(datetime!(2026-10-25 00:30 UTC)), date!(2026 - 10 - 25));
    }

    #[test]
    fn a_day_carries_the_offset_of_its_season() {
        assert_eq!(midnight(date!(2025 - 09 - 12)), "2025-09-12T00:00:00+0100");
        assert_eq!(midnight(date!(2026 - 01 - 26)), "2026-01-26T00:00:00+0000");
        assert_eq!(midnight(date!(2026 - 03 - 29)), "2026-03-29T00:00:00+0000");
    }
}
