//! What can go wrong between a service and its database.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failed query, or a database that could not be reached.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection within the limit, or the connection broke: the caller may try again later.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The connection broke while committing: the work may or may not have been kept.
    #[error("the outcome of a commit is unknown: {0}")]
    CommitUnknown(#[source] DieselError),
    /// The schema lacks migrations that this program needs.
    #[error(
        "schema {schema} is at migration {found}, this program needs {needed}: run `stores migrate`"
    )]
    SchemaTooOld {
        schema: &'static str,
        found: String,
        needed: String,
    },
    #[error(transparent)]
    Query(DieselError),
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, info) => {
                Self::Unavailable(info.message().to_owned())
            }
            DieselError::DatabaseError(_, info) if is_shutdown(info.message()) => {
                Self::Unavailable(info.message().to_owned())
            }
            _ => Self::Query(error),
        }
    }
}

impl Error {
    /// Whether a unique index (or primary key) of that name refused the row.
    pub fn is_unique_violation(&self, constraint: &str) -> bool {
        matches!(
            self,
            Self::Query(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info))
                if info.constraint_name() == Some(constraint)
        )
    }

    /// Whether a lock was not to be had in time.
    pub fn is_lock_timeout(&self) -> bool {
        self.has_message("lock timeout")
    }

    /// Whether running the same work again may succeed: a deadlock or a serialization failure.
    pub fn is_retryable(&self) -> bool {
        let serialization = matches!(
            self,
            Self::Query(DieselError::DatabaseError(
                DatabaseErrorKind::SerializationFailure,
                _
            ))
        );
        serialization || self.has_message("deadlock detected")
    }

    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::CommitUnknown(_))
    }

    fn has_message(&self, part: &str) -> bool {
        matches!(self, Self::Query(DieselError::DatabaseError(_, info)) if info.message().contains(part))
    }
}

/// Diesel keeps no SQLSTATE; these are the server's words of class 57P (operator intervention).
fn is_shutdown(message: &str) -> bool {
    [
        "terminating connection",
        "the database system is",
        "too many clients",
        "connection closed",
    ]
    .iter()
    .any(|words| message.contains(words))
}
