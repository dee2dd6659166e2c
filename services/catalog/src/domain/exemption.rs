//! Why nothing is charged: the codes that an invoice without VAT may name.

/// The tax authority's table of reasons for not taking VAT, without those that were withdrawn.
/// Source: Autoridade Tributária, "Tabela dos códigos de motivo de isenção ou não liquidação de IVA".
pub const CODES: [&str; 31] = [
    "M01", "M02", "M04", "M05", "M06", "M07", "M09", "M10", "M11", "M12", "M13", "M14", "M15",
    "M16", "M19", "M20", "M21", "M25", "M30", "M31", "M32", "M33", "M34", "M40", "M41", "M42",
    "M43", "M44", "M45", "M46", "M99",
];

/// A code of the table, or one of a provider's subdivisions of it such as M10-1.
pub fn is_known(code: &str) -> bool {
    let (code, part) = code
        .split_once('-')
        .map_or((code, None), |(code, part)| (code, Some(part)));
    let is_part = |part: &str| part.len() == 1 && part.bytes().all(|byte| byte.is_ascii_digit());
    CODES.contains(&code) && part.is_none_or(is_part)
}

#[cfg(test)]
mod tests {
    use super::is_known;

    #[test]
    fn only_the_laws_reasons_are_reasons() {
        for good in ["M01", "M07", "M10-1", "M99"] {
            assert!(is_known(good), "{good}");
        }
        // M03 and M08 were withdrawn.
        for bad in [
            "", "M", "M98", "M00", "m07", "M7", "M03", "M08", "M10-", "M10-x", "M10-1-1", "M98-1",
        ] {
            assert!(!is_known(bad), "{bad}");
        }
    }
}
