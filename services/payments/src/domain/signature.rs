//! Who signed a webhook. Source: Stripe, "Verify webhook signatures manually".

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// How far a signature's time may be from ours, either way.
pub const TOLERANCE_SECONDS: i64 = 300;
/// More signatures than a rotation ever needs.
const SIGNATURES_MAX: usize = 8;

/// Which of the two endpoints an event was signed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Events of the platform's own account.
    Platform,
    /// Events of the stores' accounts.
    Connect,
}

impl Endpoint {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Connect => "connect",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("the Stripe-Signature header is missing or malformed")]
    Malformed,
    #[error("the signature is too old or from the future")]
    OutsideTolerance,
    #[error("no signature matches")]
    NoMatch,
}

/// Both endpoints' secrets. The address is one, so the secret that fits tells the endpoint.
pub struct Secrets {
    pub platform: SecretString,
    pub connect: SecretString,
}

impl Secrets {
    /// The endpoint whose secret signed exactly these bytes within the tolerance of `now` (Unix seconds).
    pub fn verify(&self, header: &str, body: &[u8], now: i64) -> Result<Endpoint, SignatureError> {
        let header = Header::parse(header)?;
        if (now - header.time).abs() > TOLERANCE_SECONDS {
            return Err(SignatureError::OutsideTolerance);
        }
        let candidates = [
            (Endpoint::Connect, &self.connect),
            (Endpoint::Platform, &self.platform),
        ];
        candidates
            .into_iter()
            .find(|(_, secret)| header.is_signed_with(secret, body))
            .map(|(endpoint, _)| endpoint)
            .ok_or(SignatureError::NoMatch)
    }
}

struct Header<'a> {
    time_text: &'a str,
    time: i64,
    signatures: Vec<[u8; 32]>,
}

impl<'a> Header<'a> {
    fn parse(text: &'a str) -> Result<Self, SignatureError> {
        let mut time_text = None;
        let mut signatures = Vec::new();
        for part in text.split(',') {
            let (name, value) = part
                .trim()
                .split_once('=')
                .ok_or(SignatureError::Malformed)?;
            match name {
                "t" if time_text.is_some() => return Err(SignatureError::Malformed),
                "t" => time_text = Some(value),
                "v1" => signatures.push(signature(value)?),
                _ => {}
            }
        }
        let time_text = time_text.ok_or(SignatureError::Malformed)?;
        let time = time_text.parse().map_err(|_| SignatureError::Malformed)?;
        if signatures.is_empty() || signatures.len() > SIGNATURES_MAX {
            return Err(SignatureError::Malformed);
        }
        Ok(Self {
            time_text,
            time,
            signatures,
        })
    }

    fn is_signed_with(&self, secret: &SecretString, body: &[u8]) -> bool {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
            .expect("HMAC takes a key of any length");
        mac.update(self.time_text.as_bytes());
        mac.update(b".");
        mac.update(body);
        self.signatures
            .iter()
            .any(|signature| mac.clone().verify_slice(signature).is_ok())
    }
}

fn signature(hex_text: &str) -> Result<[u8; 32], SignatureError> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(hex_text, &mut bytes).map_err(|_| SignatureError::Malformed)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;
    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    fn secrets() -> Secrets {
        Secrets {
            platform: "whsec_platform".into(),
            connect: "whsec_connect".into(),
        }
    }

    fn sign(secret: &str, time: i64, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{time}.").as_bytes());
        mac.update(body);
        hex::encode(mac.finalize().into_bytes())
    }

    #[test]
    fn the_secret_that_fits_tells_the_endpoint() {
        for (secret, endpoint) in [
            ("whsec_platform", Endpoint::Platform),
            ("whsec_connect", Endpoint::Connect),
        ] {
            let header = format!("t={NOW},v1={}", sign(secret, NOW, BODY));
            assert_eq!(secrets().verify(&header, BODY, NOW), Ok(endpoint));
        }
    }

    #[test]
    fn a_rotated_secret_gives_two_signatures_and_one_is_enough() {
        let good = sign("whsec_connect", NOW, BODY);
        let old = sign("whsec_old", NOW, BODY);
        let header = format!("t={NOW},v1={old},v1={good},v0=abc");
        assert_eq!(secrets().verify(&header, BODY, NOW), Ok(Endpoint::Connect));
    }

    #[test]
    fn every_other_header_is_refused() {
        let good = sign("whsec_connect", NOW, BODY);
        let malformed = [
            String::new(),
            format!("v1={good}"),
            format!("t={NOW}"),
            format!("t={NOW},v0={good}"),
            format!("t={NOW},t={NOW},v1={good}"),
            format!("t=soon,v1={good}"),
            format!("t={NOW},v1=zz{}", &good[2..]),
            format!("t={NOW},v1={}", &good[2..]),
            "nonsense".to_owned(),
        ];
        for header in malformed {
            assert_eq!(
                secrets().verify(&header, BODY, NOW),
                Err(SignatureError::Malformed),
                "{header}"
            );
        }
        let header = format!("t={NOW},v1={good}");
        assert_eq!(
            secrets().verify(&header, br#"{"id": "evt_1"}"#, NOW),
            Err(SignatureError::NoMatch)
        );
        for now in [NOW + 301, NOW - 301] {
            assert_eq!(
                secrets().verify(&header, BODY, now),
                Err(SignatureError::OutsideTolerance)
            );
        }
        let other = format!("t={NOW},v1={}", sign("whsec_other", NOW, BODY));
        assert_eq!(
            secrets().verify(&other, BODY, NOW),
            Err(SignatureError::NoMatch)
        );
        let moved = format!("t={},v1={good}", NOW + 1);
        assert_eq!(
            secrets().verify(&moved, BODY, NOW),
            Err(SignatureError::NoMatch)
        );
    }
}
