//! The tables as diesel sees them; a test holds them against the database.

diesel::table! {
    account (tenant_id) {
        tenant_id -> Uuid,
        stripe_account -> Nullable<Text>,
        country -> Text,
        charges_enabled -> Bool,
        payouts_enabled -> Bool,
        details_submitted -> Bool,
        deauthorized -> Bool,
        capabilities -> Jsonb,
        requirements -> Jsonb,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
        asked_at -> Nullable<Timestamptz>,
        events_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    former_account (tenant_id, stripe_account) {
        tenant_id -> Uuid,
        stripe_account -> Text,
        replaced_at -> Timestamptz,
    }
}

diesel::table! {
    order_due (tenant_id, order_id) {
        tenant_id -> Uuid,
        order_id -> Uuid,
        amount_minor -> BigInt,
        currency -> Text,
        state -> Text,
        version -> BigInt,
    }
}

diesel::table! {
    payment (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        order_id -> Uuid,
        order_number -> Text,
        attempt -> Integer,
        stripe_account -> Text,
        intent_id -> Nullable<Text>,
        status -> Text,
        amount_minor -> BigInt,
        fee_minor -> BigInt,
        refunded_minor -> BigInt,
        currency -> Text,
        method -> Nullable<Text>,
        declines -> Integer,
        last_decline -> Nullable<Text>,
        voucher -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
        charge_id -> Nullable<Text>,
        card_brand -> Nullable<Text>,
        card_last4 -> Nullable<Text>,
        decline_id -> Nullable<Text>,
        declined_at -> Nullable<Timestamptz>,
        fee_returned_minor -> BigInt,
        look_at -> Timestamptz,
        traceparent -> Nullable<Text>,
    }
}

diesel::table! {
    refund (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        payment_id -> Uuid,
        order_id -> Uuid,
        stripe_refund -> Nullable<Text>,
        origin -> Text,
        status -> Text,
        amount_minor -> BigInt,
        currency -> Text,
        reason -> Text,
        failure -> Nullable<Text>,
        attempts -> Integer,
        retry_at -> Timestamptz,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
        returns_fee -> Bool,
        key_number -> Integer,
    }
}

diesel::table! {
    dispute (tenant_id, stripe_dispute) {
        tenant_id -> Uuid,
        stripe_dispute -> Text,
        payment_id -> Uuid,
        order_id -> Uuid,
        status -> Text,
        reason -> Text,
        amount_minor -> BigInt,
        currency -> Text,
        due_by -> Nullable<Timestamptz>,
        closed -> Bool,
        updated_at -> Timestamptz,
        version -> BigInt,
        opened_at -> Timestamptz,
        closed_at -> Nullable<Timestamptz>,
        withdrawn_minor -> BigInt,
        fee_minor -> BigInt,
    }
}

diesel::table! {
    webhook_event (tenant_id, endpoint, event_id) {
        tenant_id -> Uuid,
        endpoint -> Text,
        event_id -> Text,
        #[sql_name = "type"]
        kind -> Text,
        account -> Nullable<Text>,
        livemode -> Bool,
        sent_at -> Timestamptz,
        payload -> Bytea,
        state -> Text,
        note -> Nullable<Text>,
        attempts -> Integer,
        retry_at -> Timestamptz,
        received_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    ledger_entry (tenant_id, transaction_id, account) {
        tenant_id -> Uuid,
        transaction_id -> Text,
        account -> Text,
        amount_minor -> BigInt,
        currency -> Text,
        payment_id -> Uuid,
        at -> Timestamptz,
    }
}

diesel::table! {
    reconciliation_break (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        kind -> Text,
        subject -> Text,
        detail -> Jsonb,
        opened_at -> Timestamptz,
        closed_at -> Nullable<Timestamptz>,
    }
}
