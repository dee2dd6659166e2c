//! Documents: one invoice an order, one credit note a refund.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use events::Named;
use events::invoicing::v1::{DocumentKind, DocumentStatus};
use kernel::{Currency, Money, TenantId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::document;
use crate::domain::problem::{Code, Needs};

pub const INVOICE: &str = "invoice";
pub const CREDIT_NOTE: &str = "credit_note";
pub const MOLONI: &str = "moloni";
pub const PLATFORM: &str = "platform";
pub const PROFORMA: &str = "proforma";

/// How far a document came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Pending,
    /// The provider was asked to make it, and its answer is not known.
    Inserting,
    Draft,
    Issued,
    Withdrawn,
}

impl State {
    const ALL: [Self; 5] = [
        Self::Pending,
        Self::Inserting,
        Self::Draft,
        Self::Issued,
        Self::Withdrawn,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Inserting => "inserting",
            Self::Draft => "draft",
            Self::Issued => "issued",
            Self::Withdrawn => "withdrawn",
        }
    }
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = document, primary_key(tenant_id, id), treat_none_as_null = true)]
pub struct DocumentRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub role: String,
    pub subject: Uuid,
    pub order_id: Uuid,
    pub order_number: String,
    pub corrects: Option<Uuid>,
    pub kind: String,
    pub provider: String,
    pub state: String,
    pub needs: Option<String>,
    pub problem: Option<String>,
    pub problem_detail: Option<String>,
    pub our_reference: String,
    pub company_id: Option<i64>,
    pub family: Option<String>,
    pub provider_id: Option<i64>,
    pub total_minor: i64,
    pub currency: String,
    pub issued_minor: Option<i64>,
    /// What the provider's document comes to, while it is not the total.
    pub provider_minor: Option<i64>,
    pub number: Option<String>,
    pub atcud: Option<String>,
    pub pdf_key: Option<String>,
    pub pdf_tries: i32,
    pub attempts: i32,
    /// When it is worked on next; never, when a person has to act first or nothing is left to do.
    pub next_at: Option<OffsetDateTime>,
    pub created_at: OffsetDateTime,
    pub issued_at: Option<OffsetDateTime>,
    pub changed_at: OffsetDateTime,
    pub version: i64,
}

impl DocumentRow {
    pub fn tenant(&self) -> TenantId {
        TenantId::from_uuid(self.tenant_id)
    }

    pub fn state(&self) -> State {
        let found = State::ALL
            .into_iter()
            .find(|one| one.as_str() == self.state);
        found.expect("the database checks the state")
    }

    pub fn is_invoice(&self) -> bool {
        self.role == INVOICE
    }

    pub fn is_proforma(&self) -> bool {
        self.kind == PROFORMA
    }

    /// Whether its PDF can be had now. A proforma's is drawn whenever somebody wants it.
    pub fn has_pdf(&self) -> bool {
        self.pdf_key.is_some() || (self.is_proforma() && self.state() == State::Issued)
    }

    pub fn total(&self) -> Money {
        self.money(self.total_minor)
    }

    /// What the provider's document comes to, while it is not the total.
    pub fn provider_total(&self) -> Option<Money> {
        self.provider_minor.map(|minor| self.money(minor))
    }

    fn money(&self, minor: i64) -> Money {
        let currency: Currency = self.currency.parse().unwrap_or(Currency::EUR);
        Money::new(minor, currency)
    }

    /// How it stands, for those who wait for it.
    pub fn status(&self) -> DocumentStatus {
        let waits_for_somebody = matches!(self.needs.as_deref(), Some("merchant" | "platform"));
        match self.state() {
            State::Issued => DocumentStatus::Issued,
            State::Withdrawn => DocumentStatus::Withdrawn,
            _ if waits_for_somebody => DocumentStatus::Failed,
            State::Draft => DocumentStatus::Draft,
            State::Pending | State::Inserting => DocumentStatus::Pending,
        }
    }

    pub fn kind(&self) -> DocumentKind {
        DocumentKind::from_name(&self.kind).unwrap_or(DocumentKind::Unspecified)
    }

    /// What keeps it, in the merchant's words; empty when nothing does.
    pub fn problem_text(&self, locale: &str) -> String {
        let code = self.problem.as_deref().and_then(Code::of_word);
        let detail = self.problem_detail.as_deref().unwrap_or_default();
        code.map(|code| code.text(locale, detail))
            .unwrap_or_default()
    }

    pub fn set_state(&mut self, state: State) {
        state.as_str().clone_into(&mut self.state);
    }

    pub fn set_problem(&mut self, needs: Needs, code: Code, detail: &str) {
        self.needs = Some(needs.as_str().to_owned());
        self.problem = Some(code.as_str().to_owned());
        self.problem_detail = Some(detail.to_owned());
        let differs = matches!(code, Code::TotalDiffers | Code::ClosedDiffers);
        self.provider_minor = self.provider_minor.filter(|_| differs);
    }

    /// For another try. That an exemption reason was not known is remembered: the next try may then take the
    /// settings' own.
    pub fn release(&mut self) {
        if self.problem.as_deref() == Some(Code::ExemptionUnknown.as_str()) {
            self.needs = None;
        } else {
            self.clear_problem();
        }
    }

    pub fn clear_problem(&mut self) {
        (self.needs, self.problem, self.problem_detail) = (None, None, None);
        self.provider_minor = None;
    }
}

/// Makes a document unless there is one for the same; answers whether it was made.
pub async fn create_document(tx: &TenantTx, row: &DocumentRow) -> Result<bool, Error> {
    let made = diesel::insert_into(document::table)
        .values(row)
        .on_conflict((document::tenant_id, document::role, document::subject))
        .do_nothing()
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(made == 1)
}

/// Writes a document down if nobody did since it was read: the version is the one it was read with, and
/// grows. False when somebody did.
pub async fn save_document(tx: &TenantTx, row: &mut DocumentRow) -> Result<bool, Error> {
    let seen = row.version;
    row.version += 1;
    let saved = diesel::update(document::table)
        .filter(document::tenant_id.eq(tx.tenant().uuid()))
        .filter(document::id.eq(row.id))
        .filter(document::version.eq(seen))
        .set(&*row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(saved == 1)
}

pub async fn find_document(tx: &TenantTx, id: Uuid) -> Result<Option<DocumentRow>, Error> {
    let found = document::table
        .filter(document::tenant_id.eq(tx.tenant().uuid()))
        .filter(document::id.eq(id))
        .select(DocumentRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

pub async fn lock_document(tx: &TenantTx, id: Uuid) -> Result<Option<DocumentRow>, Error> {
    let found = document::table
        .filter(document::tenant_id.eq(tx.tenant().uuid()))
        .filter(document::id.eq(id))
        .select(DocumentRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// An order's documents, its invoice first.
pub async fn list_of_order(tx: &TenantTx, order: Uuid) -> Result<Vec<DocumentRow>, Error> {
    let rows = document::table
        .filter(document::tenant_id.eq(tx.tenant().uuid()))
        .filter(document::order_id.eq(order))
        .order(document::id)
        .select(DocumentRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// Stores that have a document to work on, those who wait longest first.
pub async fn list_due_tenants(
    tx: &SystemTx,
    now: OffsetDateTime,
    limit: i64,
) -> Result<Vec<TenantId>, Error> {
    let rows: Vec<Uuid> = document::table
        .filter(document::next_at.le(now))
        .group_by(document::tenant_id)
        .order(diesel::dsl::min(document::next_at))
        .limit(limit)
        .select(document::tenant_id)
        .load(&mut tx.conn())
        .await?;
    Ok(rows.into_iter().map(TenantId::from_uuid).collect())
}

/// A store's documents to work on, the oldest first: the chronology of a series is that of its orders.
pub async fn list_due(
    tx: &TenantTx,
    now: OffsetDateTime,
    limit: i64,
) -> Result<Vec<DocumentRow>, Error> {
    let rows = document::table
        .filter(document::tenant_id.eq(tx.tenant().uuid()))
        .filter(document::next_at.le(now))
        .order(document::id)
        .limit(limit)
        .select(DocumentRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// Lets every document go on whose exemption reason was not known; see [`DocumentRow::release`].
pub async fn release_exemptions(tx: &TenantTx, now: OffsetDateTime) -> Result<(), Error> {
    diesel::update(document::table)
        .filter(document::tenant_id.eq(tx.tenant().uuid()))
        .filter(document::problem.eq(Code::ExemptionUnknown.as_str()))
        .filter(document::state.eq(State::Pending.as_str()))
        .set((
            document::needs.eq(None::<String>),
            document::attempts.eq(0),
            document::next_at.eq(now),
            document::changed_at.eq(now),
            document::version.eq(document::version + 1),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Lets every document that waits for one of these things go on.
pub async fn release_problems(
    tx: &TenantTx,
    problems: &[Code],
    now: OffsetDateTime,
) -> Result<(), Error> {
    let words: Vec<&str> = problems.iter().map(|code| code.as_str()).collect();
    diesel::update(document::table)
        .filter(document::tenant_id.eq(tx.tenant().uuid()))
        .filter(document::problem.eq_any(words))
        .filter(document::state.eq_any(["pending", "inserting", "draft"]))
        .set((
            document::needs.eq(None::<String>),
            document::problem.eq(None::<String>),
            document::problem_detail.eq(None::<String>),
            document::provider_minor.eq(None::<i64>),
            document::attempts.eq(0),
            document::next_at.eq(now),
            document::changed_at.eq(now),
            document::version.eq(document::version + 1),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
