//! Languages, and amounts as people read them.

use crate::Money;

/// Keeps a number and its sign on one line.
const NO_BREAK: char = '\u{a0}';
/// French groups digits with a narrow one.
const NARROW: char = '\u{202f}';

/// A language in which people are written to.
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

impl Money {
    /// As people read it: `1234,56 €` in Portuguese, `€1,234.56` in English.
    pub fn written(self, lang: Lang) -> String {
        let number = number(self.minor.unsigned_abs(), self.currency.exponent(), lang);
        let code = self.currency.as_str();
        let sign = if self.minor < 0 { "\u{2212}" } else { "" };
        match (lang, symbol(code)) {
            (Lang::En, Some(symbol)) => format!("{sign}{symbol}{number}"),
            (Lang::En, None) => format!("{sign}{code}{NO_BREAK}{number}"),
            (_, Some(symbol)) => format!("{sign}{number}{NO_BREAK}{symbol}"),
            (_, None) => format!("{sign}{number}{NO_BREAK}{code}"),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

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
                assert_eq!(Money::new(minor, Currency::EUR).written(lang), text);
            }
        }
        let yen = Money::new(1_500, "JPY".parse().unwrap());
        assert_eq!(yen.written(Lang::En), "JPY\u{a0}1,500");
        assert_eq!(
            Money::new(i64::MIN, Currency::EUR).written(Lang::En),
            "−€92,233,720,368,547,758.08"
        );
    }
}
