//! The foundation's table of jobs, as `crates/db/migrations` makes it.

use diesel::table;

table! {
    job (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        kind -> Text,
        dedupe_key -> Text,
        payload -> Jsonb,
        state -> Text,
        run_at -> Timestamptz,
        locked_until -> Nullable<Timestamptz>,
        attempts -> Integer,
        last_error -> Nullable<Text>,
        created_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
    }
}

/// The states of a job.
pub(crate) const QUEUED: &str = "queued";
pub(crate) const DONE: &str = "done";
pub(crate) const PARKED: &str = "parked";
