//! Tax numbers.

use crate::{Invalid, text_type};

text_type!(
    /// A Portuguese tax number (NIF): nine digits, a known first digit and a right check digit
    /// (modulo 11; Decreto-Lei n.º 14/2013). `PT` in front and spaces are dropped.
    TaxId, "123456789", |text| {
        let text: String = text.trim().trim_start_matches("PT").chars().filter(|c| *c != ' ').collect();
        if is_nif(&text) { Ok(text) } else { Err(Invalid::new("a NIF is nine digits with a right check digit, such as 123456789")) }
    }
);

impl TaxId {
    /// What documents carry when the buyer gave no number: the final consumer.
    pub const FINAL_CONSUMER: &'static str = "999999990";
}

fn is_nif(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    if digits.len() != 9 || text.len() != 9 {
        return false;
    }
    let prefix_fits = matches!(digits.first(), Some(1 | 2 | 3 | 5 | 6 | 8 | 9))
        || text.starts_with("45")
        || (70..=79).contains(
            &text
                .get(..2)
                .and_then(|p| p.parse::<u32>().ok())
                .unwrap_or(0),
        );
    let sum: u32 = digits
        .iter()
        .take(8)
        .zip((2..=9).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    let check = match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    prefix_fits && digits.last() == Some(&check)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_counts() {
        for good in ["123456789", "999999990", "501442600", "PT 501442600"] {
            assert!(good.parse::<TaxId>().is_ok(), "{good}");
        }
        for bad in [
            "123456780",
            "12345678",
            "1234567890",
            "000000000",
            "12345678a",
            "",
        ] {
            assert!(bad.parse::<TaxId>().is_err(), "{bad}");
        }
    }
}
