//! The tables as the migrations make them; a test compares.

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    product (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        slug -> Text,
        title -> Text,
        description_html -> Text,
        status -> Text,
        vendor -> Text,
        tags -> Array<Text>,
        seo_title -> Text,
        seo_description -> Text,
        options -> Jsonb,
        created_at -> Timestamptz,
        changed_at -> Timestamptz,
    }
}

table! {
    media (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        state -> Text,
        content_type -> Text,
        bytes -> Int8,
        content_hash -> Nullable<Bytea>,
        width -> Int4,
        height -> Int4,
        renditions -> Jsonb,
        created_at -> Timestamptz,
        same_as -> Nullable<Uuid>,
        unused_since -> Nullable<Timestamptz>,
    }
}

table! {
    variant (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        product_id -> Uuid,
        position -> Int4,
        sku -> Text,
        barcode -> Nullable<Text>,
        option_values -> Array<Text>,
        price_minor -> Int8,
        compare_at_minor -> Nullable<Int8>,
        cost_minor -> Nullable<Int8>,
        currency -> Bpchar,
        weight_grams -> Int4,
        vat_class -> Text,
        exemption_code -> Nullable<Text>,
        active -> Bool,
        track_stock -> Bool,
        media_id -> Nullable<Uuid>,
    }
}

table! {
    variant_price (tenant_id, variant_id, from_at) {
        tenant_id -> Uuid,
        variant_id -> Uuid,
        from_at -> Timestamptz,
        price_minor -> Nullable<Int8>,
        currency -> Bpchar,
    }
}

table! {
    category (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        parent_id -> Nullable<Uuid>,
        position -> Int4,
        slug -> Text,
        name -> Text,
        description_html -> Text,
        seo_title -> Text,
        seo_description -> Text,
        changed_at -> Timestamptz,
    }
}

table! {
    product_category (tenant_id, product_id, category_id) {
        tenant_id -> Uuid,
        product_id -> Uuid,
        category_id -> Uuid,
        position -> Int4,
    }
}

table! {
    product_media (tenant_id, product_id, media_id) {
        tenant_id -> Uuid,
        product_id -> Uuid,
        media_id -> Uuid,
        position -> Int4,
        alt -> Text,
    }
}

table! {
    store_usage (tenant_id) {
        tenant_id -> Uuid,
        products -> Int8,
    }
}

table! {
    variant_stock (tenant_id, variant_id) {
        tenant_id -> Uuid,
        variant_id -> Uuid,
        product_id -> Uuid,
        available -> Int8,
        backorder -> Bool,
        tracked -> Bool,
        version -> Int8,
    }
}

table! {
    product_card (tenant_id, product_id) {
        tenant_id -> Uuid,
        product_id -> Uuid,
        slug -> Text,
        title_key -> Text,
        price_minor -> Int8,
        tags -> Array<Text>,
        in_stock -> Bool,
        created_at -> Timestamptz,
        card -> Text,
        document -> Text,
        sku -> Text,
        available -> Nullable<Int8>,
    }
}

table! {
    category_card (tenant_id, product_id, category_id) {
        tenant_id -> Uuid,
        category_id -> Uuid,
        product_id -> Uuid,
        title_key -> Text,
        price_minor -> Int8,
        created_at -> Timestamptz,
    }
}

table! {
    search_term (tenant_id, product_id, term) {
        tenant_id -> Uuid,
        product_id -> Uuid,
        term -> Text,
        rank -> Int2,
    }
}

table! {
    search_trigram (tenant_id, trigram, word) {
        tenant_id -> Uuid,
        trigram -> Text,
        word -> Text,
    }
}

table! {
    tag (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        slug -> Text,
        name -> Text,
        description -> Text,
    }
}

table! {
    attribute (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        slug -> Text,
        name -> Text,
        terms -> Array<Text>,
    }
}

table! {
    product_property (tenant_id, product_id, position) {
        tenant_id -> Uuid,
        product_id -> Uuid,
        position -> Int4,
        name -> Text,
        shown_values -> Array<Text>,
    }
}

table! {
    redirect (tenant_id, path) {
        tenant_id -> Uuid,
        path -> Text,
        kind -> Text,
        target_id -> Uuid,
        created_at -> Timestamptz,
    }
}

table! {
    review (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        product_id -> Uuid,
        status -> Text,
        rating -> Int2,
        reviewer -> Text,
        email -> Text,
        body_html -> Text,
        verified -> Bool,
        created_at -> Timestamptz,
    }
}

allow_tables_to_appear_in_same_query!(
    product,
    media,
    variant,
    variant_price,
    category,
    product_category,
    product_media,
    store_usage,
    variant_stock,
    product_card,
    category_card,
    search_term,
    search_trigram,
    tag,
    attribute,
    product_property,
    redirect,
    review,
);
