//! Zones with their places and methods, and ways to pay. Costs are texts that a person typed: with
//! a decimal comma, or a formula.

use crate::json::Json as _;
use crate::woocommerce::error::{Error, Result};
use crate::woocommerce::views::api;
use serde_json::{Map, Value, json};

struct Zone {
    name: &'static str,
    /// Code and type.
    places: &'static [(&'static str, &'static str)],
    methods: &'static [Method],
}

struct Method {
    id: u64,
    kind: &'static str,
    title: &'static str,
    enabled: bool,
    /// Setting, its type and its value.
    settings: &'static [(&'static str, &'static str, &'static str)],
}

static ZONES: [Zone; 5] = [
    Zone {
        name: "Locations not covered by your other zones",
        places: &[],
        methods: &[],
    },
    Zone {
        name: "Açores e Madeira",
        places: &[("PT", "country"), ("9000...9999", "postcode")],
        methods: &[flat(1, "CTT Ilhas")],
    },
    Zone {
        name: "Portugal Continental",
        places: &[("PT", "country")],
        methods: &[
            Method {
                settings: &[
                    ("tax_status", "select", "taxable"),
                    ("cost", "text", "4.50 + [qty] * 0.5"),
                    (
                        "class_cost_16",
                        "text",
                        "[fee percent=\"10\" min_fee=\"4\"]",
                    ),
                    ("no_class_cost", "text", "0"),
                    ("type", "select", "class"),
                ],
                ..flat(2, "CTT Expresso")
            },
            Method {
                kind: "free_shipping",
                settings: &[
                    ("requires", "select", "min_amount"),
                    ("min_amount", "price", "50"),
                    ("ignore_discounts", "checkbox", "no"),
                ],
                ..flat(3, "Portes grátis")
            },
            Method {
                kind: "local_pickup",
                settings: &[("tax_status", "select", "none"), ("cost", "text", "")],
                ..flat(4, "Recolha na loja")
            },
        ],
    },
    Zone {
        name: "Espanha & Ilhas Baleares",
        places: &[("ES", "country")],
        methods: &[
            Method {
                settings: &[
                    ("tax_status", "select", "taxable"),
                    ("cost", "text", "12.345"),
                ],
                ..flat(5, "Correos")
            },
            Method {
                enabled: false,
                ..flat(6, "Correos (desligado)")
            },
        ],
    },
    Zone {
        name: "União Europeia",
        places: &[("EU", "continent")],
        methods: &[Method {
            settings: &[
                ("tax_status", "select", "taxable"),
                ("cost", "text", "19.99"),
            ],
            ..flat(7, "UE")
        }],
    },
];

const fn flat(id: u64, title: &'static str) -> Method {
    Method {
        id,
        kind: "flat_rate",
        title,
        enabled: true,
        settings: &[
            ("tax_status", "select", "taxable"),
            ("cost", "text", "9,90"),
        ],
    }
}

pub(in crate::woocommerce) fn zones() -> Value {
    (0..)
        .zip(&ZONES)
        .map(|(id, zone)| zone_view(id, zone))
        .collect()
}

pub(in crate::woocommerce) fn zone(id: u64) -> Result<Value> {
    Ok(zone_view(id, find(id)?))
}

fn zone_view(id: u64, zone: &Zone) -> Value {
    let own = format!("shipping/zones/{id}");
    json!({"id": id, "name": zone.name, "order": id, "_links": {
        "self": [{"href": api(&own)}],
        "collection": [{"href": api("shipping/zones")}],
        "describedby": [{"href": api(&format!("{own}/locations"))}],
    }})
}

fn find(id: u64) -> Result<&'static Zone> {
    let found = usize::try_from(id).ok().and_then(|at| ZONES.get(at));
    found.ok_or_else(|| {
        Error::new(
            404,
            "woocommerce_rest_shipping_zone_invalid",
            "Resource does not exist.",
        )
    })
}

pub(in crate::woocommerce) fn locations(zone: u64) -> Result<Value> {
    let own = format!("shipping/zones/{zone}");
    let view = |(code, kind): &(&str, &str)| {
        json!({"code": code, "type": kind, "_links": {
            "collection": [{"href": api(&format!("{own}/locations"))}],
            "describes": [{"href": api(&own)}],
        }})
    };
    Ok(find(zone)?.places.iter().map(view).collect())
}

pub(in crate::woocommerce) fn methods(zone: u64) -> Result<Value> {
    let methods = find(zone)?.methods;
    Ok((1..)
        .zip(methods)
        .map(|(order, method)| method_view(zone, order, method))
        .collect())
}

fn method_view(zone: u64, order: u64, method: &Method) -> Value {
    let collection = format!("shipping/zones/{zone}/methods");
    let mut settings = Map::new();
    let title = ("title", "text", method.title);
    for (id, kind, value) in std::iter::once(&title).chain(method.settings) {
        settings.insert((*id).to_owned(), setting(id, kind, value));
    }
    json!({"id": method.id, "instance_id": method.id, "title": method.title, "order": order,
    "enabled": method.enabled, "method_id": method.kind, "method_title": words(method.kind),
    "method_description": format!("<p>{}</p>\n", words(method.kind)), "settings": settings,
    "_links": {
        "self": [{"href": api(&format!("{collection}/{}", method.id))}],
        "collection": [{"href": api(&collection)}],
        "describes": [{"href": api(&format!("shipping/zones/{zone}"))}],
    }})
}

fn setting(id: &str, kind: &str, value: &str) -> Value {
    let mut setting = json!({"id": id, "label": words(id), "description": "", "type": kind,
        "value": value, "default": "", "tip": "", "placeholder": ""});
    if kind == "select" {
        setting.set("options", json!({value: words(value)}));
    }
    setting
}

pub(in crate::woocommerce) fn shipping_methods() -> Value {
    let view = |id: &&str| {
        let own = format!("shipping_methods/{id}");
        json!({"id": id, "title": words(id), "description": "", "_links": {
            "self": [{"href": api(&own)}], "collection": [{"href": api("shipping_methods")}]}})
    };
    ["flat_rate", "free_shipping", "local_pickup"]
        .iter()
        .map(view)
        .collect()
}

pub(in crate::woocommerce) fn gateways() -> Value {
    let view = |(id, title, enabled): &(&str, &str, bool)| {
        let own = format!("payment_gateways/{id}");
        let page = format!(
            "{}/wp-admin/admin.php?page=wc-settings&section={id}",
            crate::woocommerce::views::ORIGIN
        );
        json!({"id": id, "title": title, "description": "", "order": "", "enabled": enabled,
            "method_title": title, "method_description": "", "method_supports": ["products"],
            "settings": {"title": setting("title", "safe_text", title)}, "needs_setup": false,
            "post_install_scripts": [], "settings_url": page, "connection_url": null,
            "setup_help_text": null, "required_settings_keys": [], "_links": {
                "self": [{"href": api(&own)}], "collection": [{"href": api("payment_gateways")}]}})
    };
    [
        ("bacs", "Transferência bancária", true),
        ("cheque", "Cheque", false),
        ("cod", "À cobrança", false),
    ]
    .iter()
    .map(view)
    .collect()
}

/// `flat_rate` for people.
fn words(id: &str) -> String {
    let text = id.replace('_', " ");
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
