//! How Moloni says no, sorted by what it means for us.

/// What went wrong with a call. The text never holds a token, a key or a buyer's data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoloniError {
    /// Nothing was sent, or Moloni said that it did nothing: later it may work.
    #[error("Moloni is not available: {0}")]
    Unavailable(String),
    /// It may have been done or not.
    #[error("the outcome at Moloni is unknown: {0}")]
    Unclear(String),
    /// The access token is not good any more.
    #[error("Moloni does not accept the access token")]
    TokenRefused,
    /// The refresh token or the code is not good any more.
    #[error("Moloni does not grant access: {0}")]
    GrantRefused(String),
    /// Our own client id or secret is wrong.
    #[error("Moloni does not accept the platform's key: {0}")]
    KeyRefused(String),
    /// The user may not see the company.
    #[error("Moloni does not let the user into the company")]
    Forbidden,
    /// The fields are refused, by Moloni's codes such as `5 document_set_id`; permanent.
    #[error("Moloni refuses: {}", .0.join("; "))]
    Refused(Vec<String>),
}

impl MoloniError {
    /// Whether one of the refusal's codes begins like this.
    pub fn has_code(&self, code: &str) -> bool {
        self.codes().iter().any(|one| {
            let rest = one.strip_prefix(code);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        })
    }

    pub fn codes(&self) -> &[String] {
        match self {
            Self::Refused(codes) => codes,
            _ => &[],
        }
    }
}
