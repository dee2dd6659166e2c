//! What an order needs is noted in the transaction in which we hear of it; the provider is asked later.

use db::TenantTx;
use events::MoneyField;
use events::orders::v1::{Order, OrderPaid, OrderRefunded, OrderStatus};
use kernel::{Invalid, TenantId};
use prost::Message;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::app::App;
use crate::domain::reference;
use crate::store::documents::{
    self, CREDIT_NOTE, DocumentRow, INVOICE, MOLONI, PLATFORM, PROFORMA, State,
};
use crate::store::orders::{self, OrderRow, RefundRow};
use crate::store::{connections, settings};
use crate::tell;

/// Keeps what an event tells of an order, and makes the documents that it needs: the same whatever
/// comes first, and however often.
pub async fn take_order(app: &App, tx: &mut TenantTx, order: Order) -> Result<OrderRow, Failure> {
    let row = row_of(tx.tenant(), order, app.clock.now())?;
    orders::save_order(tx, &row).await?;
    let locked = orders::lock_order(tx, row.order_id).await?;
    let row = locked.ok_or_else(|| Invalid::new("the order was not stored"))?;
    if row.is_to_invoice() {
        open_invoice(app, tx, &row).await?;
    }
    Ok(row)
}

/// Why an event takes no effect.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Database(#[from] db::Error),
}

impl From<Failure> for bus::HandleError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Invalid(error) => error.into(),
            Failure::Database(error) => error.into(),
        }
    }
}

/// The order's invoice, or its proforma where the store has no fiscal provider. What it has is the store's
/// own: a process without the platform's key must not give a proforma in an invoice's place.
pub async fn open_invoice(app: &App, tx: &mut TenantTx, row: &OrderRow) -> Result<(), db::Error> {
    if connections::find_connection(tx).await?.is_none() {
        return give_proforma(app, tx, row).await;
    }
    let settings = settings::find_settings(tx).await?;
    let document = DocumentRow {
        role: INVOICE.into(),
        subject: row.order_id,
        kind: settings.map_or("invoice_receipt".to_owned(), |(row, _)| row.kind),
        provider: MOLONI.into(),
        our_reference: reference::document(tx.tenant(), row.order_id),
        total_minor: row.total_minor,
        ..blank(tx.tenant(), row, app.clock.now())
    };
    documents::create_document(tx, &document).await?;
    Ok(())
}

/// What a store without a fiscal provider gives: a proforma of our own, which says that it is no fiscal
/// document. It waits for nobody, and its paper is drawn when somebody wants it.
async fn give_proforma(app: &App, tx: &mut TenantTx, row: &OrderRow) -> Result<(), db::Error> {
    let now = app.clock.now();
    let document = DocumentRow {
        role: INVOICE.into(),
        subject: row.order_id,
        kind: PROFORMA.into(),
        provider: PLATFORM.into(),
        our_reference: reference::document(tx.tenant(), row.order_id),
        total_minor: row.total_minor,
        issued_minor: Some(row.total_minor),
        number: Some(format!("PF {}", row.number)),
        state: State::Issued.as_str().into(),
        issued_at: Some(now),
        next_at: None,
        ..blank(tx.tenant(), row, now)
    };
    if documents::create_document(tx, &document).await? {
        tell::issued(app, tx, &document).await?;
        metrics::counter!("invoicing_issued_total", "kind" => PROFORMA).increment(1);
    }
    Ok(())
}

/// Notes a refund, and the credit note that it needs.
pub async fn take_refund(
    app: &App,
    tx: &mut TenantTx,
    told: &OrderRefunded,
    order: &OrderRow,
) -> Result<(), Failure> {
    let id: Uuid = told
        .refund_id
        .parse()
        .map_err(|_| Invalid::new("refund_id is not a UUID"))?;
    let amount = told.amount.required("amount")?;
    if amount.minor <= 0 || amount.currency.as_str() != order.currency {
        return Err(Invalid::new("the amount is not one of the order's").into());
    }
    let refund = RefundRow {
        tenant_id: tx.tenant().uuid(),
        refund_id: id,
        order_id: order.order_id,
        amount_minor: amount.minor,
        payload: without_access(told).encode_to_vec(),
        heard_at: app.clock.now(),
    };
    orders::create_refund(tx, &refund).await?;
    open_credit(app, tx, order, &refund).await?;
    Ok(())
}

/// The credit note of a refund. A proforma is no fiscal document and is not credited.
pub async fn open_credit(
    app: &App,
    tx: &mut TenantTx,
    order: &OrderRow,
    refund: &RefundRow,
) -> Result<(), db::Error> {
    let of_order = documents::list_of_order(tx, order.order_id).await?;
    let Some(invoice) = of_order.into_iter().find(DocumentRow::is_invoice) else {
        return Ok(());
    };
    let now = app.clock.now();
    if !invoice.is_proforma() && invoice.state() != State::Withdrawn {
        let credit = DocumentRow {
            role: CREDIT_NOTE.into(),
            subject: refund.refund_id,
            kind: CREDIT_NOTE.into(),
            provider: invoice.provider.clone(),
            corrects: Some(invoice.id),
            our_reference: reference::document(tx.tenant(), refund.refund_id),
            total_minor: refund.amount_minor,
            ..blank(tx.tenant(), order, now)
        };
        documents::create_document(tx, &credit).await?;
    }
    wake_unissued(tx, invoice.id, now).await
}

/// A document that is not issued yet may not be wanted any more: it is looked at again.
pub async fn wake_unissued(
    tx: &TenantTx,
    invoice: Uuid,
    now: OffsetDateTime,
) -> Result<(), db::Error> {
    let Some(mut invoice) = documents::lock_document(tx, invoice).await? else {
        return Ok(());
    };
    // An outcome that is not known has to stay so until it was looked for.
    if matches!(invoice.state(), State::Pending | State::Draft) {
        invoice.next_at = Some(now);
        documents::save_document(tx, &mut invoice).await?;
    }
    Ok(())
}

fn blank(tenant: TenantId, order: &OrderRow, now: OffsetDateTime) -> DocumentRow {
    DocumentRow {
        tenant_id: tenant.uuid(),
        id: Uuid::now_v7(),
        role: String::new(),
        subject: order.order_id,
        order_id: order.order_id,
        order_number: order.number.clone(),
        corrects: None,
        kind: String::new(),
        provider: String::new(),
        state: State::Pending.as_str().into(),
        needs: None,
        problem: None,
        problem_detail: None,
        our_reference: String::new(),
        company_id: None,
        family: None,
        provider_id: None,
        total_minor: order.total_minor,
        currency: order.currency.clone(),
        issued_minor: None,
        number: None,
        atcud: None,
        pdf_key: None,
        pdf_tries: 0,
        provider_minor: None,
        attempts: 0,
        next_at: Some(now),
        created_at: now,
        issued_at: None,
        changed_at: now,
        version: 1,
    }
}

fn row_of(tenant: TenantId, mut order: Order, now: OffsetDateTime) -> Result<OrderRow, Invalid> {
    let id = order
        .order_id
        .parse()
        .map_err(|_| Invalid::new("order.order_id is not a UUID"))?;
    let total = order.total.required("order.total")?;
    if total.minor < 0 {
        return Err(Invalid::new("order.total is negative"));
    }
    // What is kept does not open the order.
    let access_hash = access_hash(&std::mem::take(&mut order.access_token));
    Ok(OrderRow {
        tenant_id: tenant.uuid(),
        order_id: id,
        number: order.number.clone(),
        customer_id: order.customer_id.parse().ok(),
        access_hash,
        locale: order.locale.clone(),
        currency: total.currency.to_string(),
        total_minor: total.minor,
        is_paid: order.paid_at_us > 0,
        is_cancelled: order.status() == OrderStatus::Cancelled,
        order_version: order.version,
        heard_at: now,
        payload: OrderPaid {
            tenant_id: tenant.to_string(),
            order: Some(order),
        }
        .encode_to_vec(),
    })
}

fn without_access(told: &OrderRefunded) -> OrderRefunded {
    let mut kept = told.clone();
    if let Some(order) = &mut kept.order {
        order.access_token.clear();
    }
    kept
}

/// Nothing opens an order whose word is not known.
fn access_hash(token: &str) -> Vec<u8> {
    match token {
        "" => Vec::new(),
        token => Sha256::digest(token.as_bytes()).to_vec(),
    }
}
