//! The tables as diesel sees them; a test holds them against the database.

diesel::table! {
    product_heard (tenant_id, product_id) {
        tenant_id -> Uuid,
        product_id -> Uuid,
        version -> BigInt,
    }
}

diesel::table! {
    sellable_variant (tenant_id, variant_id) {
        tenant_id -> Uuid,
        variant_id -> Uuid,
        product_id -> Uuid,
        sku -> Text,
        barcode -> Text,
        title -> Text,
        variant_title -> Text,
        image_url -> Text,
        price_minor -> BigInt,
        currency -> Text,
        tax_class -> Text,
        exemption_code -> Text,
        weight_grams -> Integer,
        requires_shipping -> Bool,
        for_sale -> Bool,
        product_version -> BigInt,
        quantity_min -> Integer,
        quantity_max -> Integer,
        quantity_step -> Integer,
        product_slug -> Text,
    }
}

diesel::table! {
    payment_account (tenant_id) {
        tenant_id -> Uuid,
        charges_enabled -> Bool,
        payment_methods -> Array<Text>,
        version -> BigInt,
        live_mode -> Bool,
    }
}

diesel::table! {
    stock (tenant_id, variant_id) {
        tenant_id -> Uuid,
        variant_id -> Uuid,
        on_hand -> BigInt,
        reserved -> BigInt,
        version -> BigInt,
        tracked -> Bool,
        product_id -> Nullable<Uuid>,
        low_stock_threshold -> BigInt,
    }
}

diesel::table! {
    stock_movement (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        variant_id -> Uuid,
        kind -> Text,
        on_hand -> BigInt,
        reserved -> BigInt,
        order_id -> Nullable<Uuid>,
        reason -> Text,
        actor -> Text,
        at -> Timestamptz,
    }
}

diesel::table! {
    vat_rate (region, tax_class, valid_from) {
        region -> Text,
        tax_class -> Text,
        valid_from -> Date,
        rate_bps -> Integer,
    }
}

diesel::table! {
    shipping_rate (tenant_id, region) {
        tenant_id -> Uuid,
        region -> Text,
        price_minor -> BigInt,
        free_from_minor -> Nullable<BigInt>,
        currency -> Text,
        version -> BigInt,
        served -> Bool,
    }
}

diesel::table! {
    cart (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        token_hash -> Bytea,
        customer_id -> Nullable<Uuid>,
        currency -> Text,
        postcode -> Text,
        lines -> Jsonb,
        ordered -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
        variants -> Array<Uuid>,
    }
}

diesel::table! {
    order_counter (tenant_id) {
        tenant_id -> Uuid,
        next -> BigInt,
        first -> BigInt,
        prefix -> Text,
        version -> BigInt,
    }
}

diesel::table! {
    #[sql_name = "order"]
    orders (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        number -> Text,
        token_hash -> Bytea,
        cart_id -> Uuid,
        customer_id -> Nullable<Uuid>,
        status -> Text,
        fulfilment -> Text,
        email -> Text,
        total_minor -> BigInt,
        paid_minor -> BigInt,
        refunding_minor -> BigInt,
        refunded_minor -> BigInt,
        currency -> Text,
        holds_stock -> Bool,
        reserved_until -> Nullable<Timestamptz>,
        payment_id -> Nullable<Uuid>,
        details -> Jsonb,
        placed_at -> Timestamptz,
        paid_at -> Nullable<Timestamptz>,
        cancelled_at -> Nullable<Timestamptz>,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    order_line (tenant_id, order_id, variant_id) {
        tenant_id -> Uuid,
        order_id -> Uuid,
        variant_id -> Uuid,
        quantity -> BigInt,
        takes_stock -> Bool,
    }
}

diesel::table! {
    refund (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        order_id -> Uuid,
        amount_minor -> BigInt,
        status -> Text,
        reason -> Text,
        created_at -> Timestamptz,
        version -> BigInt,
        external -> Bool,
        note -> Text,
    }
}

diesel::table! {
    timeline_entry (tenant_id, order_id, id) {
        tenant_id -> Uuid,
        order_id -> Uuid,
        id -> Uuid,
        at -> Timestamptz,
        kind -> Text,
        actor -> Text,
        detail -> Jsonb,
    }
}

diesel::table! {
    customer (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        email -> Text,
        email_key -> Text,
        username -> Text,
        first_name -> Text,
        last_name -> Text,
        guest -> Bool,
        groups -> Array<Text>,
        marketing_consent -> Bool,
        billing -> Nullable<Jsonb>,
        shipping -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        old_password -> Nullable<Text>,
    }
}

diesel::table! {
    past_order (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        number -> Text,
        status -> Text,
        source_status -> Text,
        currency -> Text,
        total_minor -> BigInt,
        refunded_minor -> BigInt,
        customer_id -> Nullable<Uuid>,
        email -> Text,
        placed_at -> Timestamptz,
        document -> Jsonb,
    }
}

diesel::table! {
    coupon (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        code -> Text,
        kind -> Text,
        active -> Bool,
        expires_at -> Nullable<Timestamptz>,
        document -> Jsonb,
    }
}

diesel::table! {
    imported_setting (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        kind -> Text,
        name -> Text,
        applied -> Bool,
        note -> Text,
        document -> Jsonb,
    }
}

diesel::table! {
    account (tenant_id, customer_id) {
        tenant_id -> Uuid,
        customer_id -> Uuid,
        password_hash -> Text,
        nif -> Nullable<Text>,
        locale -> Text,
        consent_at -> Nullable<Timestamptz>,
        verified_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    account_challenge (tenant_id, hash) {
        tenant_id -> Uuid,
        hash -> Bytea,
        purpose -> Text,
        email_key -> Text,
        locale -> Text,
        registration -> Nullable<Jsonb>,
        customer_id -> Nullable<Uuid>,
        replaces -> Nullable<Bytea>,
        told_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    customer_session (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        customer_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    customer_refresh_token (tenant_id, hash) {
        tenant_id -> Uuid,
        hash -> Bytea,
        session_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    customer_address (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        customer_id -> Uuid,
        is_default -> Bool,
        address -> Jsonb,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    erased_address (tenant_id, mark) {
        tenant_id -> Uuid,
        mark -> Text,
        erased_at -> Timestamptz,
    }
}

diesel::table! {
    order_to_forget (tenant_id, order_id) {
        tenant_id -> Uuid,
        order_id -> Uuid,
        erased_at -> Timestamptz,
    }
}

diesel::table! {
    withdrawal (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        order_id -> Uuid,
        name -> Text,
        email -> Text,
        lines -> Jsonb,
        in_words -> Bool,
        statement -> Text,
        received_at -> Timestamptz,
        status -> Text,
        note -> Text,
        closed_at -> Nullable<Timestamptz>,
        closed_by -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(cart, sellable_variant, stock);
diesel::allow_tables_to_appear_in_same_query!(account, customer);
diesel::allow_tables_to_appear_in_same_query!(orders, withdrawal);
diesel::allow_tables_to_appear_in_same_query!(customer_refresh_token, customer_session);
