//! What can go wrong between a service and its database, as far as a caller may act on it.

use diesel::result::{DatabaseErrorKind, Error as QueryError};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection within the pool's patience, or the server cannot be reached. Nothing was done.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// The connection was lost while COMMIT was on its way: the work may have been done or not.
    /// Only what can be repeated safely may be repeated.
    #[error("the outcome of the commit is unknown: {0}")]
    CommitUnknown(#[source] QueryError),
    #[error(transparent)]
    Query(QueryError),
    /// The schema is older than this program, or could not be brought up to date.
    #[error("{0}")]
    Schema(String),
}

impl From<QueryError> for Error {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(refusal) => {
                Self::Schema(format!("{}: {}", refusal.code().code(), refusal.message()))
            }
            None => Self::Unavailable(error.to_string()),
        }
    }
}

impl Error {
    /// Whether a row with the same key exists; `constraint` is the constraint's name.
    pub fn is_unique_violation(&self, constraint: &str) -> bool {
        self.violates(constraint, |kind| {
            matches!(kind, DatabaseErrorKind::UniqueViolation)
        })
    }

    /// Whether a CHECK said no; `constraint` is its name.
    pub fn is_check_violation(&self, constraint: &str) -> bool {
        self.violates(constraint, |kind| {
            matches!(kind, DatabaseErrorKind::CheckViolation)
        })
    }

    /// Whether the row that was referred to does not exist; `constraint` is the key's name.
    pub fn is_foreign_key_violation(&self, constraint: &str) -> bool {
        self.violates(constraint, |kind| {
            matches!(kind, DatabaseErrorKind::ForeignKeyViolation)
        })
    }

    /// Whether another transaction held the row for longer than `lock_timeout`.
    pub fn is_lock_timeout(&self) -> bool {
        // PostgreSQL's code (55P03) does not survive diesel: the English text does, and the role
        // of a service keeps the server's default language.
        self.message().is_some_and(|text| {
            text.contains("lock timeout") || text.starts_with("could not obtain lock")
        })
    }

    /// Whether the same work, started again, would probably succeed.
    pub fn is_retryable(&self) -> bool {
        let serialization = matches!(
            self,
            Self::Query(QueryError::DatabaseError(
                DatabaseErrorKind::SerializationFailure,
                _
            ))
        );
        serialization || self.message() == Some("deadlock detected")
    }

    /// Whether the database is away: answer 503 and let the client come again.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::CommitUnknown(_) => true,
            Self::Query(error) => is_lost_connection(error),
            Self::Schema(_) => false,
        }
    }

    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Query(QueryError::NotFound))
    }

    fn violates(&self, constraint: &str, kind_fits: fn(&DatabaseErrorKind) -> bool) -> bool {
        match self {
            Self::Query(QueryError::DatabaseError(kind, info)) => {
                kind_fits(kind) && info.constraint_name() == Some(constraint)
            }
            _ => false,
        }
    }

    fn message(&self) -> Option<&str> {
        match self {
            Self::Query(QueryError::DatabaseError(_, info)) => Some(info.message()),
            _ => None,
        }
    }
}

/// Whether the connection is gone, so that nobody knows what the server still did.
pub(crate) fn is_lost_connection(error: &QueryError) -> bool {
    match error {
        QueryError::DatabaseError(kind, info) => {
            matches!(
                kind,
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand
            ) || info.message().starts_with("terminating connection")
        }
        _ => false,
    }
}
