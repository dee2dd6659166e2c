//! Who somebody is: passwords, sessions, and access tokens (RFC 7519, RFC 9068) with who issues them, who
//! believes them, and what they say.

mod account_word;
mod claims;
mod issuer;
mod keys;
mod opaque;
mod passwords;
mod refresh;
mod verifier;

pub use account_word::account_word;
pub use claims::{Claims, TokenAudience};
pub use issuer::{IssuedToken, Subject, TokenIssuer};
pub use opaque::{OpaqueToken, random_bytes};
pub use passwords::{Match, NewPassword, Passwords, Turn};
pub use refresh::{REFRESH_LIFE, Refresh, RefreshState, SESSION_LIFE};
pub use verifier::{TokenError, TokenVerifier};

/// The header's `typ`: an access token and nothing else (RFC 9068 §2.1).
const TOKEN_TYPE: &str = "at+jwt";
/// Longer tokens are refused before anything is computed.
const TOKEN_BYTES_MAX: usize = 4_096;
