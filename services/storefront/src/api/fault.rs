//! What an API answers when it does not answer what was asked.

use serde::Deserialize;
use serde_json::{Map, Value};

/// A service's answer that is none.
#[derive(Debug)]
pub enum Fault {
    /// It refused, and says why.
    Refused(Box<Problem>),
    /// It did not answer, or said that it cannot.
    Unavailable,
}

/// A problem as RFC 9457 has it.
#[derive(Debug, Default, Deserialize)]
pub struct Problem {
    #[serde(default, rename = "type")]
    pub code: String,
    #[serde(default)]
    pub status: u16,
    #[serde(default)]
    pub detail: String,
    #[serde(default)]
    pub errors: Vec<FieldFault>,
    /// What the problem says beside that, such as how many are left.
    #[serde(flatten)]
    pub members: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
pub struct FieldFault {
    #[serde(default)]
    pub pointer: String,
    #[serde(default)]
    pub message: String,
}

impl Fault {
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused(problem) => Some(problem.status),
            Self::Unavailable => None,
        }
    }

    pub fn code(&self) -> &str {
        match self {
            Self::Refused(problem) => &problem.code,
            Self::Unavailable => "unavailable",
        }
    }

    /// Whether it may be otherwise when it is asked again a little later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unavailable => true,
            Self::Refused(problem) => {
                problem.code != "store-suspended" && matches!(problem.status, 429 | 502..=504)
            }
        }
    }
}
