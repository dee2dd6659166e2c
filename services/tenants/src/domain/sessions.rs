//! How long what we give to sign in with works.

use time::Duration;

/// How long a temporary password works.
pub const TEMPORARY_PASSWORD_LIFE: Duration = Duration::hours(24);
/// How long one may take to choose the first password.
pub const FIRST_PASSWORD_LIFE: Duration = Duration::minutes(15);
