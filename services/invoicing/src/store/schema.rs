//! The tables as diesel sees them; a test holds them against the database.

diesel::table! {
    connection (tenant_id) {
        tenant_id -> Uuid,
        provider -> Text,
        state -> Text,
        tokens -> Binary,
        access_until -> Timestamptz,
        refreshed_at -> Timestamptz,
        refresher -> Nullable<Uuid>,
        refresher_until -> Nullable<Timestamptz>,
        connected_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    connection_attempt (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        staff_id -> Uuid,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    settings (tenant_id) {
        tenant_id -> Uuid,
        company_id -> BigInt,
        company_name -> Text,
        document_set_id -> BigInt,
        document_set_name -> Text,
        credit_set_id -> BigInt,
        credit_set_name -> Text,
        kind -> Text,
        closes -> Bool,
        exemption_code -> Nullable<Text>,
        payment_methods -> Jsonb,
        payment_method -> Nullable<BigInt>,
        shipping_reference -> Text,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    paid_order (tenant_id, order_id) {
        tenant_id -> Uuid,
        order_id -> Uuid,
        number -> Text,
        customer_id -> Nullable<Uuid>,
        access_hash -> Binary,
        locale -> Text,
        currency -> Text,
        total_minor -> BigInt,
        is_paid -> Bool,
        is_cancelled -> Bool,
        order_version -> BigInt,
        payload -> Binary,
        heard_at -> Timestamptz,
    }
}

diesel::table! {
    refund (tenant_id, refund_id) {
        tenant_id -> Uuid,
        refund_id -> Uuid,
        order_id -> Uuid,
        amount_minor -> BigInt,
        payload -> Binary,
        heard_at -> Timestamptz,
    }
}

diesel::table! {
    document (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        role -> Text,
        subject -> Uuid,
        order_id -> Uuid,
        order_number -> Text,
        corrects -> Nullable<Uuid>,
        kind -> Text,
        provider -> Text,
        state -> Text,
        needs -> Nullable<Text>,
        problem -> Nullable<Text>,
        problem_detail -> Nullable<Text>,
        our_reference -> Text,
        company_id -> Nullable<BigInt>,
        family -> Nullable<Text>,
        provider_id -> Nullable<BigInt>,
        total_minor -> BigInt,
        currency -> Text,
        issued_minor -> Nullable<BigInt>,
        number -> Nullable<Text>,
        atcud -> Nullable<Text>,
        pdf_key -> Nullable<Text>,
        pdf_tries -> Integer,
        attempts -> Integer,
        next_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        issued_at -> Nullable<Timestamptz>,
        changed_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    book_check (tenant_id, day) {
        tenant_id -> Uuid,
        day -> Date,
        orders -> BigInt,
        issued -> BigInt,
        waiting -> BigInt,
        failed -> BigInt,
        missing -> BigInt,
        differing -> BigInt,
        orders_minor -> BigInt,
        issued_minor -> BigInt,
        refunds_minor -> BigInt,
        credited_minor -> BigInt,
        checked_at -> Timestamptz,
    }
}

diesel::table! {
    series_lease (company_id, document_set_id) {
        company_id -> BigInt,
        document_set_id -> BigInt,
        holder -> Uuid,
        until -> Timestamptz,
    }
}

diesel::allow_tables_to_appear_in_same_query!(document, paid_order, refund);
