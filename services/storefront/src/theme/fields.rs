//! What templates can show: the names that pages give them, and the fields of the APIs' objects. For
//! finding names that are nothing, as a slip of the pen makes them.

/// Objects by the name that templates know them by, with the fields that their API documents.
const OBJECTS: [(&str, &[&str]); 10] = [
    (
        "product",
        &[
            "id",
            "slug",
            "title",
            "vendor",
            "tags",
            "description_html",
            "price",
            "price_max",
            "compare_at",
            "images",
            "options",
            "variants",
            "variant_id",
            "variant_count",
            "sku",
            "in_stock",
            "available",
            "categories",
            "seo_title",
            "seo_description",
            "created_at",
            "changed_at",
        ],
    ),
    (
        "category",
        &[
            "id",
            "slug",
            "name",
            "parent_id",
            "description_html",
            "position",
            "seo_title",
            "seo_description",
            "version",
        ],
    ),
    ("image", &["id", "alt", "width", "height", "sources"]),
    (
        "cart",
        &[
            "id",
            "token",
            "lines",
            "subtotal",
            "shipping",
            "tax",
            "taxes",
            "total",
            "can_checkout",
            "warnings",
            "ordered",
            "region",
            "version",
        ],
    ),
    (
        "order",
        &[
            "id",
            "number",
            "status",
            "fulfilment",
            "email",
            "lines",
            "subtotal",
            "shipping",
            "tax",
            "taxes",
            "total",
            "paid",
            "refunded",
            "shipping_address",
            "billing_address",
            "tax_id",
            "phone",
            "payment_method",
            "note",
            "placed_at",
            "reserved_until",
            "tracking",
        ],
    ),
    (
        "store",
        &[
            "id",
            "url",
            "name",
            "slug",
            "template",
            "theme",
            "country",
            "locales",
            "locale",
            "currency",
            "time_zone",
            "prices_include_tax",
            "contact",
            "features",
            "age_gate",
            "legal",
            "version",
        ],
    ),
    (
        "head",
        &[
            "title",
            "description",
            "is_private",
            "canonical",
            "image",
            "json_ld",
        ],
    ),
    ("priced", &["price", "price_max", "compare_at"]),
    ("reviews", &["rating_count", "rating_mean", "items", "next"]),
    (
        "receipt",
        &["order_number", "received_at", "whole_order", "refund_by"],
    ),
];

/// What pages give templates that those which all themes share do not happen to use.
const GIVEN: [&str; 9] = [
    "placed",
    "settings",
    "at",
    "is_first_section",
    "newest",
    "tiles",
    "sections",
    "preview",
    "path",
];

/// What the environment itself knows.
const FUNCTIONS: [&str; 9] = [
    "t",
    "link",
    "asset",
    "range",
    "dict",
    "namespace",
    "debug",
    "loop",
    "self",
];

pub fn is_given(name: &str) -> bool {
    GIVEN.contains(&name) || FUNCTIONS.contains(&name)
}

/// Whether an object has a field; nothing where it is not known what it has.
pub fn has(object: &str, field: &str) -> Option<bool> {
    let (_, fields) = OBJECTS.iter().find(|(name, _)| *name == object)?;
    Some(fields.contains(&field))
}
