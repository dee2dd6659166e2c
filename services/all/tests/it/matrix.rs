//! Nobody of one store reaches, learns or changes anything of another. Every operation of every
//! OpenAPI document is tried with every name the other store's things have, in path, query and body;
//! the answer is the one that a name of nobody gets. A new route is covered by itself.

use std::collections::BTreeMap;

use http_kit::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bodies::body_of;
use crate::platform::{Ask, Everything, Ground, Reply, Route};
use crate::references::{self, is_everybodys, is_identity, is_proof};
use crate::rows;
use crate::shops::Shop;

/// Names of things by their kind.
type Names = BTreeMap<&'static str, Vec<String>>;

/// Operations for which a name of nobody is no error, and why that tells nothing.
const SAME_FOR_EVERYBODY: [(&str, &str); 3] = [
    (
        "log_out_customer",
        "a session that is none is over, as whoever ends one wants it",
    ),
    (
        "remove_line",
        "what is not in the cart is not in it afterwards either",
    ),
    (
        "list_movements",
        "a variant without movements has an empty list",
    ),
];

/// Somebody of a store, and what they have to show.
struct Principal {
    name: &'static str,
    host: String,
    token: Option<String>,
    cart_word: Option<String>,
    order_word: Option<String>,
}

/// A request that names something in one place.
struct Attempt {
    place: String,
    kind: &'static str,
    path: String,
    body: Option<Value>,
    /// What it names.
    named: Vec<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_name_of_another_store_leads_anywhere() {
    let all = Everything::start().await;
    let (own, victim) = tokio::join!(
        Shop::open(&all.ground, &all.a),
        Shop::open(&all.ground, &all.b)
    );
    // Sysadmins' routes serve nobody of a store, whatever is named.
    for route in all
        .routes
        .iter()
        .filter(|route| route.audience != "sysadmin")
    {
        assert_the_shops_have_all_it_names(&all.ground, route, &victim);
    }
    let before = rows::settled(&all.ground, victim.tenant()).await;
    let mut siege = Siege::new(&own, &victim.ids);
    for route in &all.routes {
        for who in strangers(&all, &own, &victim) {
            siege.attack(route, &who).await;
        }
    }
    siege.was_held(300);
    let after = rows::settled(&all.ground, victim.tenant()).await;
    let changed = rows::differences(&before, &after);
    assert!(
        changed.is_empty(),
        "rows of the other store changed in {changed:?}"
    );
    all.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_shopper_reaches_what_another_shopper_of_the_store_has() {
    let all = Everything::start().await;
    let shop = Shop::open(&all.ground, &all.a).await;
    let customer = all.token(all.a.id, Role::Customer);
    let (of_guest, of_customer) = (shop.order(None).await, shop.order(Some(&customer)).await);
    let (cart, _) = shop.cart(Some(&customer)).await;
    let victims = Names::from([
        ("orders", vec![of_guest.id, of_customer.id]),
        ("carts", vec![cart, of_guest.cart, of_customer.cart]),
    ]);
    let before = rows::settled(&all.ground, shop.tenant()).await;
    let mut siege = Siege::new(&shop, &victims);
    for route in all
        .routes
        .iter()
        .filter(|route| route.audience == "shopper")
    {
        for who in other_shoppers(&all, &shop) {
            siege.attack(route, &who).await;
        }
    }
    siege.was_held(40);
    let after = rows::settled(&all.ground, shop.tenant()).await;
    // The attackers' own cart is of the same store, and they may do with it what they like.
    let theirs = ["orders.cart", "orders.idempotency_key"];
    let mut changed = rows::differences(&before, &after);
    changed.retain(|table| !theirs.contains(&table.as_str()));
    assert!(changed.is_empty(), "rows changed in {changed:?}");
    all.end().await;
}

/// Everybody of the one store, and somebody who has stolen the words of the other's shopper.
fn strangers(all: &Everything, own: &Shop<'_>, victim: &Shop<'_>) -> Vec<Principal> {
    let staff = |name, host| Principal {
        name,
        host,
        token: Some(own.store.token.clone()),
        cart_word: Some(own.cart_word.clone()),
        order_word: Some(own.order_word.clone()),
    };
    let admin = format!("admin.{}", all.platform_host());
    let mut everybody = vec![
        staff("the owner at home", own.host.clone()),
        staff("the owner at the platform's door", admin),
        Principal {
            name: "a guest with stolen words",
            host: own.host.clone(),
            token: None,
            cart_word: Some(victim.cart_word.clone()),
            order_word: Some(victim.order_word.clone()),
        },
    ];
    everybody.extend(other_shoppers(all, own));
    everybody
}

fn other_shoppers(all: &Everything, own: &Shop<'_>) -> [Principal; 3] {
    let shopper = |name, token, words: bool| Principal {
        name,
        host: own.host.clone(),
        token,
        cart_word: words.then(|| own.cart_word.clone()),
        order_word: words.then(|| own.order_word.clone()),
    };
    let customer = all.token(own.tenant(), Role::Customer);
    [
        shopper("a guest", None, true),
        shopper("a customer", Some(customer), true),
        // Absence never equals absence.
        shopper("nobody at all", None, false),
    ]
}

fn assert_the_shops_have_all_it_names(ground: &Ground, route: &Route, shop: &Shop<'_>) {
    let of_query = references::of_query(route)
        .into_iter()
        .map(|(_, kind)| kind);
    let of_body = references::of_body(ground, route)
        .into_iter()
        .map(|found| found.kind);
    let kinds = references::of_path(route)
        .into_iter()
        .chain(of_query)
        .chain(of_body);
    for kind in kinds {
        assert!(!references::things(shop, kind, &route.name()).is_empty());
    }
    for name in route.parameters_in("header") {
        let known = [
            "Idempotency-Key",
            "If-Match",
            "X-Cart-Token",
            "X-Order-Token",
            "X-Payment-Ticket",
            "X-Tenant",
        ];
        let told = route.name();
        assert!(
            known.contains(&name.as_str()),
            "{told}: what does the header {name} name?"
        );
    }
}

/// Somebody's things, and those who should not get at them.
struct Siege<'s> {
    ground: &'s Ground,
    own: &'s Shop<'s>,
    victim: &'s Names,
    tried: usize,
    wrong: Vec<String>,
}

impl<'s> Siege<'s> {
    fn new(own: &'s Shop<'s>, victim: &'s Names) -> Self {
        Self {
            ground: own.ground,
            own,
            victim,
            tried: 0,
            wrong: Vec::new(),
        }
    }

    /// Tries one route with every name of the victim's.
    async fn attack(&mut self, route: &Route, who: &Principal) {
        for (of_victim, of_nobody) in attempts(self.ground, route, self.own, self.victim) {
            // At the platform's door staff of every store comes in: who holds such a word is its
            // owner there.
            if who.host != self.own.host && is_identity(of_victim.kind) {
                continue;
            }
            let got = send(route, who, self.own, &of_victim).await;
            let usual = send(route, who, self.own, &of_nobody).await;
            self.tried += 2;
            if let Some(fault) = fault(route, &of_victim, &got, &usual, self.victim) {
                let shown: String = got.text.chars().take(500).collect();
                let (name, place) = (route.name(), of_victim.place);
                self.wrong.push(format!(
                    "{name} as {}, {place}: {fault}: {} {shown}",
                    who.name, got.status
                ));
            }
        }
    }

    /// Nothing went wrong, and enough was tried for that to mean something.
    fn was_held(&self, at_least: usize) {
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        assert!(
            self.tried >= at_least,
            "only {} requests were made",
            self.tried
        );
    }
}

/// Each with the name of the victim's thing, and the same with a name of nobody's.
fn attempts(
    ground: &Ground,
    route: &Route,
    own: &Shop<'_>,
    victim: &Names,
) -> Vec<(Attempt, Attempt)> {
    if route.audience == "sysadmin"
        && !references::of_path(route)
            .iter()
            .all(|kind| own.ids.contains_key(kind))
    {
        return Vec::new();
    }
    let mut attempts = in_path(route, own, victim);
    let kinds = references::of_path(route);
    let home: Vec<String> = kinds.iter().map(|kind| own.id(kind)).collect();
    let path = route.path_of(&home);
    let body = route.has_json.then(|| body_of(route, own));
    for (name, kind) in references::of_query(route) {
        for thing in victim.get(kind).into_iter().flatten() {
            let attempt = |thing: &str| Attempt {
                place: format!("?{name}"),
                kind,
                path: format!("{path}?{name}={}", encoded(thing)),
                body: body.clone(),
                named: vec![thing.to_owned()],
            };
            attempts.push((attempt(thing), attempt(&nobodys(kind))));
        }
    }
    for found in references::of_body(ground, route) {
        for thing in victim.get(found.kind).into_iter().flatten() {
            let attempt = |thing: &str| {
                let mut body = body.clone().unwrap();
                put(&mut body, &found.pointer, thing, &route.name());
                Attempt {
                    place: format!("{} in the body", found.pointer),
                    kind: found.kind,
                    path: path.clone(),
                    body: Some(body),
                    named: vec![thing.to_owned()],
                }
            };
            attempts.push((attempt(thing), attempt(&nobodys(found.kind))));
        }
    }
    attempts
}

/// Also where the whole body leaves a name out, such as one that only makes sense in a change.
fn put(body: &mut Value, pointer: &str, thing: &str, told: &str) {
    let (object, field) = pointer.rsplit_once('/').unwrap();
    let place = match body.pointer_mut(object) {
        Some(Value::Array(items)) => items.get_mut(0),
        Some(Value::Object(members)) => Some(members.entry(field).or_insert(Value::Null)),
        _ => None,
    };
    *place.unwrap_or_else(|| panic!("{told}: {pointer} is missing in bodies.rs")) = json!(thing);
}

/// Every combination of the path's places, with what is left being the attacker's own.
fn in_path(route: &Route, own: &Shop<'_>, victim: &Names) -> Vec<(Attempt, Attempt)> {
    let kinds = references::of_path(route);
    let mut attempts = Vec::new();
    for chosen in 1..1_usize << kinds.len() {
        let is_chosen = |at: usize| chosen & (1 << at) != 0;
        let things = |kind: &str| victim.get(kind).map_or(0, Vec::len);
        let of_chosen = kinds.iter().enumerate().filter(|(at, _)| is_chosen(*at));
        let counts: Vec<usize> = of_chosen.map(|(_, kind)| things(kind)).collect();
        let names_nothing = kinds
            .iter()
            .enumerate()
            .any(|(at, kind)| is_chosen(at) && is_everybodys(kind));
        if counts.contains(&0) || names_nothing {
            continue;
        }
        for round in 0..counts.into_iter().max().unwrap_or(0) {
            let attempt = |name: &dyn Fn(&'static str) -> String| {
                let mut named = Vec::new();
                let values = kinds.iter().enumerate().map(|(at, kind)| {
                    if !is_chosen(at) {
                        return own.id(kind);
                    }
                    let name = name(kind);
                    named.push(name.clone());
                    name
                });
                let values: Vec<String> = values.collect();
                Attempt {
                    place: format!("{chosen:b} of the path"),
                    kind: kinds[0],
                    path: route.path_of(&values),
                    body: route.has_json.then(|| body_of(route, own)),
                    named,
                }
            };
            let of_victim = attempt(&|kind| {
                let things = &victim[kind];
                things[round % things.len()].clone()
            });
            attempts.push((of_victim, attempt(&nobodys)));
        }
    }
    attempts
}

/// A name that nobody has.
fn nobodys(kind: &'static str) -> String {
    match kind {
        "file" => "1.webp".to_owned(),
        "slug" | "category" | "tag" | "q" | "sku" => format!("nobody-{}", Uuid::now_v7().simple()),
        "emails" => format!("{}@example.pt", Uuid::now_v7().simple()),
        proof if is_proof(proof) => "nonsense".to_owned(),
        _ => Uuid::now_v7().to_string(),
    }
}

fn encoded(text: &str) -> String {
    let mut url = url::Url::parse("http://x").unwrap();
    url.query_pairs_mut().append_pair("x", text);
    url.query().unwrap().trim_start_matches("x=").to_owned()
}

async fn send(route: &Route, who: &Principal, own: &Shop<'_>, attempt: &Attempt) -> Reply {
    let mut ask = Ask {
        method: route.method.clone(),
        host: who.host.clone(),
        path: attempt.path.clone(),
        token: who.token.clone(),
        headers: Vec::new(),
        body: attempt.body.clone(),
    };
    for name in route.parameters_in("header") {
        ask = match name.as_str() {
            "Idempotency-Key" => ask.keyed(),
            "If-Match" => ask.header("if-match", version(own, &attempt.path).await),
            _ => ask,
        };
    }
    let words = [
        ("x-cart-token", &who.cart_word),
        ("x-order-token", &who.order_word),
    ];
    for (name, word) in words {
        if let Some(word) = word {
            ask = ask.header(name, word);
        }
    }
    own.ground.json(ask).await
}

/// The version that the attacker's own thing has now; some version for anything else.
async fn version(own: &Shop<'_>, path: &str) -> String {
    let read = own.owner(reqwest::Method::GET, path);
    let told = own.ground.json(read).await;
    format!("\"{}\"", told.body["version"].as_i64().unwrap_or(1))
}

/// What is wrong with an answer, compared with the one for a name of nobody's.
fn fault(
    route: &Route,
    attempt: &Attempt,
    got: &Reply,
    usual: &Reply,
    victim: &Names,
) -> Option<String> {
    let refused = (400..500).contains(&got.status);
    if let Some(told) = leak(attempt, got, victim) {
        return Some(format!("tells {told}"));
    }
    let harmless = SAME_FOR_EVERYBODY
        .iter()
        .any(|(operation, _)| *operation == route.operation);
    if is_proof(attempt.kind) {
        return (!refused && !harmless).then(|| "takes a proof of another store".to_owned());
    }
    if (got.status, got.code()) != (usual.status, usual.code()) {
        return Some(format!(
            "differs from nobody's {} {}",
            usual.status,
            usual.code()
        ));
    }
    let in_query = attempt.place.starts_with('?');
    let accepted: &[u16] = if attempt.place.ends_with("body") {
        &[401, 403, 404, 409, 422]
    } else {
        &[401, 403, 404]
    };
    let fits = accepted.contains(&got.status) || (got.status == 200 && (in_query || harmless));
    (!fits).then(|| "is no refusal".to_owned())
}

/// Something of the victim's that the answer tells beyond what was asked.
fn leak(attempt: &Attempt, got: &Reply, victim: &Names) -> Option<String> {
    let mut text = got.text.clone();
    for named in &attempt.named {
        text = text.replace(named, "");
    }
    let names = victim.iter().filter(|(kind, _)| !is_everybodys(kind));
    let told = names
        .flat_map(|(_, names)| names)
        .find(|name| text.contains(*name));
    told.cloned()
}
