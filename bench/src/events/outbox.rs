//! The outbox of orders, written as orders writes it.

use anyhow::Context;
use events::Event;
use events::orders::v1::StockChanged;
use kernel::Clock;
use tokio_postgres::{Client, Statement};
use uuid::Uuid;

use super::Variant;
use crate::database;

/// Far above what shoppers are told, so that they are told the same all the time.
const PLENTY: i64 = 1_000_000;
/// Above every version that orders itself gave these variants.
const FIRST_VERSION: i64 = 1_000_000;
/// Rows of a statement, as orders writes them at most.
const ROWS_MAX: usize = 1_000;

const INSERT: &str = "INSERT INTO outbox (tenant_id, id, type, aggregate_id, version, payload, occurred_at) \
  SELECT $1::text::uuid, told.id::uuid, $2::text, told.variant, told.version, told.payload, now() \
  FROM unnest($3::text[], $4::text[], $5::bigint[], $6::bytea[]) AS told (id, variant, version, payload)";

pub struct Outbox {
    client: Client,
    insert: Statement,
    tenant: String,
    pub variants: Vec<Variant>,
    told: usize,
}

/// Which word of which variant.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    pub variant: usize,
    pub version: i64,
}

impl Outbox {
    pub async fn open(tenant: &str, variants: Vec<Variant>) -> anyhow::Result<Self> {
        anyhow::ensure!(
            !variants.is_empty(),
            "a store without variants tells nothing"
        );
        let client = database::of_service("orders").await?;
        let insert = client.prepare(INSERT).await?;
        Ok(Self {
            client,
            insert,
            tenant: tenant.to_owned(),
            variants,
            told: 0,
        })
    }

    /// The version that every variant has reached.
    pub fn version(&self) -> i64 {
        let rounds = self.told / self.variants.len();
        FIRST_VERSION + i64::try_from(rounds).unwrap_or(0)
    }

    /// So many events, in one commit.
    pub async fn fill(&mut self, count: usize) -> anyhow::Result<()> {
        self.client.batch_execute("BEGIN").await?;
        let mut left = count;
        while left > 0 {
            let some = left.min(ROWS_MAX);
            self.tell(some).await?;
            left -= some;
        }
        self.client.batch_execute("COMMIT").await?;
        self.wake().await
    }

    /// The next words, in a statement of their own: of one variant after the other.
    pub async fn tell(&mut self, count: usize) -> anyhow::Result<Vec<Word>> {
        let words: Vec<Word> = (self.told..self.told + count)
            .map(|nth| self.word(nth))
            .collect();
        let mut rows = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for word in &words {
            let event = self.event(*word)?;
            rows.0.push(Uuid::now_v7().to_string());
            rows.1.push(event.variant_id.clone());
            rows.2.push(event.version);
            rows.3.push(payload(&event));
        }
        let (ids, variants, versions, payloads) = rows;
        self.client
            .execute(
                &self.insert,
                &[
                    &self.tenant,
                    &StockChanged::TYPE,
                    &ids,
                    &variants,
                    &versions,
                    &payloads,
                ],
            )
            .await?;
        self.told += count;
        Ok(words)
    }

    /// What every process of orders does after its commits.
    pub async fn wake(&self) -> anyhow::Result<()> {
        Ok(self.client.batch_execute("NOTIFY outbox_orders").await?)
    }

    /// Whether something is not published yet.
    pub async fn is_waiting(&self) -> anyhow::Result<bool> {
        let sql = "SELECT EXISTS (SELECT FROM outbox WHERE published_at IS NULL)";
        Ok(self.client.query_one(sql, &[]).await?.try_get(0)?)
    }

    fn word(&self, nth: usize) -> Word {
        let round = i64::try_from(nth / self.variants.len()).unwrap_or(0);
        Word {
            variant: nth % self.variants.len(),
            version: FIRST_VERSION + 1 + round,
        }
    }

    fn event(&self, word: Word) -> anyhow::Result<StockChanged> {
        let variant = self.variants.get(word.variant).context("a variant")?;
        Ok(StockChanged {
            tenant_id: self.tenant.clone(),
            variant_id: variant.id.clone(),
            version: word.version,
            available: PLENTY,
            on_hand: PLENTY,
            product_id: variant.product.clone(),
            changed_at_us: Clock::system().unix() * 1_000_000,
            tracked: true,
            ..StockChanged::default()
        })
    }
}

fn payload(event: &impl Event) -> Vec<u8> {
    event.encode_to_vec()
}
