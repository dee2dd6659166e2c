//! Everything the double remembers: the companies with their books, who may come in, what was asked.

use super::document::{Document, Family};
use super::oauth::Grants;
use super::seed;
use crate::faults::Fault;
use crate::json::Json as _;
use kernel::Clock;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::Date;

/// How many calls `/_sim/log` remembers.
const LOG_MAX: usize = 2_000;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct World {
    last_id: i64,
    pub(super) companies: BTreeMap<i64, Company>,
    pub(super) grants: Grants,
    #[serde(skip)]
    pub(super) settings: Settings,
    #[serde(skip)]
    pub(super) faults: Vec<Fault>,
    #[serde(skip)]
    pub(super) log: Vec<Value>,
}

/// One company with its own look-ups, customers, products and documents.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Company {
    /// What `companies/getOne` shows.
    pub(super) card: Value,
    /// Rows by resource, such as `taxes` or `customers`, in the order of making.
    pub(super) tables: BTreeMap<String, Vec<Value>>,
    pub(super) documents: BTreeMap<i64, Document>,
    /// Mails that Moloni sent to buyers by itself.
    pub(super) mails: Vec<Value>,
    /// Calls within the second that is the first of the pair.
    #[serde(skip)]
    pub(super) calls: (i64, u32),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// Calls a second that a company may make; 0 is without a limit.
    pub(super) requests_per_second: u32,
    /// OAuth errors come with HTTP 200, as was seen too.
    pub(super) oauth_errors_as_200: bool,
    /// A new document is not found by a search for this long.
    pub(super) search_lag_seconds: i64,
    /// 2: each line's tax is rounded, as recorded from a live company. 1: the document's.
    pub(super) calc_method_id: u8,
    /// Decimals of a line's price that are kept; all when absent.
    pub(super) price_decimals: Option<u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            requests_per_second: 0,
            oauth_errors_as_200: false,
            search_lag_seconds: 0,
            calc_method_id: 2,
            price_decimals: None,
        }
    }
}

impl World {
    pub(super) fn new(clock: &Clock) -> Self {
        let mut world = Self {
            last_id: 1_000,
            companies: BTreeMap::new(),
            grants: Grants::default(),
            settings: Settings::default(),
            faults: Vec::new(),
            log: Vec::new(),
        };
        seed::plant(&mut world, clock);
        world
    }

    pub(super) fn next_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    pub(super) fn note(&mut self, entry: Value) {
        if self.log.len() >= LOG_MAX {
            self.log.remove(0);
        }
        self.log.push(entry);
    }

    /// The company that holds a document: for the levers, which name only the document.
    pub(super) fn owner_of(&mut self, document: i64) -> Option<&mut Company> {
        let mut companies = self.companies.values_mut();
        companies.find(|company| company.documents.contains_key(&document))
    }

    /// What happened to fiscal documents, for tests that count.
    pub(super) fn effects(&self) -> Value {
        let companies: serde_json::Map<_, _> = self
            .companies
            .iter()
            .map(|(id, company)| (id.to_string(), company.effects()))
            .collect();
        json!({"companies": companies})
    }
}

impl Company {
    pub(super) fn table(&self, name: &str) -> &[Value] {
        self.tables.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn table_mut(&mut self, name: &str) -> &mut Vec<Value> {
        self.tables.entry(name.to_owned()).or_default()
    }

    /// A row by its id; `key` is the name of the id's field.
    pub(super) fn row(&self, table: &str, key: &str, id: i64) -> Option<&Value> {
        self.table(table).iter().find(|row| row.int(key) == id)
    }

    pub(super) fn has_cash_vat(&self) -> bool {
        self.card.int("cash_vat_scheme_indicator") == 1
    }

    /// AT's validation code of a series for a type of document; without one it cannot be used.
    pub(super) fn at_code(&self, set: i64, family: Family) -> Option<String> {
        let set = self.row("documentSets", "document_set_id", set)?;
        let codes = set.part("document_set_at_codes").as_array()?;
        let code = codes
            .iter()
            .find(|code| code.int("document_type_id") == family.type_id())?;
        Some(code.text("document_set_at_code").to_owned())
    }

    /// Documents that have a number, of one type in one series.
    fn numbered(&self, set: i64, family: Family) -> impl Iterator<Item = &Document> {
        self.documents.values().filter(move |document| {
            document.draft.set_id == set && document.family == family && document.number > 0
        })
    }

    pub(super) fn next_number(&self, set: i64, family: Family) -> i64 {
        let numbers = self.numbered(set, family).map(|document| document.number);
        numbers.max().unwrap_or_default() + 1
    }

    pub(super) fn last_day(&self, set: i64, family: Family) -> Option<Date> {
        self.numbered(set, family)
            .map(|document| document.draft.date)
            .max()
    }

    /// The closed credit notes against a document.
    pub(super) fn credits_of(&self, original: i64) -> impl Iterator<Item = &Document> {
        self.documents.values().filter(move |note| {
            note.family == Family::CreditNotes
                && note.is_closed()
                && note.draft.associated.iter().any(|one| one.id == original)
        })
    }

    fn effects(&self) -> Value {
        let documents: Vec<_> = self.documents.values().map(Document::effect).collect();
        json!({"documents": documents, "customers": self.table("customers").len(),
               "products": self.table("products").len(), "mails": self.mails})
    }
}
