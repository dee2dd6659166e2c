//! The tables as diesel sees them; a test holds them against the database.

diesel::table! {
    store_profile (tenant_id) {
        tenant_id -> Uuid,
        contact_email -> Text,
        contact_phone -> Text,
        tax_id -> Text,
        logo_url -> Text,
        time_zone -> Text,
        version -> BigInt,
    }
}

diesel::table! {
    mail_setting (tenant_id) {
        tenant_id -> Uuid,
        accent -> Text,
        reply_to -> Nullable<Text>,
        sender_email -> Nullable<Text>,
        sender_name -> Nullable<Text>,
        sender_since -> Nullable<Timestamptz>,
        sender_problem -> Nullable<Text>,
        new_order_roles -> Array<Text>,
        low_stock_roles -> Array<Text>,
        address_key -> Binary,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    staff_contact (tenant_id, staff_id) {
        tenant_id -> Uuid,
        staff_id -> Uuid,
        role -> Text,
        active -> Bool,
        contact -> Binary,
        version -> BigInt,
    }
}

diesel::table! {
    order_seen (tenant_id, order_id) {
        tenant_id -> Uuid,
        order_id -> Uuid,
        version -> BigInt,
        content -> Nullable<Binary>,
        document -> Nullable<Binary>,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    erased_order (tenant_id, order_id) {
        tenant_id -> Uuid,
        order_id -> Uuid,
        erased_at -> Timestamptz,
    }
}

diesel::table! {
    message_to_forget (tenant_id, message_id) {
        tenant_id -> Uuid,
        message_id -> Uuid,
    }
}

diesel::table! {
    variant_seen (tenant_id, variant_id) {
        tenant_id -> Uuid,
        variant_id -> Uuid,
        title -> Text,
        sku -> Text,
        version -> BigInt,
        is_low -> Bool,
        stock_version -> BigInt,
    }
}

diesel::table! {
    message (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        kind -> Text,
        about -> Text,
        recipient -> Binary,
        order_id -> Nullable<Uuid>,
        locale -> Text,
        priority -> SmallInt,
        state -> Text,
        due_at -> Timestamptz,
        attempts -> Integer,
        resends -> Integer,
        was_ambiguous -> Bool,
        transport -> Nullable<Text>,
        provider_id -> Nullable<Text>,
        problem -> Nullable<Text>,
        address -> Nullable<Binary>,
        content -> Nullable<Binary>,
        rendered -> Nullable<Binary>,
        resend_of -> Nullable<Uuid>,
        created_at -> Timestamptz,
        sent_at -> Nullable<Timestamptz>,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    mail_usage (tenant_id, month) {
        tenant_id -> Uuid,
        month -> Date,
        mails -> BigInt,
        warned_percent -> SmallInt,
    }
}

diesel::table! {
    mail_usage_slot (tenant_id, month, slot) {
        tenant_id -> Uuid,
        month -> Date,
        slot -> SmallInt,
        mails -> BigInt,
    }
}

diesel::table! {
    suppression (tenant_id, recipient, scope) {
        tenant_id -> Uuid,
        recipient -> Binary,
        scope -> Text,
        id -> Uuid,
        reason -> Text,
        address -> Binary,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    provider_event (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Text,
        payload -> Binary,
        state -> Text,
        note -> Nullable<Text>,
        attempts -> Integer,
        retry_at -> Timestamptz,
        received_at -> Timestamptz,
    }
}

diesel::table! {
    message_event (tenant_id, message_id, event) {
        tenant_id -> Uuid,
        message_id -> Uuid,
        event -> Text,
        detail -> Text,
        at -> Timestamptz,
    }
}

diesel::table! {
    template_override (tenant_id, kind, locale) {
        tenant_id -> Uuid,
        kind -> Text,
        locale -> Text,
        texts -> Jsonb,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    transport_pause (tenant_id, transport) {
        tenant_id -> Uuid,
        transport -> Text,
        reason -> Text,
        since -> Timestamptz,
        until -> Timestamptz,
    }
}

diesel::table! {
    endpoint (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        url -> Text,
        description -> Text,
        types -> Array<Text>,
        secret -> Binary,
        former_secret -> Nullable<Binary>,
        former_until -> Nullable<Timestamptz>,
        enabled -> Bool,
        disabled_reason -> Nullable<Text>,
        failing_since -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    delivery (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        endpoint_id -> Uuid,
        event_id -> Text,
        #[sql_name = "type"]
        kind -> Text,
        payload -> Binary,
        state -> Text,
        attempts -> Integer,
        due_at -> Timestamptz,
        last_status -> Nullable<Integer>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    delivery_attempt (tenant_id, delivery_id, number) {
        tenant_id -> Uuid,
        delivery_id -> Uuid,
        number -> Integer,
        at -> Timestamptz,
        status -> Nullable<Integer>,
        problem -> Nullable<Text>,
        answer -> Text,
        duration_ms -> Integer,
    }
}
