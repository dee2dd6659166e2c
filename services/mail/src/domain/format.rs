//! Amounts, days and languages as people read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kernel::Money;
use time::{Month, OffsetDateTime, UtcOffset};

/// Keeps a number and its sign on one line.
const NO_BREAK: char = '\u{a0}';
/// French groups digits with a narrow one.
const NARROW: char = '\u{202f}';

/// A language that mails are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lang {
    Pt,
    En,
    Es,
    Fr,
}

impl Lang {
    pub const ALL: [Self; 4] = [Self::Pt, Self::En, Self::Es, Self::Fr];

    /// As in addresses and tables.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Pt => "pt-PT",
            Self::En => "en",
            Self::Es => "es",
            Self::Fr => "fr",
        }
    }

    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.tag() == tag)
    }

    /// The language of a locale, whatever its region: `pt-BR` is read in `pt-PT`.
    pub fn of_locale(locale: &str) -> Option<Self> {
        let language = locale.split(['-', '_']).next().unwrap_or_default();
        let of = |lang: &Self| lang.tag().starts_with(&language.to_ascii_lowercase());
        Self::ALL
            .into_iter()
            .find(|lang| language.len() == 2 && of(lang))
    }
}

/// An amount with its currency: `1.234,56 €` in Portuguese, `€1,234.56` in English.
pub fn money(amount: Money, lang: Lang) -> String {
    let number = number(
        amount.minor.unsigned_abs(),
        amount.currency.exponent(),
        lang,
    );
    let code = amount.currency.as_str();
    let sign = if amount.minor < 0 { "\u{2212}" } else { "" };
    match (lang, symbol(code)) {
        (Lang::En, Some(symbol)) => format!("{sign}{symbol}{number}"),
        (Lang::En, None) => format!("{sign}{code}{NO_BREAK}{number}"),
        (_, Some(symbol)) => format!("{sign}{number}{NO_BREAK}{symbol}"),
        (_, None) => format!("{sign}{number}{NO_BREAK}{code}"),
    }
}

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

fn symbol(code: &str) -> Option<&'static str> {
    match code {
        "EUR" => Some("€"),
        "GBP" => Some("£"),
        "USD" => Some("$"),
        _ => None,
    }
}

fn number(minor: u64, exponent: u32, lang: Lang) -> String {
    let unit = 10_u64.pow(exponent);
    let whole = grouped(minor / unit, lang);
    if exponent == 0 {
        return whole;
    }
    let point = if lang == Lang::En { '.' } else { ',' };
    let width = usize::try_from(exponent).unwrap_or(2);
    format!("{whole}{point}{:0width$}", minor % unit)
}

/// Portuguese and Spanish leave four digits together.
/// Source: Código de redação interinstitucional da UE; RAE, Ortografía 2010; CLDR minimumGroupingDigits.
fn grouped(whole: u64, lang: Lang) -> String {
    let digits = whole.to_string();
    let separator = match lang {
        Lang::Pt => NO_BREAK,
        Lang::En => ',',
        Lang::Es => '.',
        Lang::Fr => NARROW,
    };
    if digits.len() <= 3 || (digits.len() == 4 && matches!(lang, Lang::Pt | Lang::Es)) {
        return digits;
    }
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
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
    use kernel::Currency;
    use time::macros::datetime;

    #[test]
    fn amounts_are_written_as_each_language_does() {
        let cases = [
            (
                123_456_789,
                [
                    "1\u{a0}234\u{a0}567,89\u{a0}€",
                    "€1,234,567.89",
                    "1.234.567,89\u{a0}€",
                    "1\u{202f}234\u{202f}567,89\u{a0}€",
                ],
            ),
            (
                123_456,
                [
                    "1234,56\u{a0}€",
                    "€1,234.56",
                    "1234,56\u{a0}€",
                    "1\u{202f}234,56\u{a0}€",
                ],
            ),
            (5, ["0,05\u{a0}€", "€0.05", "0,05\u{a0}€", "0,05\u{a0}€"]),
            (
                -1_990,
                ["−19,90\u{a0}€", "−€19.90", "−19,90\u{a0}€", "−19,90\u{a0}€"],
            ),
        ];
        for (minor, texts) in cases {
            for (lang, text) in Lang::ALL.into_iter().zip(texts) {
                assert_eq!(money(Money::new(minor, Currency::EUR), lang), text);
            }
        }
        let yen = Money::new(1_500, "JPY".parse().unwrap());
        assert_eq!(money(yen, Lang::En), "JPY\u{a0}1,500");
        assert_eq!(
            money(Money::new(i64::MIN, Currency::EUR), Lang::En),
            "−€92,233,720,368,547,758.08"
        );
    }

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
