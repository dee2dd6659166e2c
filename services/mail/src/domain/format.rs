//! Amounts, days and languages as people read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
pub use kernel::Lang;
use time::{Month, OffsetDateTime, UtcOffset};

/// Keeps a number and its sign on one line.
const NO_BREAK: char = '\u{a0}';

/// A rate in basis points: `23 %`, `5.5%`.
pub fn rate(bps: u32, lang: Lang) -> String {
    let (whole, rest) = (bps / 100, bps % 100);
    let point = if lang == Lang::En { '.' } else { ',' };
    let number = match (rest, rest % 10) {
        (0, _) => whole.to_string(),
        (_, 0) => format!("{whole}{point}{}", rest / 10),
        _ => format!("{whole}{point}{rest:02}"),
    };
    match lang {
        Lang::En => format!("{number}%"),
        Lang::Pt | Lang::Es | Lang::Fr => format!("{number}{NO_BREAK}%"),
    }
}

/// A day: `29 de novembro de 2026`.
pub fn day(at: OffsetDateTime, zone: &str, lang: Lang) -> String {
    let at = in_zone(at, zone);
    let (day, month, year) = (at.day(), month(at.month(), lang), at.year());
    match (lang, day) {
        (Lang::Pt | Lang::Es, _) => format!("{day} de {month} de {year}"),
        (Lang::Fr, 1) => format!("1er {month} {year}"),
        (Lang::En | Lang::Fr, _) => format!("{day} {month} {year}"),
    }
}

/// A day and a time: `29 de novembro de 2026, 15:42`.
pub fn moment(at: OffsetDateTime, zone: &str, lang: Lang) -> String {
    let local = in_zone(at, zone);
    let clock = format!("{:02}:{:02}", local.hour(), local.minute());
    match lang {
        Lang::Fr => format!("{} à {clock}", day(at, zone, lang)),
        Lang::Pt | Lang::En | Lang::Es => format!("{}, {clock}", day(at, zone, lang)),
    }
}

/// In the store's own time; one that nobody knows is UTC.
fn in_zone(at: OffsetDateTime, zone: &str) -> OffsetDateTime {
    let seconds = Timestamp::from_second(at.unix_timestamp()).ok();
    let offset = TimeZone::get(zone).ok().zip(seconds);
    let offset = offset.map(|(zone, at)| zone.to_offset(at).seconds());
    let offset = offset.and_then(|seconds| UtcOffset::from_whole_seconds(seconds).ok());
    at.to_offset(offset.unwrap_or(UtcOffset::UTC))
}

fn month(month: Month, lang: Lang) -> &'static str {
    let names: [&str; 12] = match lang {
        Lang::Pt => [
            "janeiro",
            "fevereiro",
            "março",
            "abril",
            "maio",
            "junho",
            "julho",
            "agosto",
            "setembro",
            "outubro",
            "novembro",
            "dezembro",
        ],
        Lang::En => [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        Lang::Es => [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
        Lang::Fr => [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
    };
    let at = usize::from(u8::from(month)).saturating_sub(1);
    names.get(at).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn rates_lose_no_digit() {
        assert_eq!(rate(2_300, Lang::Pt), "23\u{a0}%");
        assert_eq!(rate(550, Lang::En), "5.5%");
        assert_eq!(rate(1_225, Lang::Fr), "12,25\u{a0}%");
    }

    #[test]
    fn days_are_those_of_the_store() {
        let at = datetime!(2026-06-30 23:30 UTC);
        assert_eq!(day(at, "Europe/Lisbon", Lang::Pt), "1 de julho de 2026");
        assert_eq!(day(at, "Europe/Lisbon", Lang::Fr), "1er juillet 2026");
        assert_eq!(
            moment(at, "Atlantic/Azores", Lang::En),
            "30 June 2026, 23:30"
        );
        assert_eq!(
            moment(at, "Nowhere/Land", Lang::Es),
            "30 de junio de 2026, 23:30"
        );
    }

    #[test]
    fn a_language_is_found_for_each_region_of_it() {
        assert_eq!(Lang::of_locale("pt-BR"), Some(Lang::Pt));
        assert_eq!(Lang::of_locale("en-GB"), Some(Lang::En));
        assert_eq!(Lang::of_locale("de"), None);
        assert_eq!(Lang::of_locale(""), None);
        assert_eq!(Lang::of_locale("p"), None);
    }
}
