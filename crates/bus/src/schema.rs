//! The foundation's tables that carry events, as `crates/db/migrations` makes them.

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    outbox (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        #[sql_name = "type"]
        event_type -> Text,
        aggregate_id -> Text,
        version -> BigInt,
        payload -> Binary,
        traceparent -> Nullable<Text>,
        occurred_at -> Timestamptz,
        published_at -> Nullable<Timestamptz>,
    }
}

table! {
    inbox (tenant_id, consumer, event_id) {
        tenant_id -> Uuid,
        consumer -> Text,
        event_id -> Uuid,
        at -> Timestamptz,
    }
}

table! {
    parked (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        event_id -> Uuid,
        #[sql_name = "type"]
        event_type -> Text,
        payload -> Binary,
        headers -> Jsonb,
        error -> Text,
        attempts -> Integer,
        parked_at -> Timestamptz,
    }
}

table! {
    tenant_view (tenant_id) {
        tenant_id -> Uuid,
        slug -> Text,
        name -> Text,
        status -> Text,
        hosts -> Array<Text>,
        country -> Text,
        locale -> Text,
        currency -> Text,
        plan -> Text,
        template_id -> Text,
        application_fee_bps -> Integer,
        entitlements -> Jsonb,
        version -> BigInt,
    }
}

table! {
    revoked_session (tenant_id, session_id) {
        tenant_id -> Uuid,
        session_id -> Uuid,
        expires_at -> Timestamptz,
    }
}

table! {
    staff_view (tenant_id, staff_id) {
        tenant_id -> Uuid,
        staff_id -> Uuid,
        role -> Text,
        perms_version -> Integer,
        active -> Bool,
        version -> BigInt,
    }
}

allow_tables_to_appear_in_same_query!(outbox, inbox);
