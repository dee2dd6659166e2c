//! How a person is reached: addresses, telephones and postcodes.

use crate::{Invalid, text_type};

text_type!(
    /// An e-mail address, lower case, at most 254 characters (RFC 5321 §4.5.3.1.3).
    /// What counts is that mail software will take it; existence is proven by a mail.
    Email, "ana@example.pt", |text| {
        let text = text.trim().to_lowercase();
        let bad = Invalid::new("an e-mail address looks like name@example.com");
        let Some((local, domain)) = text.rsplit_once('@') else { return Err(bad) };
        let local_fits = (1..=64).contains(&local.len())
            && !local.starts_with('.') && !local.ends_with('.') && !local.contains("..")
            && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&b));
        let domain_fits = domain.len() <= 189 && domain.contains('.') && domain.split('.').all(|label| {
            (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
        if local_fits && domain_fits { Ok(text) } else { Err(bad) }
    }
);

text_type!(
    /// A telephone number in the form of E.164: `+` and 7 to 15 digits. Spaces, dots, hyphens and
    /// parentheses are dropped; nine digits alone are taken for a Portuguese number.
    Phone, "+351912345678", |text| {
        let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')')).collect();
        let plain = if plain.len() == 9 && plain.bytes().all(|b| b.is_ascii_digit()) { format!("+351{plain}") } else { plain };
        let digits = plain.strip_prefix('+').unwrap_or("");
        let fits = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        if fits { Ok(plain) } else { Err(Invalid::new("a telephone number is + and 7 to 15 digits, such as +351912345678")) }
    }
);

text_type!(
    /// A postcode as written on a letter: 2 to 12 letters, digits, spaces and hyphens, upper case.
    /// The form of one country is checked with the address (`NNNN-NNN` in Portugal).
    Postcode, "1100-148", |text| {
        let text = text.trim().to_uppercase();
        let fits = (2..=12).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ' || b == b'-');
        if fits { Ok(text) } else { Err(Invalid::new("a postcode is 2 to 12 letters, digits, spaces and hyphens")) }
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_and_lowered() {
        assert_eq!(
            "Ana@Example.PT".parse::<Email>().unwrap().as_str(),
            "ana@example.pt"
        );
        for bad in [
            "",
            "a",
            "a@b",
            "a b@c.pt",
            "a@b..pt",
            "a\r\nBcc: x@y.pt",
            "a@-b.pt",
            "a@[127.0.0.1]",
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_portuguese_number_needs_no_prefix() {
        assert_eq!(
            "912 345 678".parse::<Phone>().unwrap().as_str(),
            "+351912345678"
        );
        assert!("12".parse::<Phone>().is_err());
    }
}
