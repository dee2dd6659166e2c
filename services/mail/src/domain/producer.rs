//! Whether an event was signed by ZeptoMail, and the JSON that was signed.
//! Source: contracts/zeptomail, webhooks: HMAC-SHA256 over the decoded JSON, hex-free base64, time in ms.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::parse;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Retries of a day still count; each is signed anew or not, nobody knows.
const AGE_MAX_MS: i64 = 24 * 60 * 60 * 1_000;
/// Clocks differ by so much.
const AHEAD_MAX_MS: i64 = 5 * 60 * 1_000;
const HEADER_CHARS_MAX: usize = 1_024;

/// Why an event is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    #[error("there is no signature")]
    Unsigned,
    #[error("the signature is not one of ZeptoMail's")]
    Malformed,
    #[error("the signature belongs to other bytes or another key")]
    Forged,
    #[error("the signature is too old or of the future")]
    OutOfTime,
}

/// The JSON in a body: raw, or the one field of a form.
pub fn json_of(body: &[u8]) -> Vec<u8> {
    if body
        .first()
        .is_some_and(|first| matches!(first, b'{' | b'['))
    {
        return body.to_vec();
    }
    let field = parse(body).find(|(name, _)| matches!(name.as_ref(), "data" | "eventData"));
    field
        .map(|(_, value)| value.into_owned().into_bytes())
        .unwrap_or_default()
}

/// Proves `json` by the header `producer-signature: ts=…;s=…;s-algorithm=HmacSHA256`.
///
/// # Errors
/// When it does not.
pub fn verify(key: &[u8], header: &str, json: &[u8], now_ms: i64) -> Result<(), Unproven> {
    if header.is_empty() {
        return Err(Unproven::Unsigned);
    }
    if header.len() > HEADER_CHARS_MAX {
        return Err(Unproven::Malformed);
    }
    let part = |name: &str| {
        let mut parts = header
            .split(';')
            .filter_map(|part| part.trim().split_once('='));
        parts.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    if part("s-algorithm").is_some_and(|algorithm| !algorithm.eq_ignore_ascii_case("HmacSHA256")) {
        return Err(Unproven::Malformed);
    }
    let ts: i64 = part("ts")
        .and_then(|ts| ts.parse().ok())
        .ok_or(Unproven::Malformed)?;
    let signature = part("s").and_then(decoded).ok_or(Unproven::Malformed)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| Unproven::Malformed)?;
    mac.update(json);
    mac.verify_slice(&signature).map_err(|_| Unproven::Forged)?;
    let age = now_ms.saturating_sub(ts);
    if (-AHEAD_MAX_MS..=AGE_MAX_MS).contains(&age) {
        Ok(())
    } else {
        Err(Unproven::OutOfTime)
    }
}

/// Base64, escaped for an address or not.
fn decoded(text: &str) -> Option<Vec<u8>> {
    // A form's `+` is a space, base64's is not: it survives the decoding as itself.
    let plain = text.replace('+', "%2B");
    let field = format!("s={plain}");
    let (_, value) = parse(field.as_bytes()).next()?;
    STANDARD.decode(value.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000_000;

    fn header(key: &[u8], json: &[u8], ts: i64) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.update(json);
        let s = STANDARD.encode(mac.finalize().into_bytes());
        let s = s
            .replace('+', "%2B")
            .replace('/', "%2F")
            .replace('=', "%3D");
        format!("ts={ts};s={s};s-algorithm=HmacSHA256")
    }

    #[test]
    fn what_was_signed_is_believed_for_a_day() {
        let json = br#"{"event_name":["delivered"]}"#;
        assert_eq!(
            verify(b"key", &header(b"key", json, NOW), json, NOW),
            Ok(())
        );
        for (ts, verdict) in [
            (NOW - AGE_MAX_MS, Ok(())),
            (NOW - AGE_MAX_MS - 1, Err(Unproven::OutOfTime)),
            (NOW + AHEAD_MAX_MS, Ok(())),
            (NOW + AHEAD_MAX_MS + 1, Err(Unproven::OutOfTime)),
        ] {
            assert_eq!(
                verify(b"key", &header(b"key", json, ts), json, NOW),
                verdict
            );
        }
    }

    #[test]
    fn forgeries_are_refused() {
        let json = br#"{"a":1}"#;
        let good = header(b"key", json, NOW);
        assert_eq!(verify(b"other", &good, json, NOW), Err(Unproven::Forged));
        assert_eq!(
            verify(b"key", &good, br#"{"a":2}"#, NOW),
            Err(Unproven::Forged)
        );
        assert_eq!(verify(b"key", "", json, NOW), Err(Unproven::Unsigned));
        for bad in [
            "ts=1",
            "s=x",
            "ts=x;s=AAAA",
            "ts=1;s=%%%",
            "nonsense",
            &good.replace("HmacSHA256", "none"),
            &"x".repeat(HEADER_CHARS_MAX + 1),
        ] {
            assert_eq!(
                verify(b"key", bad, json, NOW),
                Err(Unproven::Malformed),
                "{bad}"
            );
        }
        let short = "ts=1790000000000;s=AAAA;s-algorithm=HmacSHA256";
        assert_eq!(verify(b"key", short, json, NOW), Err(Unproven::Forged));
    }

    #[test]
    fn the_json_is_found_in_each_form() {
        let json = br#"{"a":"b c+d&e"}"#.as_slice();
        assert_eq!(json_of(json), json);
        for name in ["data", "eventData"] {
            let body = format!("{name}=%7B%22a%22%3A%22b+c%2Bd%26e%22%7D");
            assert_eq!(json_of(body.as_bytes()), json);
        }
        assert_eq!(json_of(b"other=%7B%7D"), b"");
    }
}
