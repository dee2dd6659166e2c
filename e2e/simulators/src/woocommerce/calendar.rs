//! The shop's clock hangs in Lisbon, and WordPress writes dates without saying so.

use serde_json::{Value, json};
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time};

pub(super) const ZONE: &str = "Europe/Lisbon";
const WALL: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");

/// Seconds since 1970 as the shop's local time, without an offset.
pub(super) fn local(unix: i64) -> String {
    wall(unix + offset(unix))
}

/// The same in UTC, without a Z.
pub(super) fn gmt(unix: i64) -> String {
    wall(unix)
}

/// Sets `name` and `name_gmt`; both null without a time.
pub(super) fn set_both(body: &mut Value, name: &str, unix: Option<i64>) {
    use crate::json::Json as _;
    body.set(name, unix.map(local));
    body.set(&format!("{name}_gmt"), unix.map(gmt));
}

/// `YYYY-MM` in UTC.
pub(super) fn month(unix: i64) -> String {
    gmt(unix).chars().take(7).collect()
}

/// PHP's way to keep a date in a coupon's copy.
pub(super) fn php(unix: Option<i64>) -> Value {
    let Some(unix) = unix else { return Value::Null };
    let date = format!("{}.000000", local(unix).replace('T', " "));
    json!({"date": date, "timezone_type": 3, "timezone": ZONE})
}

/// A time without an offset, read as it stands, in seconds since 1970.
pub(super) fn read_wall(text: &str) -> Option<i64> {
    let wall = PrimitiveDateTime::parse(&text.replace(' ', "T"), WALL).ok()?;
    Some(wall.assume_utc().unix_timestamp())
}

/// A day or a time of Lisbon, as a spreadsheet holds it.
pub(super) fn read_local(text: &str) -> Option<i64> {
    let wall = match text.len() {
        10 => read_wall(&format!("{text}T00:00:00")),
        _ => read_wall(text),
    }?;
    Some(wall - offset(wall))
}

/// What WordPress compares a column with when it is given a date: a time with an offset is turned
/// into the shop's local time first, *whatever* column it is compared with.
pub(super) fn read_filter(text: &str) -> Option<i64> {
    let with_offset = OffsetDateTime::parse(text, &Rfc3339).ok();
    match with_offset {
        Some(at) => Some(at.unix_timestamp() + offset(at.unix_timestamp())),
        None => read_wall(text),
    }
}

/// The shop's local time, counted as if it were UTC.
pub(super) fn as_wall(unix: i64) -> i64 {
    unix + offset(unix)
}

fn wall(unix: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(unix).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    at.format(WALL).unwrap_or_default()
}

/// An hour in summer: from the last Sunday of March to the last of October, at 01:00 UTC.
fn offset(unix: i64) -> i64 {
    let at = OffsetDateTime::from_unix_timestamp(unix).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let change = |month| {
        let last = Date::from_calendar_date(at.year(), month, 31).unwrap_or(Date::MIN);
        let sunday = last - Duration::days(i64::from(last.weekday().number_days_from_sunday()));
        PrimitiveDateTime::new(sunday, Time::MIDNIGHT).assume_utc() + Duration::hours(1)
    };
    match (change(Month::March)..change(Month::October)).contains(&at) {
        true => 3_600,
        false => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{gmt, local, read_filter, read_local, read_wall};

    #[test]
    fn summer_is_an_hour_ahead_and_the_hour_in_autumn_comes_twice() {
        let july = read_wall("2026-07-05T12:00:00").unwrap();
        assert_eq!(
            (gmt(july).as_str(), local(july).as_str()),
            ("2026-07-05T12:00:00", "2026-07-05T13:00:00")
        );
        let autumn = read_wall("2026-10-25T00:30:00").unwrap();
        assert_eq!(local(autumn), local(autumn + 3_600));
        assert_eq!(read_local("2026-07-05"), read_wall("2026-07-04T23:00:00"));
    }

    #[test]
    fn a_filter_with_an_offset_becomes_local_time_as_in_wordpress() {
        assert_eq!(
            read_filter("2026-07-05T12:00:00Z"),
            read_wall("2026-07-05T13:00:00")
        );
        assert_eq!(
            read_filter("2026-07-05T12:00:00"),
            read_wall("2026-07-05T12:00:00")
        );
        assert_eq!(read_filter("ontem"), None);
    }
}
