//! What is read of each list, and what becomes of it.

use futures_util::future::join_all;
use serde_json::Value;
use time::OffsetDateTime;
use time::macros::format_description;

use super::walk::News;
use super::{MARGIN, Progress, Run, Trouble, number};
use crate::clients::woocommerce::ShopError;
use crate::domain::map::{Item, Name, customers, orders, settings, shelf};
use crate::domain::plan::{Cursor, DATED, Step};
use crate::store::records;

/// After so many turns that got nowhere, what belongs to one record alone holds the others up no more.
const PATIENCE: i32 = 3;
/// With their variations and images.
const PRODUCTS_AT_ONCE: usize = 20;
/// Attributes with their terms, zones with their methods.
const LISTS_AT_ONCE: usize = 20;
/// With their refunds and notes.
const ORDERS_AT_ONCE: usize = 25;

impl Run {
    /// Reads the next page of a list and sends it on.
    pub(super) async fn page_of(&self, step: Step, cursor: Cursor) -> Result<Progress, Trouble> {
        if step.is_sweep {
            return self.sweep(step, cursor).await;
        }
        match step.resource {
            "attributes" => self.attributes(step).await?,
            "categories" => self.categories(step).await?,
            "shipping" => self.zones(step).await?,
            _ => {
                let query = self.query_of(step);
                let news = self.news(path_of(step.resource), &query, cursor).await?;
                return self.take(step, news).await;
            }
        }
        Ok(Progress::End)
    }

    fn query_of(&self, step: Step) -> Vec<(&'static str, String)> {
        let mut query = match step.resource {
            "products" => vec![("status", "any".to_owned()), ("context", "edit".to_owned())],
            "orders" => vec![("status", "any".to_owned())],
            "reviews" => vec![("status", "all".to_owned())],
            "customers" => vec![("role", "all".to_owned())],
            _ => Vec::new(),
        };
        let after = if step.pass == 1 {
            self.since
        } else {
            Some(self.started_at - MARGIN)
        };
        if let Some(after) = after.filter(|_| DATED.contains(&step.resource)) {
            query.push(("modified_after", written(after)));
            query.push(("dates_are_gmt", "true".to_owned()));
        }
        query
    }

    /// What takes long is taken in pieces, and each is written down.
    async fn take(&self, step: Step, news: News) -> Result<Progress, Trouble> {
        let size = match step.resource {
            "products" => PRODUCTS_AT_ONCE,
            "orders" => ORDERS_AT_ONCE,
            _ => usize::MAX,
        };
        let mut left = news.rows.as_slice();
        while !left.is_empty() {
            let (some, rest) = left.split_at(size.min(left.len()));
            if !self.take_some(step, some, news.total).await? {
                return Ok(Progress::TurnOver);
            }
            left = rest;
            if let (Some(next), Some(last), false) = (news.next, some.last(), rest.is_empty()) {
                let unread = u64::try_from(rest.len()).unwrap_or(u64::MAX);
                let here = Cursor {
                    offset: next.offset.saturating_sub(unread),
                    last_id: number(last),
                    ..next
                };
                self.save(here).await?;
                if self.is_over() {
                    return Ok(Progress::TurnOver);
                }
            }
        }
        Ok(news.next.map_or(Progress::End, Progress::Next))
    }

    /// False when the turn was over before they were sent.
    async fn take_some(
        &self,
        step: Step,
        rows: &[Value],
        total: Option<u64>,
    ) -> Result<bool, Trouble> {
        match step.resource {
            "products" => return self.products(rows, step.pass, total).await,
            "orders" => self.orders(rows, step.pass, total).await?,
            _ => {
                let items = self.simple(step.resource, rows).await?;
                self.send(&items, step.pass, total).await?;
            }
        }
        Ok(true)
    }

    /// Lists whose records need nothing but themselves, or what came before them.
    async fn simple(&self, resource: &str, rows: &[Value]) -> Result<Vec<Item>, Trouble> {
        Ok(match resource {
            "tags" => rows.iter().map(shelf::tag).collect(),
            "taxes" => rows.iter().map(settings::tax_rate).collect(),
            "customers" => rows.iter().map(customers::customer).collect(),
            "reviews" => {
                let products = rows
                    .iter()
                    .filter_map(|row| row.get("product_id").and_then(Value::as_i64));
                let names: Vec<Name> = products.map(|id| ("product", id.to_string())).collect();
                let known = self.known(&names, self.dry_run).await?;
                rows.iter().map(|row| shelf::review(row, &known)).collect()
            }
            "coupons" => {
                let names: Vec<Name> = rows.iter().flat_map(settings::coupon_references).collect();
                let known = self.known(&names, self.dry_run).await?;
                rows.iter()
                    .map(|row| settings::coupon(row, &self.facts, &known))
                    .collect()
            }
            _ => Vec::new(),
        })
    }

    async fn attributes(&self, step: Step) -> Result<(), Trouble> {
        let all = self.list("products/attributes").await?;
        let mut items = Vec::new();
        for some in all.chunks(LISTS_AT_ONCE) {
            let terms = some.iter().map(async |attribute| {
                let path = format!("products/attributes/{}/terms", number(attribute));
                self.part(&path, ("attribute", number(attribute))).await
            });
            for (attribute, terms) in some.iter().zip(join_all(terms).await) {
                items.extend(terms?.map(|terms| shelf::attribute(attribute, &terms)));
            }
        }
        self.send(&items, step.pass, u64::try_from(all.len()).ok())
            .await
    }

    async fn categories(&self, step: Step) -> Result<(), Trouble> {
        let all = self
            .shop
            .all("products/categories", &[])
            .await
            .map_err(|error| self.trouble(error))?;
        let names: Vec<Name> = all
            .iter()
            .map(|row| ("category", number(row).to_string()))
            .collect();
        let known = self.named(&names).await?;
        let items = shelf::categories(&all, &known);
        for chunk in items.chunks(200) {
            self.send(chunk, step.pass, u64::try_from(all.len()).ok())
                .await?;
        }
        Ok(())
    }

    async fn zones(&self, step: Step) -> Result<(), Trouble> {
        let all = self.list("shipping/zones").await?;
        let mut items = Vec::new();
        for some in all.chunks(LISTS_AT_ONCE) {
            let parts = some.iter().map(async |zone| {
                let id = number(zone);
                let locations = self.list(&format!("shipping/zones/{id}/locations")).await?;
                let methods = self.list(&format!("shipping/zones/{id}/methods")).await?;
                Ok::<_, Trouble>(settings::zone(zone, &locations, &methods, &self.facts))
            });
            for item in join_all(parts).await {
                items.push(item?);
            }
        }
        self.send(&items, step.pass, u64::try_from(all.len()).ok())
            .await
    }

    async fn list(&self, path: &str) -> Result<Vec<Value>, Trouble> {
        match self.shop.list(path).await {
            Ok(rows) => Ok(rows),
            Err(ShopError::Missing) => Ok(Vec::new()),
            Err(error) => Err(self.trouble(error)),
        }
    }

    /// A list that belongs to one record. One that cannot be read holds the others up for a few turns only;
    /// then it is nothing, which is not an empty list: its record must not be written without it.
    pub(super) async fn part(
        &self,
        path: &str,
        (resource, id): (&str, i64),
    ) -> Result<Option<Vec<Value>>, Trouble> {
        let mut query = Vec::new();
        if path.ends_with("variations") {
            query.push(("context", "edit".to_owned()));
            query.push(("status", "any".to_owned()));
        }
        let read = if path.ends_with("notes") {
            self.shop.list(path).await
        } else {
            self.shop.all(path, &query).await
        };
        match read {
            Ok(rows) => Ok(Some(rows)),
            Err(ShopError::Missing) => Ok(Some(Vec::new())),
            Err(ShopError::Later(..)) if self.failures >= PATIENCE => {
                let why = "a part of it could not be read";
                self.failed(resource, &id.to_string(), why).await?;
                Ok(None)
            }
            Err(error) => Err(self.trouble(error)),
        }
    }

    pub(super) async fn orders(
        &self,
        rows: &[Value],
        pass: i16,
        total: Option<u64>,
    ) -> Result<(), Trouble> {
        let mut read = Vec::new();
        let mut left = rows;
        while !left.is_empty() {
            let (some, rest) = left.split_at(self.shop.pace.together().min(left.len()));
            let mut asked = Vec::new();
            for row in some {
                asked.push(self.parts_of(row));
            }
            let parts = join_all(asked).await;
            for (row, parts) in some.iter().zip(parts) {
                read.extend(parts?.map(|parts| (row, parts)));
            }
            left = rest;
        }
        let reads = read.iter().map(|(order, (refunds, notes))| orders::Read {
            order,
            refunds,
            notes,
        });
        let reads: Vec<_> = reads.collect();
        let (parts, whole): (Vec<Name>, Vec<Name>) = reads
            .iter()
            .flat_map(orders::Read::references)
            .partition(|(resource, _)| resource.starts_with("varia"));
        let mut known = self.known(&whole, self.dry_run).await?;
        known.0.extend(self.known(&parts, true).await?.0);
        let items: Vec<Item> = reads.iter().map(|read| read.item(&known)).collect();
        self.send(&items, pass, total).await
    }

    /// Refunds and notes. An order without its refunds would be another one; what was noted on it may be
    /// missing.
    async fn parts_of(&self, order: &Value) -> Result<Option<(Vec<Value>, Vec<Value>)>, Trouble> {
        let id = number(order);
        let has_refunds = order
            .get("refunds")
            .and_then(Value::as_array)
            .is_some_and(|refunds| !refunds.is_empty());
        let refunds = if has_refunds {
            self.part(&format!("orders/{id}/refunds"), ("order", id))
                .await?
        } else {
            Some(Vec::new())
        };
        let Some(refunds) = refunds else {
            return Ok(None);
        };
        let notes = self
            .part(&format!("orders/{id}/notes"), ("order", id))
            .await?;
        Ok(Some((refunds, notes.unwrap_or_default())))
    }

    /// The numbers alone: what was missed is fetched, what is seen is noted.
    async fn sweep(&self, step: Step, cursor: Cursor) -> Result<Progress, Trouble> {
        let mut query = vec![("_fields", "id".to_owned())];
        if step.resource != "coupons" {
            query.push(("status", "any".to_owned()));
        }
        let path = path_of(step.resource);
        let news = self.news(path, &query, cursor).await?;
        let resource = singular(step.resource);
        let names: Vec<Name> = news
            .rows
            .iter()
            .map(|row| (resource, number(row).to_string()))
            .collect();
        let next = news.next.map_or(Progress::End, Progress::Next);
        if names.is_empty() || self.dry_run {
            return Ok(next);
        }
        let tx = self.app.db.begin_tenant(self.tenant).await?;
        let here = records::find(&tx, (&self.source, self.id), &names).await?;
        records::see(&tx, &self.source, &names, (self.id, step.pass)).await?;
        tx.commit().await?;
        let is_missed = |name: &&Name| {
            let row = here.get(&(name.0.to_owned(), name.1.clone()));
            row.is_none_or(|row| row.sent_hash.is_none())
        };
        let missed: Vec<&str> = names
            .iter()
            .filter(is_missed)
            .map(|name| name.1.as_str())
            .collect();
        if missed.is_empty() || self.since.is_some() {
            return Ok(next);
        }
        let mut query = self.query_of(Step { pass: 1, ..step });
        query.push(("include", missed.join(",")));
        query.push(("per_page", "100".to_owned()));
        let page = self.shop.page(path, &query).await;
        let page = page.map_err(|error| self.trouble(error))?;
        for some in page.rows.chunks(PRODUCTS_AT_ONCE) {
            if !self.take_some(step, some, None).await? {
                return Ok(Progress::TurnOver);
            }
        }
        Ok(next)
    }
}

pub(super) fn path_of(resource: &str) -> &'static str {
    match resource {
        "tags" => "products/tags",
        "taxes" => "taxes",
        "products" => "products",
        "reviews" => "products/reviews",
        "customers" => "customers",
        "orders" => "orders",
        "coupons" => "coupons",
        _ => "products/categories",
    }
}

/// A record of a list.
pub(super) fn singular(resource: &str) -> &'static str {
    match resource {
        "products" => "product",
        "orders" => "order",
        "coupons" => "coupon",
        "reviews" => "review",
        "customers" => "customer",
        _ => "category",
    }
}

/// As WordPress reads a moment, in UTC without saying so.
fn written(at: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
    at.to_offset(time::UtcOffset::UTC)
        .format(&format)
        .unwrap_or_default()
}
