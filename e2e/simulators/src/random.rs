//! Texts that nobody guesses.

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Letters and digits.
pub(crate) fn token(length: usize) -> String {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    let letter = |byte: &u8| LETTERS.get(usize::from(*byte) % LETTERS.len());
    bytes
        .iter()
        .filter_map(letter)
        .copied()
        .map(char::from)
        .collect()
}

/// Lower-case hexadecimal digits.
pub(crate) fn digits(length: usize) -> String {
    let mut bytes = vec![0; length.div_ceil(2)];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    hex::encode(bytes).chars().take(length).collect()
}
