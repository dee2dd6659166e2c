//! The shop's tables. What was generated is not kept: its row says when, and the body is made again
//! from the seed each time that it is asked for.

use super::garden::Garden;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Products,
    /// Of a product.
    Variations,
    Categories,
    Tags,
    ShippingClasses,
    Attributes,
    /// Of an attribute.
    Terms,
    /// Of a product.
    Reviews,
    Customers,
    Orders,
    /// Of an order.
    Refunds,
    /// Of an order.
    Notes,
    Coupons,
    Taxes,
}

/// Which parent a thing has, 0 for none, and its number.
pub(super) type Id = (u64, u64);

#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) created: i64,
    pub(super) modified: Option<i64>,
    /// `publish`, `processing`, `approved`, …; empty where there is no such thing.
    pub(super) status: Cow<'static, str>,
    pub(super) body: Body,
}

#[derive(Clone, Debug)]
pub(super) enum Body {
    /// Made from the seed.
    Grown,
    Kept(Box<Value>),
}

#[derive(Debug, Default)]
pub(super) struct Shop {
    tables: BTreeMap<Kind, BTreeMap<Id, Row>>,
    pub(super) garden: Garden,
    /// Posts, comments, terms and users count each for themselves.
    last: BTreeMap<Series, u64>,
}

/// What WordPress numbers together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Series {
    Posts,
    Terms,
    Attributes,
    Comments,
    Users,
    Rates,
}

impl Kind {
    fn series(self) -> Series {
        match self {
            Self::Products | Self::Variations | Self::Orders | Self::Refunds | Self::Coupons => {
                Series::Posts
            }
            Self::Categories | Self::Tags | Self::ShippingClasses | Self::Terms => Series::Terms,
            Self::Attributes => Series::Attributes,
            Self::Reviews | Self::Notes => Series::Comments,
            Self::Customers => Series::Users,
            Self::Taxes => Series::Rates,
        }
    }
}

impl Row {
    pub(super) fn kept(created: i64, status: &str, body: Value) -> Self {
        Self {
            created,
            modified: Some(created),
            status: Cow::Owned(status.to_owned()),
            body: Body::Kept(Box::new(body)),
        }
    }

    pub(super) fn grown(created: i64, status: &'static str) -> Self {
        Self {
            created,
            modified: Some(created),
            status: Cow::Borrowed(status),
            body: Body::Grown,
        }
    }
}

impl Shop {
    /// The next number of a kind.
    pub(super) fn next_id(&mut self, kind: Kind) -> u64 {
        let last = self.last.entry(kind.series()).or_default();
        *last += 1;
        *last
    }

    /// An attachment: it is numbered with the posts, and kept nowhere else.
    pub(super) fn next_attachment(&mut self) -> u64 {
        self.next_id(Kind::Products)
    }

    /// Numbers go on after this one.
    pub(super) fn skip_to(&mut self, kind: Kind, id: u64) {
        let last = self.last.entry(kind.series()).or_default();
        *last = id.max(*last);
    }

    pub(super) fn insert(&mut self, kind: Kind, id: Id, row: Row) {
        self.tables.entry(kind).or_default().insert(id, row);
    }

    /// Adds with the next number.
    pub(super) fn add(&mut self, kind: Kind, parent: u64, row: Row) -> u64 {
        let id = self.next_id(kind);
        self.insert(kind, (parent, id), row);
        id
    }

    pub(super) fn remove(&mut self, kind: Kind, id: Id) -> Option<Row> {
        self.tables.get_mut(&kind)?.remove(&id)
    }

    pub(super) fn row(&self, kind: Kind, id: Id) -> Option<&Row> {
        self.tables.get(&kind)?.get(&id)
    }

    pub(super) fn row_mut(&mut self, kind: Kind, id: Id) -> Option<&mut Row> {
        self.tables.get_mut(&kind)?.get_mut(&id)
    }

    pub(super) fn rows(&self, kind: Kind) -> impl Iterator<Item = (Id, &Row)> {
        self.tables
            .get(&kind)
            .into_iter()
            .flatten()
            .map(|(id, row)| (*id, row))
    }

    /// The rows of one parent.
    pub(super) fn children(&self, kind: Kind, parent: u64) -> impl Iterator<Item = (Id, &Row)> {
        let table = self.tables.get(&kind);
        let range = table.map(|table| table.range((parent, 0)..=(parent, u64::MAX)));
        range.into_iter().flatten().map(|(id, row)| (*id, row))
    }

    /// Finds a thing by its number alone.
    pub(super) fn find(&self, kind: Kind, id: u64) -> Option<Id> {
        match self.row(kind, (0, id)) {
            Some(_) => Some((0, id)),
            None => self
                .rows(kind)
                .map(|(found, _)| found)
                .find(|found| found.1 == id),
        }
    }

    pub(super) fn body(&self, kind: Kind, id: Id, row: &Row) -> Value {
        match &row.body {
            Body::Kept(body) => Value::clone(body),
            Body::Grown => self.garden.grow(kind, id),
        }
    }
}
