//! Standard Webhooks: how a merchant's program knows that an event is ours, and when it is told again.
//! Source: standardwebhooks.com, specification 1.0.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use time::Duration;

/// In front of a secret as it is shown.
const PREFIX: &str = "whsec_";
pub const SECRET_BYTES: usize = 32;
/// After a rotation the former secret signs too, for so long.
pub const ROTATION: Duration = Duration::hours(24);

/// Pauses between attempts: three days and a little in all.
const PAUSES: [Duration; 9] = [
    Duration::seconds(5),
    Duration::minutes(5),
    Duration::minutes(30),
    Duration::hours(2),
    Duration::hours(5),
    Duration::hours(10),
    Duration::hours(14),
    Duration::hours(20),
    Duration::hours(24),
];

/// How long to wait after so many failed attempts; nothing when it was the last.
pub fn pause_after(attempts: i32) -> Option<Duration> {
    let at = usize::try_from(attempts).ok()?.checked_sub(1)?;
    PAUSES.get(at).copied()
}

/// A secret as the merchant is shown it, once.
pub fn shown(secret: &[u8]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(secret))
}

/// The header `webhook-signature`: one signature for each secret, the newest first.
pub fn signatures(secrets: &[Vec<u8>], id: &str, timestamp: i64, body: &[u8]) -> String {
    let signed: Vec<String> = secrets
        .iter()
        .map(|secret| {
            let mut mac =
                Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
            mac.update(format!("{id}.{timestamp}.").as_bytes());
            mac.update(body);
            format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
        })
        .collect();
    signed.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specifications_own_example_is_signed_alike() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = br#"{"test": 2432232314}"#;
        let signed = signatures(
            &[secret],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            body,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn it_is_tried_for_three_days() {
        let all: Duration = (1..)
            .map_while(pause_after)
            .fold(Duration::ZERO, |all, pause| all + pause);
        assert!(all > Duration::days(3) && all < Duration::days(4), "{all}");
        assert_eq!(pause_after(0), None);
    }

    #[test]
    fn two_secrets_sign_side_by_side() {
        let both = signatures(&[b"a".to_vec(), b"b".to_vec()], "i", 1, b"x");
        assert_eq!(both.split(' ').count(), 2);
    }
}
