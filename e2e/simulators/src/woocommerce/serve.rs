//! From a request to its answer.

mod lists;

use super::ask::Ask;
use super::auth::{self, Door};
use super::error::{Error, Result};
use super::fixed;
use super::reply::{Address, Reply};
use super::routes::{Fixed, Route, Which, find};
use super::shop::{Id, Kind, Shop};
use super::views::Look;
use super::world::Settings;
use super::{Sim, images};
use serde_json::{Value, json};

/// What an answer carries besides its body.
#[derive(Debug, Default)]
pub(super) struct Told {
    total: Option<(usize, usize)>,
    link: Option<String>,
    /// A page of a list: edits may wait for it.
    pub(super) is_page: bool,
}

/// Where in the shop a request leads, by its address alone.
enum Place<'a> {
    /// The route, and whether it came as `?rest_route=`.
    Api(&'a str, bool),
    File,
    Home,
    Nowhere,
}

fn place<'a>(ask: &'a Ask, settings: &Settings) -> Place<'a> {
    let Some(path) = ask.path.strip_prefix(&settings.folder) else {
        return Place::Nowhere;
    };
    if path.starts_with("/wp-content/uploads/") {
        return Place::File;
    }
    if let Some(route) = ask.query.get("rest_route") {
        return Place::Api(route, true);
    }
    let below = path
        .strip_prefix('/')
        .and_then(|path| path.strip_prefix(&settings.rest_prefix));
    match below {
        Some(route)
            if !settings.plain_permalinks && (route.is_empty() || route.starts_with('/')) =>
        {
            Place::Api(route, false)
        }
        _ if matches!(path, "" | "/") => Place::Home,
        _ => Place::Nowhere,
    }
}

impl Sim {
    pub(super) fn address(&self, ask: &Ask) -> Address {
        let world = self.world();
        Address {
            base: format!("{}{}", ask.origin, world.settings.folder),
            rest_prefix: world.settings.rest_prefix.clone(),
        }
    }

    /// The answer of a shop in which nothing goes wrong.
    pub(super) fn answer(&self, ask: &Ask) -> (Reply, bool) {
        let settings = self.world().settings.clone();
        let address = self.address(ask);
        let root = format!("{}/{}/", address.base, address.rest_prefix);
        let pointer = format!("<{root}>; rel=\"https://api.w.org/\"");
        match place(ask, &settings) {
            Place::File => (images::serve(&ask.path), false),
            // WordPress points at its API from every page.
            Place::Home => (
                Reply::page(200, "Loja de Ensaio").with("link", pointer),
                false,
            ),
            Place::Nowhere => (Reply::page(404, "Página não encontrada"), false),
            Place::Api(route, plain) => {
                let mut told = Told::default();
                let reply = match self.api(ask, (route, plain), &settings, &mut told) {
                    Ok(body) => Reply::json(200, &body, &address),
                    Err(Refusal::Error(error)) => {
                        Reply::json(error.status, &error.body(), &address)
                    }
                    Err(Refusal::Page(status, title)) => Reply::page(status, title),
                };
                let is_page = told.is_page && reply.status == 200;
                (dress(reply, told, &root, &pointer), is_page)
            }
        }
    }

    fn api(
        &self,
        ask: &Ask,
        (path, plain): (&str, bool),
        settings: &Settings,
        told: &mut Told,
    ) -> std::result::Result<Value, Refusal> {
        let route = find(path);
        if route == Some(Route::Index) {
            return Ok(fixed::index());
        }
        let mut world = self.world();
        Door {
            key: &self.key,
            settings,
            url: &format!("{}{}", ask.origin, ask.path),
            now: self.config.clock.unix(),
            nonces: &mut world.nonces,
        }
        .admit(ask, plain)?;
        drop(world);
        auth::check_method(ask)?;
        let route = route.ok_or_else(Error::no_route)?;
        let shop = self.shop();
        let look = Look {
            shop: &shop,
            now: self.config.clock.unix(),
            is_edit: ask.query.text("context") == "edit",
            decimals: ask.query.text("dp").parse().unwrap_or(2),
        };
        match route {
            Route::Index => Ok(fixed::index()),
            Route::Namespace => Ok(fixed::namespace()),
            Route::List(kind, parent) => lists::list(&look, ask, (kind, parent), settings, told),
            Route::One(kind, which) => Ok(lists::cut(&ask.query, one(&look, kind, which)?)),
            Route::Fixed(Fixed::SystemStatus) if settings.hide_system_status => {
                Err(Refusal::Page(403, "403 Forbidden"))
            }
            Route::Fixed(fixed) => Ok(lists::cut(&ask.query, about_shop(&shop, &fixed)?)),
        }
    }
}

/// A refusal by WordPress, or by what stands before it.
#[derive(Debug)]
pub(super) enum Refusal {
    Error(Error),
    Page(u16, &'static str),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

fn dress(reply: Reply, told: Told, root: &str, pointer: &str) -> Reply {
    let link = match told.link {
        Some(link) => link.replace(super::views::ORIGIN, root.trim_end_matches('/')),
        None => pointer.to_owned(),
    };
    let mut reply = reply
        .with("x-robots-tag", "noindex")
        .with("x-content-type-options", "nosniff")
        .with(
            "access-control-expose-headers",
            "X-WP-Total, X-WP-TotalPages, Link",
        )
        .with(
            "access-control-allow-headers",
            "Authorization, X-WP-Nonce, Content-Disposition, Content-MD5, Content-Type",
        )
        .with("link", link);
    if reply.status == 200 {
        reply = reply.with("allow", "GET, POST").with(
            "cache-control",
            "no-cache, must-revalidate, max-age=0, no-store, private",
        );
    }
    match told.total {
        Some((total, pages)) => reply
            .with("x-wp-total", total.to_string())
            .with("x-wp-totalpages", pages.to_string()),
        None => reply,
    }
}

fn one(look: &Look<'_>, kind: Kind, which: Which) -> Result<Value> {
    let id = match which {
        Which::Of(id) => Some(id),
        Which::Numbered(id) => look.shop.find(kind, id),
    };
    let found = id.and_then(|id: Id| Some((id, look.shop.row(kind, id)?)));
    found
        .map(|(id, row)| look.view(kind, id, row))
        .ok_or_else(|| unknown(kind))
}

fn unknown(kind: Kind) -> Error {
    let (code, message) = match kind {
        Kind::Products => ("woocommerce_rest_product_invalid_id", "Invalid ID."),
        Kind::Variations => (
            "woocommerce_rest_product_variation_invalid_id",
            "Invalid ID.",
        ),
        Kind::Orders => ("woocommerce_rest_shop_order_invalid_id", "Invalid ID."),
        Kind::Refunds => (
            "woocommerce_rest_invalid_order_refund_id",
            "Invalid order refund ID.",
        ),
        Kind::Coupons => ("woocommerce_rest_shop_coupon_invalid_id", "Invalid ID."),
        Kind::Reviews => ("woocommerce_rest_review_invalid_id", "Invalid review ID."),
        Kind::Categories | Kind::Tags | Kind::ShippingClasses | Kind::Terms => {
            ("woocommerce_rest_term_invalid", "Resource does not exist.")
        }
        Kind::Attributes => (
            "woocommerce_rest_taxonomy_invalid",
            "Resource does not exist.",
        ),
        Kind::Customers | Kind::Notes | Kind::Taxes => {
            ("woocommerce_rest_invalid_id", "Invalid resource ID.")
        }
    };
    Error::new(404, code, message)
}

fn about_shop(shop: &Shop, what: &Fixed<'_>) -> Result<Value> {
    let count = |kind| shop.rows(kind).count();
    match what {
        Fixed::Downloads | Fixed::Webhooks => Ok(json!([])),
        Fixed::Totals(of) => lists::report(shop, of),
        Fixed::SettingsGroups => Ok(fixed::settings_groups()),
        Fixed::Settings(group) => fixed::settings(group),
        Fixed::Zones => Ok(fixed::zones()),
        Fixed::Zone(zone) => fixed::zone(*zone),
        Fixed::Locations(zone) => fixed::locations(*zone),
        Fixed::Methods(zone) => fixed::methods(*zone),
        Fixed::ShippingMethods => Ok(fixed::shipping_methods()),
        Fixed::Gateways => Ok(fixed::gateways()),
        Fixed::SystemStatus => Ok(fixed::status(&[
            ("product", count(Kind::Products)),
            ("product_variation", count(Kind::Variations)),
            ("shop_coupon", count(Kind::Coupons)),
            ("shop_order", count(Kind::Orders)),
            ("shop_order_refund", count(Kind::Refunds)),
        ])),
        Fixed::TaxClasses => Ok(fixed::tax_classes()),
        Fixed::Data => Ok(fixed::data()),
        Fixed::Continents => Ok(fixed::continents()),
        Fixed::Countries => Ok(fixed::countries()),
        Fixed::Country(code) => fixed::country(code),
        Fixed::Currencies => Ok(fixed::currencies()),
        Fixed::Currency(code) => fixed::currency(code),
    }
}
