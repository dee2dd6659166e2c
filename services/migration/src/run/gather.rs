//! Products with everything that belongs to them.

use futures_util::future::join_all;
use serde_json::Value;

use super::{Run, Trouble, number};
use crate::domain::map::products::Read;
use crate::domain::map::{Item, Name, Picture};
use crate::store::records;

impl Run {
    /// Reads the variations, brings the images, sends the products. False when the turn was over before.
    pub(super) async fn products(
        &self,
        rows: &[Value],
        pass: i16,
        total: Option<u64>,
    ) -> Result<bool, Trouble> {
        let mut read = Vec::new();
        let mut left = rows;
        while !left.is_empty() {
            let (some, rest) = left.split_at(self.shop.pace.together().min(left.len()));
            let mut asked = Vec::new();
            for row in some {
                asked.push(self.variations_of(row));
            }
            let variations = join_all(asked).await;
            for (row, variations) in some.iter().zip(variations) {
                read.extend(variations?.map(|variations| (row, variations)));
            }
            left = rest;
        }
        let now_us = events::to_us(self.app.clock.now());
        let reads: Vec<Read<'_>> = read
            .iter()
            .map(|(product, variations)| Read {
                product,
                variations,
                now_us,
            })
            .collect();
        let mut pictures: Vec<Picture> = reads.iter().flat_map(Read::pictures).collect();
        pictures.sort();
        pictures.dedup_by(|a, b| a.key == b.key);
        if !self.bring(&pictures).await? {
            return Ok(false);
        }
        let own: Vec<Name> = reads.iter().flat_map(Read::names).collect();
        let before: Vec<Name> = reads.iter().flat_map(Read::references).collect();
        let mut known = self.named(&own).await?;
        known.0.extend(self.known(&before, self.dry_run).await?.0);
        if self.dry_run {
            // Nothing is fetched for a trial; what would not come is not known yet.
            let id = || uuid::Uuid::nil().to_string();
            for picture in &pictures {
                known
                    .0
                    .entry(("image", picture.key.clone()))
                    .or_insert_with(id);
            }
        }
        let items: Vec<Item> = reads
            .iter()
            .flat_map(|read| read.items(&self.facts, &known))
            .collect();
        self.send(&items, pass, total).await?;
        self.forget_parts(&reads, &items).await?;
        Ok(true)
    }

    /// Nothing where they could not be read.
    async fn variations_of(&self, product: &Value) -> Result<Option<Vec<Value>>, Trouble> {
        let kind = product
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if !kind.contains("variable") {
            return Ok(Some(Vec::new()));
        }
        let id = number(product);
        self.part(&format!("products/{id}/variations"), ("product", id))
            .await
    }

    /// Variations that a product had and has no more.
    async fn forget_parts(&self, reads: &[Read<'_>], items: &[Item]) -> Result<(), Trouble> {
        if self.dry_run {
            return Ok(());
        }
        let tx = self.app.db.begin_tenant(self.tenant).await?;
        for read in reads {
            let parent = read.id();
            let parts = items.iter().filter(|item| item.parent == parent);
            let parts: Vec<String> = parts.map(|item| item.source_id.clone()).collect();
            records::forget_parts(&tx, &self.source, &parent, &parts).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
