//! Answers of hosts: JSON, JSON behind something else, and everything else.

use std::time::Duration;

use outbound::Answer;
use outbound::header::RETRY_AFTER;
use serde_json::Value;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

use super::ShopError;

const RETRY_AFTER_MAX: Duration = Duration::from_secs(3_600);

/// What an answer says: the value, or what is to be done.
pub(super) fn read(
    answer: &Answer,
    is_list: bool,
    now: OffsetDateTime,
) -> Result<Value, ShopError> {
    let later = |why: &str| -> Result<Value, ShopError> {
        Err(ShopError::Later(retry_after(answer, now), why.to_owned()))
    };
    let value = parse(&answer.body);
    let code = value
        .as_ref()
        .and_then(|value| value.get("code")?.as_str().map(str::to_owned));
    let code = code.as_deref();
    match answer.status {
        200..=299 => match (value, code) {
            // WordPress's own error under a status that says that all is well.
            (Some(Value::Object(_)), Some(code)) if is_list => later(&format!("the shop answers {code}")),
            (Some(value), _) if !is_list || value.is_array() => Ok(value),
            _ => later("the shop answers with something else than JSON"),
        },
        // A page past the end.
        400 if code == Some("rest_post_invalid_page_number") => Ok(Value::Array(Vec::new())),
        // A host that bears smaller pages only says so.
        400 if code == Some("rest_invalid_param") && told_per_page(value.as_ref()) => {
            later("the shop takes smaller pages only")
        }
        401 => Err(ShopError::Refused(
            "the shop does not accept the keys: they need the right to read, of a user who may manage the shop"
                .to_owned(),
        )),
        403 if code.is_some() => Err(ShopError::Refused(
            "the keys may not read everything: they need the right to read, of a user who may manage the shop"
                .to_owned(),
        )),
        // A firewall: it may let us through later.
        403 => later("something before the shop refuses us (403)"),
        404 if code.is_some() => Err(ShopError::Missing),
        404 => later("the shop's address answers 404"),
        408 | 425 | 429 | 500..=599 => later(&format!("the shop answers {}", answer.status)),
        status => Err(ShopError::Refused(format!("the shop answers {status}"))),
    }
}

fn told_per_page(value: Option<&Value>) -> bool {
    value.is_some_and(|value| value.pointer("/data/params/per_page").is_some())
}

/// `Retry-After` in seconds or as a date.
fn retry_after(answer: &Answer, now: OffsetDateTime) -> Duration {
    let text = answer
        .headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok());
    let Some(text) = text else {
        return Duration::ZERO;
    };
    let pause = match text.trim().parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let format = format_description!(
                "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
            );
            let at = PrimitiveDateTime::parse(text.trim(), &format).ok();
            let left = at.map(|at| at.assume_utc() - now);
            left.and_then(|left| Duration::try_from(left).ok())
                .unwrap_or_default()
        }
    };
    pause.min(RETRY_AFTER_MAX)
}

/// The JSON of a body: as it is, behind what plugins print before it, with texts that no text can hold.
pub(super) fn parse(bytes: &[u8]) -> Option<Value> {
    if let Ok(value) = serde_json::from_slice(bytes) {
        return Some(value);
    }
    let text = String::from_utf8_lossy(bytes);
    let mended = without_lone_surrogates(&text);
    let starts = mended
        .char_indices()
        .filter(|(_, c)| matches!(c, '[' | '{'));
    starts
        .take(40)
        .find_map(|(at, _)| serde_json::from_str(mended.get(at..)?.trim_end()).ok())
}

/// `\ud83d` without its other half is no letter; serde_json refuses the whole answer for one.
fn without_lone_surrogates(text: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\u") {
        let (before, code) = rest.split_at(at);
        mended.push_str(before);
        // A backslash that is itself escaped begins no code.
        let is_escaped = before
            .bytes()
            .rev()
            .take_while(|byte| *byte == b'\\')
            .count()
            % 2
            == 1;
        let unit = unit_at(code).filter(|_| !is_escaped);
        let pair = code.get(6..).and_then(unit_at);
        let (kept, length) = match (unit, pair) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (code.get(..12), 12),
            (Some(0xD800..=0xDFFF), _) => (Some("\\ufffd"), 6),
            _ => (code.get(..2), 2),
        };
        mended.push_str(kept.unwrap_or_default());
        rest = code.get(length..).unwrap_or_default();
    }
    mended.push_str(rest);
    mended
}

fn unit_at(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use outbound::header::{HeaderMap, HeaderValue};
    use serde_json::json;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
            url: "https://loja.example".parse().unwrap(),
        }
    }

    #[test]
    fn json_is_found_behind_whatever_stands_before_it() {
        for body in [
            "[1]",
            "\u{feff}[1]",
            "<br />\n<b>Notice</b>: Undefined [x] in /a on line 3\n[1]",
            "<!-- cached {by} --><p>a</p>[1]\n",
        ] {
            assert_eq!(parse(body.as_bytes()), Some(json!([1])), "{body}");
        }
        assert_eq!(parse(b"[\"caf\xe9\"]"), Some(json!(["caf\u{fffd}"])));
        assert_eq!(
            parse(br#"["\ud83d","\ud83e\udd92","\\ud83d"]"#),
            Some(json!(["\u{fffd}", "🦒", "\\ud83d"]))
        );
        assert_eq!(parse(b"[{\"a\": 1"), None);
    }

    #[test]
    fn every_refusal_says_what_is_to_be_done() {
        let of = |status, body: &str| read(&answer(status, body), true, OffsetDateTime::UNIX_EPOCH);
        assert!(matches!(
            of(401, "{\"code\":\"x\"}"),
            Err(ShopError::Refused(_))
        ));
        assert!(matches!(of(403, "<html>"), Err(ShopError::Later(..))));
        assert!(matches!(
            of(404, "{\"code\":\"rest_no_route\"}"),
            Err(ShopError::Missing)
        ));
        assert!(matches!(
            of(200, "<html>maintenance</html>"),
            Err(ShopError::Later(..))
        ));
        assert!(matches!(
            of(200, "{\"code\":\"internal\",\"data\":{\"status\":500}}"),
            Err(ShopError::Later(..))
        ));
        let now = OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap();
        let mut slow = answer(429, "");
        slow.headers
            .insert(RETRY_AFTER, HeaderValue::from_static("7"));
        assert!(
            matches!(read(&slow, true, now), Err(ShopError::Later(pause, _)) if pause.as_secs() == 7)
        );
        slow.headers.insert(
            RETRY_AFTER,
            HeaderValue::from_static("Wed, 01 Jan 2020 00:00:00 GMT"),
        );
        assert!(matches!(
            read(&slow, true, now),
            Err(ShopError::Later(Duration::ZERO, _))
        ));
        slow.headers.insert(
            RETRY_AFTER,
            HeaderValue::from_static("Wed, 01 Jan 2120 00:00:00 GMT"),
        );
        assert!(matches!(
            read(&slow, true, now),
            Err(ShopError::Later(RETRY_AFTER_MAX, _))
        ));
    }
}
