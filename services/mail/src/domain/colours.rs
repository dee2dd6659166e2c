//! A colour that text can stand on.

/// Black or white: whichever is easier to read on `background` (`#rrggbb`).
/// Source: WCAG 2.2, relative luminance and contrast ratio.
pub fn readable_on(background: &str) -> &'static str {
    let luminance = luminance(background);
    let on_white = 1.05 / (luminance + 0.05);
    let on_black = (luminance + 0.05) / 0.05;
    if on_white >= on_black {
        "#ffffff"
    } else {
        "#111111"
    }
}

/// Whether a text is a colour as mails take it.
pub fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6
        && digits
            .bytes()
            .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn luminance(colour: &str) -> f64 {
    let part = |range: std::ops::Range<usize>| {
        let hex = colour.get(range).unwrap_or("00");
        let value = f64::from(u8::from_str_radix(hex, 16).unwrap_or(0)) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * part(1..3) + 0.7152 * part(3..5) + 0.0722 * part(5..7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_readable_on_every_background() {
        for (background, text) in [
            ("#1f2937", "#ffffff"),
            ("#ffffff", "#111111"),
            ("#facc15", "#111111"),
            ("#b91c1c", "#ffffff"),
        ] {
            assert_eq!(readable_on(background), text, "{background}");
        }
    }

    #[test]
    fn a_colour_is_six_digits() {
        assert!(is_colour("#0a1b2c"));
        for bad in ["0a1b2c", "#0A1B2C", "#fff", "#1f2937;background:url(x)", ""] {
            assert!(!is_colour(bad), "{bad}");
        }
    }
}
