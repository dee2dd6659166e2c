//! What templates can do with what they show. Amounts stay whole minor units to the last digit.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind, State};
use time::format_description::well_known::{Iso8601, Rfc3339};
use time::{Date, OffsetDateTime, UtcOffset};

use super::texts::Lang;

/// The language of the page that is rendered.
pub fn lang(state: &State<'_, '_>) -> Lang {
    let locale = state.lookup("locale");
    Lang::of_locale(locale.as_ref().and_then(Value::as_str).unwrap_or("en"))
}

/// `{"amount": 1999, "currency": "EUR"}` as people write it: `19,99 €`, `€19.99`.
pub fn money(state: &State<'_, '_>, value: Value) -> Result<String, Error> {
    let amount = value
        .get_attr("amount")
        .ok()
        .and_then(|amount| i64::try_from(amount).ok());
    let currency = value.get_attr("currency")?;
    let (Some(amount), Some(currency)) = (amount, currency.as_str()) else {
        return Err(Error::new(
            ErrorKind::InvalidOperation,
            "money takes an amount and a currency",
        ));
    };
    Ok(written(lang(state), amount, currency))
}

fn written(lang: Lang, amount: i64, currency: &str) -> String {
    let digits = match currency {
        "JPY" | "KRW" | "CLP" => 0,
        _ => 2,
    };
    let unit = 10_u64.pow(digits);
    let (whole, part) = (amount.unsigned_abs() / unit, amount.unsigned_abs() % unit);
    let (thousands, decimal) = match lang {
        Lang::Portuguese => ('\u{a0}', ','),
        Lang::English => (',', '.'),
    };
    // In Portuguese four digits stand together.
    let is_grouped = lang == Lang::English || whole >= 10_000;
    let whole = if is_grouped {
        grouped(whole, thousands)
    } else {
        whole.to_string()
    };
    let number = match digits {
        0 => whole,
        _ => format!("{whole}{decimal}{part:02}"),
    };
    let sign = if amount < 0 { "-" } else { "" };
    let symbol = match currency {
        "EUR" => "€",
        "GBP" => "£",
        "USD" => "$",
        other => other,
    };
    match lang {
        Lang::Portuguese => format!("{sign}{number}\u{a0}{symbol}"),
        Lang::English if symbol.len() > 2 && symbol != "€" => {
            format!("{sign}{symbol}\u{a0}{number}")
        }
        Lang::English => format!("{sign}{symbol}{number}"),
    }
}

fn grouped(number: u64, separator: char) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// The amount as a machine reads it: `19.99`.
pub fn decimal(value: Value) -> Result<String, Error> {
    let amount = value
        .get_attr("amount")
        .ok()
        .and_then(|amount| i64::try_from(amount).ok());
    let amount =
        amount.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "decimal takes an amount"))?;
    let sign = if amount < 0 { "-" } else { "" };
    let minor = amount.unsigned_abs();
    Ok(format!("{sign}{}.{:02}", minor / 100, minor % 100))
}

/// A day as people write it: `29/11/2026`, `29 November 2026`.
pub fn date(state: &State<'_, '_>, value: Value) -> Result<String, Error> {
    let text = value.as_str().unwrap_or_default();
    let day = Date::parse(text, &Iso8601::DATE).ok();
    let day = day.or_else(|| Some(OffsetDateTime::parse(text, &Rfc3339).ok()?.date()));
    let wrong = || {
        Error::new(
            ErrorKind::InvalidOperation,
            "date takes an RFC 3339 time or day",
        )
    };
    Ok(day_written(lang(state), day.ok_or_else(wrong)?))
}

/// A day and a time, and by which clock: `29/11/2026 10:05 UTC`.
pub fn moment(state: &State<'_, '_>, value: Value) -> Result<String, Error> {
    let text = value.as_str().unwrap_or_default();
    let wrong = |_| Error::new(ErrorKind::InvalidOperation, "moment takes an RFC 3339 time");
    let at = OffsetDateTime::parse(text, &Rfc3339).map_err(wrong)?;
    let at = at.to_offset(UtcOffset::UTC);
    let day = day_written(lang(state), at.date());
    Ok(format!("{day} {:02}:{:02} UTC", at.hour(), at.minute()))
}

fn day_written(lang: Lang, date: Date) -> String {
    let (day, month, year) = (date.day(), date.month(), date.year());
    match lang {
        Lang::Portuguese => format!("{day:02}/{:02}/{year}", u8::from(month)),
        Lang::English => format!("{day} {month} {year}"),
    }
}

/// An address of ours, as it is where nothing in it means anything to HTML.
pub fn address(text: String) -> Value {
    if text.contains(['<', '>', '&', '"', '\'']) {
        Value::from(text)
    } else {
        Value::from_safe_string(text)
    }
}

/// An image's sizes for `srcset`, of one content type: `/a/320.webp 320w, /a/640.webp 640w`.
pub fn srcset(image: Value, content_type: Option<String>) -> Result<Value, Error> {
    let wanted = content_type.unwrap_or_else(|| "image/webp".to_owned());
    let sources = image.get_attr("sources")?;
    if sources.kind() != ValueKind::Seq {
        return Ok(Value::from(""));
    }
    let mut parts = Vec::new();
    for source in sources.try_iter()? {
        if source.get_attr("content_type")?.as_str() == Some(wanted.as_str()) {
            parts.push(format!(
                "{} {}w",
                source.get_attr("url")?,
                source.get_attr("width")?
            ));
        }
    }
    Ok(address(parts.join(", ")))
}

/// The address of an image in about so many pixels: of those that `srcset` names, where there are any.
pub fn src(image: Value, width: Option<i64>) -> Result<Value, Error> {
    let wanted = width.unwrap_or(640);
    let mut best = None;
    for source in image.get_attr("sources")?.try_iter()? {
        let is_webp = source.get_attr("content_type")?.as_str() == Some("image/webp");
        let width = i64::try_from(source.get_attr("width")?).unwrap_or_default();
        let better = (is_webp, (width - wanted).abs());
        let is_better = best
            .as_ref()
            .is_none_or(|(was, _): &((bool, i64), Value)| (better.0, -better.1) > (was.0, -was.1));
        if is_better {
            best = Some((better, source.get_attr("url")?));
        }
    }
    Ok(address(
        best.map(|(_, url)| url.to_string()).unwrap_or_default(),
    ))
}

/// Text for a part of an address.
pub fn escaped(value: String) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

/// An image's height for a width, as its proportions are: room is kept before it is there.
pub fn height_for(image: Value, width: i64) -> Result<i64, Error> {
    let of = |name| {
        image
            .get_attr(name)
            .ok()
            .and_then(|value| i64::try_from(value).ok())
    };
    let (own_width, own_height) = (of("width").unwrap_or(1).max(1), of("height").unwrap_or(1));
    Ok(width.saturating_mul(own_height) / own_width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_each_language_does_and_lose_no_cent() {
        let cases = [
            (Lang::Portuguese, 1_999, "EUR", "19,99\u{a0}€"),
            (Lang::Portuguese, 5, "EUR", "0,05\u{a0}€"),
            (Lang::Portuguese, 123_456, "EUR", "1234,56\u{a0}€"),
            (Lang::Portuguese, 1_234_567, "EUR", "12\u{a0}345,67\u{a0}€"),
            (Lang::Portuguese, -250, "EUR", "-2,50\u{a0}€"),
            (Lang::English, 123_456_789, "EUR", "€1,234,567.89"),
            (Lang::English, 100, "GBP", "£1.00"),
            (Lang::English, 100, "CHF", "CHF\u{a0}1.00"),
            (Lang::English, 1_500, "JPY", "JPY\u{a0}1,500"),
            (
                Lang::Portuguese,
                i64::MIN,
                "EUR",
                "-92\u{a0}233\u{a0}720\u{a0}368\u{a0}547\u{a0}758,08\u{a0}€",
            ),
        ];
        for (lang, amount, currency, expected) in cases {
            assert_eq!(written(lang, amount, currency), expected);
        }
    }
}
