//! The tables as diesel sees them; a test holds them against the database.

diesel::table! {
    connection (tenant_id) {
        tenant_id -> Uuid,
        provider -> Text,
        state -> Text,
        tokens -> Bytea,
        access_until -> Timestamptz,
        refreshed_at -> Timestamptz,
        refresher -> Nullable<Uuid>,
        refresher_until -> Nullable<Timestamptz>,
        connected_at -> Timestamptz,
        version -> Int8,
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
        company_id -> Int8,
        company_name -> Text,
        document_set_id -> Int8,
        document_set_name -> Text,
        credit_set_id -> Int8,
        credit_set_name -> Text,
        kind -> Text,
        closes -> Bool,
        exemption_code -> Nullable<Text>,
        payment_methods -> Jsonb,
        payment_method -> Nullable<Int8>,
        shipping_reference -> Text,
        updated_at -> Timestamptz,
        version -> Int8,
    }
}

diesel::table! {
    paid_order (tenant_id, order_id) {
        tenant_id -> Uuid,
        order_id -> Uuid,
        number -> Text,
        customer_id -> Nullable<Uuid>,
        access_hash -> Bytea,
        locale -> Text,
        currency -> Bpchar,
        total_minor -> Int8,
        is_paid -> Bool,
        is_cancelled -> Bool,
        order_version -> Int8,
        payload -> Bytea,
        heard_at -> Timestamptz,
    }
}

diesel::table! {
    refund (tenant_id, refund_id) {
        tenant_id -> Uuid,
        refund_id -> Uuid,
        order_id -> Uuid,
        amount_minor -> Int8,
        payload -> Bytea,
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
        company_id -> Nullable<Int8>,
        family -> Nullable<Text>,
        provider_id -> Nullable<Int8>,
        total_minor -> Int8,
        currency -> Bpchar,
        issued_minor -> Nullable<Int8>,
        provider_minor -> Nullable<Int8>,
        number -> Nullable<Text>,
        atcud -> Nullable<Text>,
        pdf_key -> Nullable<Text>,
        pdf_tries -> Int4,
        attempts -> Int4,
        next_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        issued_at -> Nullable<Timestamptz>,
        changed_at -> Timestamptz,
        version -> Int8,
    }
}

diesel::table! {
    book_check (tenant_id, day) {
        tenant_id -> Uuid,
        day -> Date,
        orders -> Int8,
        issued -> Int8,
        waiting -> Int8,
        failed -> Int8,
        missing -> Int8,
        differing -> Int8,
        orders_minor -> Int8,
        issued_minor -> Int8,
        refunds_minor -> Int8,
        credited_minor -> Int8,
        checked_at -> Timestamptz,
    }
}

diesel::table! {
    series_lease (company_id, document_set_id) {
        company_id -> Int8,
        document_set_id -> Int8,
        holder -> Uuid,
        until -> Timestamptz,
    }
}

diesel::allow_tables_to_appear_in_same_query!(document, paid_order, refund);
