//! The tables as diesel sees them; a test holds them against the database.

use diesel::table;

table! {
    import (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        state -> Text,
        shop -> Text,
        source -> Text,
        sealed_keys -> Nullable<Bytea>,
        dry_run -> Bool,
        resources -> Array<Text>,
        since -> Nullable<Timestamptz>,
        facts -> Nullable<Jsonb>,
        cursor -> Jsonb,
        step -> Text,
        page_size -> Int4,
        failures -> Int4,
        last_error -> Text,
        batches -> Int8,
        slice -> Int8,
        requested_by -> Text,
        created_at -> Timestamptz,
        started_at -> Nullable<Timestamptz>,
        finished_at -> Nullable<Timestamptz>,
    }
}

table! {
    import_count (tenant_id, import_id, resource) {
        tenant_id -> Uuid,
        import_id -> Uuid,
        resource -> Text,
        total -> Int8,
        read -> Int8,
        unchanged -> Int8,
        sent -> Int8,
        applied -> Int8,
        failed -> Int8,
    }
}

table! {
    import_batch (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        import_id -> Uuid,
        receiver -> Text,
        resource -> Text,
        records -> Int4,
        open -> Int4,
        sent_at -> Timestamptz,
    }
}

table! {
    import_issue (tenant_id, import_id, resource, source_id, message) {
        tenant_id -> Uuid,
        import_id -> Uuid,
        resource -> Text,
        source_id -> Text,
        kind -> Text,
        message -> Text,
        at -> Timestamptz,
    }
}

table! {
    source_record (tenant_id, source, resource, source_id) {
        tenant_id -> Uuid,
        source -> Text,
        resource -> Text,
        source_id -> Text,
        target_id -> Uuid,
        hash -> Nullable<Bytea>,
        sent_hash -> Nullable<Bytea>,
        batch_id -> Nullable<Uuid>,
        failed -> Bool,
        parent -> Text,
        seen_in -> Nullable<Uuid>,
        seen_pass -> Int2,
        gone -> Bool,
        label -> Text,
        month -> Text,
        currency -> Text,
        units -> Nullable<Int8>,
        total_minor -> Nullable<Int8>,
        refunded_minor -> Nullable<Int8>,
        arrived_units -> Nullable<Int8>,
        arrived_total -> Nullable<Int8>,
        arrived_refunded -> Nullable<Int8>,
    }
}
