//! diesel's picture of the migrations; a test compares the two.

diesel::table! {
    plan (key) {
        key -> Text,
        rank -> Int4,
        name -> Jsonb,
        description -> Jsonb,
        currency -> Bpchar,
        monthly_price_minor -> Int8,
        yearly_price_minor -> Int8,
        order_overage_minor -> Int8,
        application_fee_bps -> Int4,
        trial_days -> Int4,
        features -> Array<Text>,
        limits -> Jsonb,
        seed_version -> Int4,
    }
}

diesel::table! {
    addon (key) {
        key -> Text,
        name -> Jsonb,
        description -> Jsonb,
        entitlement_key -> Text,
        entitlement_value -> Int8,
    }
}

diesel::table! {
    plan_addon (plan_key, addon_key) {
        plan_key -> Text,
        addon_key -> Text,
        availability -> Text,
    }
}

diesel::table! {
    entitlement (key) {
        key -> Text,
        kind -> Text,
    }
}

diesel::table! {
    template (key) {
        key -> Text,
        name -> Jsonb,
        definition -> Jsonb,
    }
}

diesel::table! {
    tenant (tenant_id) {
        tenant_id -> Uuid,
        slug -> Text,
        name -> Text,
        status -> Text,
        suspended_reason -> Nullable<Text>,
        plan -> Text,
        country -> Text,
        locale -> Text,
        currency -> Bpchar,
        time_zone -> Text,
        tax_number -> Nullable<Text>,
        contact_email -> Text,
        trial_ends_at -> Nullable<Timestamptz>,
        version -> Int8,
        created_at -> Timestamptz,
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    host (name) {
        name -> Text,
        owner -> Uuid,
        kind -> Text,
        created_at -> Timestamptz,
        listed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    domain (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        host -> Text,
        token -> Text,
        state -> Text,
        is_primary -> Bool,
        problem -> Nullable<Text>,
        seen -> Nullable<Jsonb>,
        failures -> Int4,
        checked_at -> Nullable<Timestamptz>,
        next_check_at -> Nullable<Timestamptz>,
        verified_at -> Nullable<Timestamptz>,
        certified_at -> Nullable<Timestamptz>,
        version -> Int8,
        created_at -> Timestamptz,
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    tenant_addon (tenant_id, addon_key) {
        tenant_id -> Uuid,
        addon_key -> Text,
        quantity -> Int4,
        since -> Timestamptz,
    }
}

diesel::table! {
    entitlement_override (tenant_id, key) {
        tenant_id -> Uuid,
        key -> Text,
        value -> Int8,
        reason -> Text,
        since -> Timestamptz,
    }
}

diesel::table! {
    store_config (tenant_id) {
        tenant_id -> Uuid,
        template_id -> Text,
        theme -> Jsonb,
        contact_phone -> Nullable<Text>,
        version -> Int8,
        changed_at -> Timestamptz,
        sections -> Nullable<Jsonb>,
        tokens -> Jsonb,
        published -> Nullable<Int4>,
        minimum_age -> Nullable<Int2>,
        legal_name -> Nullable<Text>,
        address -> Nullable<Jsonb>,
        complaints_book_url -> Nullable<Text>,
        dispute_body -> Nullable<Jsonb>,
    }
}

diesel::table! {
    theme_draft (tenant_id) {
        tenant_id -> Uuid,
        template_id -> Text,
        sections -> Nullable<Jsonb>,
        tokens -> Jsonb,
        version -> Int8,
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    theme_version (tenant_id, number) {
        tenant_id -> Uuid,
        number -> Int4,
        template_id -> Text,
        sections -> Nullable<Jsonb>,
        tokens -> Jsonb,
        published_at -> Timestamptz,
        published_by -> Text,
    }
}

diesel::table! {
    staff (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        email -> Text,
        name -> Text,
        role -> Text,
        locale -> Text,
        status -> Text,
        password_hash -> Text,
        password_expires_at -> Nullable<Timestamptz>,
        perms_version -> Int8,
        version -> Int8,
        created_at -> Timestamptz,
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    session (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        staff_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    refresh_token (tenant_id, hash) {
        tenant_id -> Uuid,
        hash -> Binary,
        session_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    one_time_token (tenant_id, hash) {
        tenant_id -> Uuid,
        hash -> Binary,
        staff_id -> Uuid,
        purpose -> Text,
        password_hash -> Text,
        expires_at -> Timestamptz,
    }
}

diesel::allow_tables_to_appear_in_same_query!(plan_addon, addon);
diesel::allow_tables_to_appear_in_same_query!(tenant_addon, addon);
diesel::allow_tables_to_appear_in_same_query!(tenant, store_config);
diesel::allow_tables_to_appear_in_same_query!(host, tenant);
