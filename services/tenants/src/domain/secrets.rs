//! Words that we make ourselves: passwords, and what proves a domain.

use http_kit::auth::random_bytes;

/// Random numbers that are drawn at once.
const ROUND_BYTES: usize = 32;
const PROOF_BYTES: usize = 16;
/// Letters and digits that nobody confuses when reading them from a screen.
const LEGIBLE: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// 20 of 55 characters are 115 bits.
const TEMPORARY_PASSWORD_CHARS: usize = 20;

/// A password to be read once and changed at once.
pub fn temporary_password() -> String {
    let mut password = String::with_capacity(TEMPORARY_PASSWORD_CHARS);
    while password.len() < TEMPORARY_PASSWORD_CHARS {
        // Numbers of an incomplete last round are dropped: every character is equally likely.
        let fair = 256 - 256 % LEGIBLE.len();
        let numbers = random_bytes::<ROUND_BYTES>().into_iter().map(usize::from);
        let room = TEMPORARY_PASSWORD_CHARS - password.len();
        let chars = numbers.filter(|number| *number < fair);
        let chars = chars.filter_map(|number| LEGIBLE.get(number % LEGIBLE.len()));
        password.extend(chars.take(room).map(|byte| char::from(*byte)));
    }
    password
}

/// What a merchant writes into DNS. It is no secret, only never guessed before it stands there.
pub fn proof_token() -> String {
    hex::encode(random_bytes::<PROOF_BYTES>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_passwords_are_legible_and_never_the_same() {
        let password = temporary_password();
        assert_eq!(password.len(), TEMPORARY_PASSWORD_CHARS);
        assert!(password.bytes().all(|byte| LEGIBLE.contains(&byte)));
        assert_ne!(password, temporary_password());
    }
}
