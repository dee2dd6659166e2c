//! Which thing a path below `/wp-json` stands for.

use super::shop::{Id, Kind};

/// What the index names, without the namespace.
pub(super) const ROUTES: [&str; 43] = [
    "",
    "/coupons",
    r"/coupons/(?P<id>[\d]+)",
    "/customers",
    r"/customers/(?P<id>[\d]+)",
    r"/customers/(?P<customer_id>[\d]+)/downloads",
    "/orders",
    r"/orders/(?P<id>[\d]+)",
    r"/orders/(?P<order_id>[\d]+)/notes",
    r"/orders/(?P<order_id>[\d]+)/refunds",
    r"/orders/(?P<order_id>[\d]+)/refunds/(?P<id>[\d]+)",
    "/products",
    r"/products/(?P<id>[\d]+)",
    r"/products/(?P<product_id>[\d]+)/variations",
    r"/products/(?P<product_id>[\d]+)/variations/(?P<id>[\d]+)",
    "/products/attributes",
    r"/products/attributes/(?P<id>[\d]+)",
    r"/products/attributes/(?P<attribute_id>[\d]+)/terms",
    r"/products/attributes/(?P<attribute_id>[\d]+)/terms/(?P<id>[\d]+)",
    "/products/categories",
    r"/products/categories/(?P<id>[\d]+)",
    "/products/reviews",
    r"/products/reviews/(?P<id>[\d]+)",
    "/products/shipping_classes",
    r"/products/shipping_classes/(?P<id>[\d]+)",
    "/products/tags",
    r"/products/tags/(?P<id>[\d]+)",
    r"/reports/(?P<of>[\w]+)/totals",
    "/settings",
    r"/settings/(?P<group_id>[\w-]+)",
    "/shipping/zones",
    r"/shipping/zones/(?P<id>[\d]+)",
    r"/shipping/zones/(?P<id>[\d]+)/locations",
    r"/shipping/zones/(?P<zone_id>[\d]+)/methods",
    "/shipping_methods",
    "/payment_gateways",
    "/system_status",
    "/taxes",
    r"/taxes/(?P<id>[\d]+)",
    "/taxes/classes",
    "/data",
    r"/data/(?P<list>[\w]+)",
    r"/data/(?P<list>[\w]+)/(?P<code>[\w-]+)",
];

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route<'a> {
    /// Everybody may read it.
    Index,
    Namespace,
    /// `None` is all there are, of whatever parent.
    List(Kind, Option<u64>),
    One(Kind, Which),
    Fixed(Fixed<'a>),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Which {
    Of(Id),
    /// Its parent is not in the path.
    Numbered(u64),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fixed<'a> {
    Downloads,
    Totals(&'a str),
    SettingsGroups,
    Settings(&'a str),
    Zones,
    Zone(u64),
    Locations(u64),
    Methods(u64),
    ShippingMethods,
    Gateways,
    SystemStatus,
    TaxClasses,
    Webhooks,
    Data,
    Continents,
    Countries,
    Country(&'a str),
    Currencies,
    Currency(&'a str),
}

/// `path` begins after the prefix: `/wc/v3/products`.
pub(super) fn find(path: &str) -> Option<Route<'_>> {
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [] => Some(Route::Index),
        ["wc", "v3"] => Some(Route::Namespace),
        ["wc", "v3", rest @ ..] => things(rest).or_else(|| fixed(rest).map(Route::Fixed)),
        _ => None,
    }
}

fn things<'a>(parts: &[&'a str]) -> Option<Route<'a>> {
    let number = |text: &str| text.parse::<u64>().ok();
    let (kind, rest) = match parts {
        ["products", "categories", rest @ ..] => (Kind::Categories, rest),
        ["products", "tags", rest @ ..] => (Kind::Tags, rest),
        ["products", "shipping_classes", rest @ ..] => (Kind::ShippingClasses, rest),
        ["products", "reviews", rest @ ..] => (Kind::Reviews, rest),
        ["products", "attributes", of, "terms", rest @ ..] => {
            return children(Kind::Terms, number(of)?, rest);
        }
        ["products", "attributes", rest @ ..] => (Kind::Attributes, rest),
        ["products", of, "variations", rest @ ..] => {
            return children(Kind::Variations, number(of)?, rest);
        }
        ["products", rest @ ..] => (Kind::Products, rest),
        ["orders", of, "refunds", rest @ ..] => return children(Kind::Refunds, number(of)?, rest),
        ["orders", of, "notes", rest @ ..] => return children(Kind::Notes, number(of)?, rest),
        ["orders", rest @ ..] => (Kind::Orders, rest),
        ["customers", rest @ ..] => (Kind::Customers, rest),
        ["coupons", rest @ ..] => (Kind::Coupons, rest),
        ["taxes", rest @ ..] => (Kind::Taxes, rest),
        _ => return None,
    };
    match rest {
        [] => Some(Route::List(kind, None)),
        [id] => Some(Route::One(kind, Which::Numbered(number(id)?))),
        _ => None,
    }
}

fn children<'a>(kind: Kind, parent: u64, rest: &[&str]) -> Option<Route<'a>> {
    match rest {
        [] => Some(Route::List(kind, Some(parent))),
        [id] => Some(Route::One(kind, Which::Of((parent, id.parse().ok()?)))),
        _ => None,
    }
}

fn fixed<'a>(parts: &[&'a str]) -> Option<Fixed<'a>> {
    let number = |text: &str| text.parse::<u64>().ok();
    Some(match parts {
        ["customers", _, "downloads"] => Fixed::Downloads,
        ["reports", of, "totals"] => Fixed::Totals(of),
        ["settings"] => Fixed::SettingsGroups,
        ["settings", group] => Fixed::Settings(group),
        ["shipping", "zones"] => Fixed::Zones,
        ["shipping", "zones", zone] => Fixed::Zone(number(zone)?),
        ["shipping", "zones", zone, "locations"] => Fixed::Locations(number(zone)?),
        ["shipping", "zones", zone, "methods"] => Fixed::Methods(number(zone)?),
        ["shipping_methods"] => Fixed::ShippingMethods,
        ["payment_gateways"] => Fixed::Gateways,
        ["system_status"] => Fixed::SystemStatus,
        ["taxes", "classes"] => Fixed::TaxClasses,
        ["webhooks"] => Fixed::Webhooks,
        ["data"] => Fixed::Data,
        ["data", "continents"] => Fixed::Continents,
        ["data", "countries"] => Fixed::Countries,
        ["data", "countries", code] => Fixed::Country(code),
        ["data", "currencies"] => Fixed::Currencies,
        ["data", "currencies", code] => Fixed::Currency(code),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Fixed, Route, Which, find};
    use crate::woocommerce::shop::Kind;

    #[test]
    fn paths_lead_to_what_they_name() {
        let found = |path| find(path).unwrap();
        assert_eq!(found("/wc/v3/products/"), Route::List(Kind::Products, None));
        assert_eq!(
            found("/wc/v3/products/7"),
            Route::One(Kind::Products, Which::Numbered(7))
        );
        assert_eq!(
            found("/wc/v3/products/7/variations"),
            Route::List(Kind::Variations, Some(7))
        );
        assert_eq!(
            found("/wc/v3/products/attributes/2/terms/3"),
            Route::One(Kind::Terms, Which::Of((2, 3)))
        );
        assert_eq!(
            found("/wc/v3/taxes/classes"),
            Route::Fixed(Fixed::TaxClasses)
        );
        assert_eq!(found("/"), Route::Index);
        // Brands came with 9.6, and all refunds at once with 9.0.
        for unknown in [
            "/wc/v3/products/brands",
            "/wc/v3/refunds",
            "/wc/v3/produtos",
            "/wp/v2/media",
        ] {
            assert_eq!(find(unknown), None, "{unknown}");
        }
    }
}
