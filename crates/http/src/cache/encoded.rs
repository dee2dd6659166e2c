//! One body in the forms that clients accept, each compressed once, when the first asks for it.

use std::io::Write;
use std::sync::OnceLock;

use actix_web::http::header::HeaderValue;
use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::limits::COMPRESS_BYTES_MIN;

/// Good enough for bytes that are sent many times, and still fast.
const BROTLI_QUALITY: u32 = 5;
const BROTLI_WINDOW: u32 = 22;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    Identity,
    Gzip,
    Brotli,
}

impl Coding {
    /// The best that is accepted (RFC 9110 §12.5.3); `q=0` refuses.
    pub fn negotiate(accepts: Option<&HeaderValue>) -> Self {
        let text = accepts.and_then(|value| value.to_str().ok()).unwrap_or("");
        let accepted = |name: &str| {
            text.split(',').any(|entry| {
                let (coding, parameters) = entry.split_once(';').unwrap_or((entry, ""));
                let refused = parameters.trim().strip_prefix("q=").is_some_and(is_zero);
                coding.trim().eq_ignore_ascii_case(name) && !refused
            })
        };
        if accepted("br") {
            Self::Brotli
        } else if accepted("gzip") {
            Self::Gzip
        } else {
            Self::Identity
        }
    }

    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }
}

fn is_zero(quality: &str) -> bool {
    quality.trim().parse::<f32>().is_ok_and(|q| q == 0.0)
}

/// A body and its compressed forms. Small ones have none: they would hardly shrink.
pub struct Encoded {
    plain: Bytes,
    gzip: OnceLock<Option<Bytes>>,
    brotli: OnceLock<Option<Bytes>>,
    tag: String,
    etags: [HeaderValue; 3],
}

impl Encoded {
    pub fn new(plain: Vec<u8>) -> Self {
        let digest = Sha256::digest(&plain);
        let tag = hex::encode(digest.get(..12).unwrap_or_default());
        let etag = |suffix: &str| {
            HeaderValue::from_str(&format!("\"{tag}{suffix}\"")).expect("a tag is hex digits")
        };
        Self {
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
            // A strong tag names exact bytes, so each form has its own (RFC 9110 §8.8.3).
            etags: [etag(""), etag("-gz"), etag("-br")],
            plain: plain.into(),
            tag,
        }
    }

    /// The bytes in the wanted form, or in the one there is.
    pub fn bytes(&self, wanted: Coding) -> (Coding, Bytes) {
        let compressed = match wanted {
            _ if self.plain.len() < COMPRESS_BYTES_MIN => &None,
            Coding::Identity => &None,
            Coding::Gzip => self.gzip.get_or_init(|| gzip(&self.plain)),
            Coding::Brotli => self.brotli.get_or_init(|| brotli(&self.plain)),
        };
        match compressed {
            Some(bytes) => (wanted, bytes.clone()),
            None => (Coding::Identity, self.plain.clone()),
        }
    }

    pub fn etag(&self, coding: Coding) -> HeaderValue {
        let [plain, gzip, brotli] = &self.etags;
        match coding {
            Coding::Identity => plain.clone(),
            Coding::Gzip => gzip.clone(),
            Coding::Brotli => brotli.clone(),
        }
    }

    /// Whether the client has this body already, in any form.
    pub fn matches(&self, if_none_match: &HeaderValue) -> bool {
        let Ok(text) = if_none_match.to_str() else {
            return false;
        };
        text.split(',').map(str::trim).any(|seen| {
            let seen = seen.strip_prefix("W/").unwrap_or(seen).trim_matches('"');
            let rest = seen.strip_prefix(self.tag.as_str());
            seen == "*" || rest.is_some_and(|form| matches!(form, "" | "-gz" | "-br"))
        })
    }

    /// Bytes in memory, once somebody asked for each form; JSON shrinks to less than a third.
    pub fn size(&self) -> usize {
        self.plain.len() + self.plain.len() / 3 * 2
    }
}

fn gzip(plain: &[u8]) -> Option<Bytes> {
    let level = flate2::Compression::default();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    encoder.write_all(plain).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

fn brotli(plain: &[u8]) -> Option<Bytes> {
    let mut out = Vec::new();
    let mut encoder = brotli::CompressorWriter::new(&mut out, 4_096, BROTLI_QUALITY, BROTLI_WINDOW);
    encoder.write_all(plain).ok()?;
    drop(encoder);
    Some(out.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_gets_a_form_it_accepts() {
        for (accepts, coding) in [
            ("gzip, deflate, br", Coding::Brotli),
            ("gzip;q=1.0, br;q=0", Coding::Gzip),
            ("identity", Coding::Identity),
            ("brotli", Coding::Identity),
            ("", Coding::Identity),
        ] {
            let value = HeaderValue::from_str(accepts).unwrap();
            assert_eq!(Coding::negotiate(Some(&value)), coding, "{accepts}");
        }
    }

    #[test]
    fn small_bodies_stay_as_they_are_and_large_ones_shrink() {
        let small = Encoded::new(b"{}".to_vec());
        assert_eq!(small.bytes(Coding::Brotli).0, Coding::Identity);
        let large = Encoded::new(vec![b'a'; 10_000]);
        assert!(large.bytes(Coding::Brotli).1.len() < 200);
        assert!(large.bytes(Coding::Gzip).1.len() < 200);
        assert_ne!(large.etag(Coding::Gzip), large.etag(Coding::Brotli));
        assert!(large.matches(&large.etag(Coding::Gzip)));
        assert!(!large.matches(&small.etag(Coding::Gzip)));
    }
}
