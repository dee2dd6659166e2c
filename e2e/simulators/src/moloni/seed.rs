//! What the double starts with: Moloni's world-wide tables, and three companies of one user.

use super::lisbon;
use super::world::{Company, World};
use crate::json::Json as _;
use crate::random::token;
use kernel::Clock;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

pub(super) const PORTUGAL: i64 = 1;
/// VAT number of whoever gives none.
pub(super) const FINAL_CONSUMER: &str = "999999990";
/// Ids of a company's own rows begin at its id times this, so that no two companies share one.
const IDS_PER_COMPANY: i64 = 10_000;

type Tables = BTreeMap<String, Vec<Value>>;

static GLOBAL: LazyLock<Tables> = LazyLock::new(|| parse(include_str!("assets/global.json")));
static COMPANY: LazyLock<Tables> = LazyLock::new(|| parse(include_str!("assets/company.json")));

fn parse(text: &str) -> Tables {
    serde_json::from_str(text).expect("the asset is an object of lists")
}

/// A table that is the same for every company.
pub(super) fn global(table: &str) -> &'static [Value] {
    GLOBAL.get(table).map(Vec::as_slice).unwrap_or_default()
}

/// How a company differs from the plainest one.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Plan {
    name: String,
    vat: String,
    zip_code: String,
    city: String,
    cash_vat: bool,
    /// Codes of economic activity.
    eacs: u8,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            name: "Loja de Ensaio, Lda".into(),
            vat: "510999913".into(),
            zip_code: "1000-100".into(),
            city: "Lisboa".into(),
            cash_vat: false,
            eacs: 1,
        }
    }
}

/// The companies that the one user sees: the first is not always the right one.
pub(super) fn plant(world: &mut World, clock: &Clock) {
    found(
        world,
        clock,
        5,
        &Plan {
            name: "Loja Demonstração, Lda".into(),
            ..Plan::default()
        },
    );
    let islands = Plan {
        name: "Ilhas Demonstração, Lda".into(),
        vat: "512999929".into(),
        zip_code: "9500-100".into(),
        city: "Ponta Delgada".into(),
        eacs: 2,
        ..Plan::default()
    };
    found(world, clock, 6, &islands);
    let cash = Plan {
        name: "Caixa Demonstração, Lda".into(),
        vat: "513999930".into(),
        cash_vat: true,
        ..Plan::default()
    };
    found(world, clock, 7, &cash);
}

pub(super) fn found(world: &mut World, clock: &Clock, id: i64, plan: &Plan) {
    let first = id * IDS_PER_COMPANY;
    let mut tables = COMPANY.clone();
    let year = lisbon::day(clock.now()).year();
    tables.insert("documentSets".into(), sets(year));
    for row in tables.values_mut().flatten() {
        shift(row, first);
    }
    let company = Company {
        card: card(id, first, plan),
        tables,
        documents: BTreeMap::new(),
        mails: Vec::new(),
        calls: (0, 0),
    };
    world.companies.insert(id, company);
}

fn card(id: i64, first: i64, plan: &Plan) -> Value {
    let eacs: Vec<_> = (1..=i64::from(plan.eacs))
        .map(|one| json!({"eac_id": first + one, "description": "Comércio a retalho por Internet"}))
        .collect();
    json!({
        "company_id": id, "name": plan.name, "vat": plan.vat, "email": "geral@example.com",
        "address": "Rua de Exemplo 1", "city": plan.city, "zip_code": plan.zip_code,
        "country_id": PORTUGAL, "image": "", "confirmed": 1, "currency_id": 1, "gdpr_acceptance": 1,
        "country": {"iso_3166_1": "pt", "country_id": PORTUGAL, "name": "Portugal"},
        "currency": {"currency_id": 1, "symbol": "€", "symbol_right": 1},
        "cash_vat_scheme_indicator": i32::from(plan.cash_vat), "eacs": eacs,
    })
}

/// One series for everything, one that AT does not know for credit notes, one only for those, an
/// old one, and one for cash VAT.
fn sets(year: i32) -> Vec<Value> {
    let all = [1, 3, 20, 27];
    vec![
        set(1, &year.to_string(), &all, json!({"active_by_default": 1})),
        set(2, &format!("WEB{year}"), &[1, 20, 27], json!({})),
        set(3, &format!("NC{year}"), &[3], json!({})),
        set(
            4,
            &format!("{}", year - 1),
            &all,
            json!({"is_invisible": 1}),
        ),
        set(
            5,
            &format!("CX{year}"),
            &all,
            json!({"cash_vat_scheme_indicator": 1}),
        ),
    ]
}

fn set(id: i64, name: &str, types: &[i64], over: Value) -> Value {
    let numbers: Vec<_> = types
        .iter()
        .map(|kind| json!({"document_set_id": id, "document_type_id": kind, "initial_number": 1}))
        .collect();
    let codes: Vec<_> = types
        .iter()
        .map(|kind| {
            json!({"document_set_wsat_id": id * 100 + kind, "document_set_id": id, "document_type_id": kind,
                   "initial_num": 1, "document_set_state": 0,
                   "document_set_at_code": token(8).to_uppercase()})
        })
        .collect();
    let mut set = json!({"document_set_id": id, "name": name, "template_id": 0, "image": "",
        "cash_vat_scheme_indicator": 0, "active_by_default": 0, "for_invoice_receipt": 0, "is_invisible": 0,
        "eac_id": 1, "document_types_numbers": numbers, "document_set_at_codes": codes});
    set.merge(&over);
    set
}

/// Moves a row's own ids into the range of its company.
fn shift(value: &mut Value, by: i64) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|one| shift(one, by)),
        Value::Object(map) => {
            for (key, one) in map {
                match one.as_i64() {
                    Some(id) if id > 0 && is_own_id(key) => *one = json!(id + by),
                    _ => shift(one, by),
                }
            }
        }
        _ => {}
    }
}

fn is_own_id(key: &str) -> bool {
    let shared = [
        "document_type_id",
        "country_id",
        "language_id",
        "visibility_id",
    ];
    key.ends_with("_id") && !shared.contains(&key)
}
