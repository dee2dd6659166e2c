//! The fields of a document that is about to be made.

use serde_json::{Value, json};
use time::Date;

use super::Desk;
use super::lookups::{TYPE_CREDIT_NOTE, TYPE_INVOICE, TYPE_INVOICE_RECEIPT, TYPE_SIMPLIFIED};
use crate::clients::moloni::row;
use crate::domain::bill::{Bill, BillLine, shown};
use crate::domain::credit::{self, Credit, CreditLine, OpenLine};
use crate::domain::fixed::Fixed;
use crate::domain::problem::{Code, Problem};
use crate::provider::{Handle, InvoiceKind, ProviderError};

pub(super) const INVOICES: &str = "invoices";
pub(super) const INVOICE_RECEIPTS: &str = "invoiceReceipts";
pub(super) const SIMPLIFIED: &str = "simplifiedInvoices";
pub(super) const CREDIT_NOTES: &str = "creditNotes";
/// Every family that a document of ours may be in.
pub(super) const FAMILIES: [&str; 4] = [INVOICE_RECEIPTS, SIMPLIFIED, INVOICES, CREDIT_NOTES];

/// A document that can be inserted.
pub struct Ready {
    pub(super) family: &'static str,
    pub(super) fields: Value,
}

/// The family of a type of documents.
pub(super) fn family(document_type: i64) -> Option<&'static str> {
    match document_type {
        TYPE_INVOICE => Some(INVOICES),
        TYPE_CREDIT_NOTE => Some(CREDIT_NOTES),
        TYPE_SIMPLIFIED => Some(SIMPLIFIED),
        TYPE_INVOICE_RECEIPT => Some(INVOICE_RECEIPTS),
        _ => None,
    }
}

impl Desk<'_> {
    pub(super) async fn invoice(
        &self,
        bill: &Bill,
        kind: InvoiceKind,
        (reference, day): (&str, Date),
    ) -> Result<Ready, ProviderError> {
        let mut lines = Vec::new();
        for (place, line) in (0_i64..).zip(&bill.lines) {
            lines.push(Box::pin(self.line(place, line)).await?);
        }
        let customer = Box::pin(self.customer(&bill.buyer, &bill.locale)).await?;
        let mut fields = json!({
            "date": day.to_string(),
            "expiration_date": day.to_string(),
            "document_set_id": self.settings.document_set_id,
            "customer_id": customer,
            "our_reference": reference,
            "your_reference": bill.number,
            "products": lines,
            "status": 0,
        });
        if let Some(method) = self.settings.method(&bill.payment_method) {
            row::put(
                &mut fields,
                "payments",
                json!([{
                    "payment_method_id": method,
                    "date": day.to_string(),
                    "value": shown(bill.total.minor),
                    "notes": bill.payment_method,
                }]),
            );
        }
        let family = match kind {
            InvoiceKind::InvoiceReceipt => INVOICE_RECEIPTS,
            InvoiceKind::SimplifiedInvoice => SIMPLIFIED,
        };
        Ok(Ready { family, fields })
    }

    async fn line(&self, place: i64, line: &BillLine) -> Result<Value, ProviderError> {
        let tax = self.tax_fields(line).await?;
        let mut fields = json!({
            "product_id": self.product(line, &tax).await?,
            "name": line.name,
            "qty": line.quantity,
            "price": line.unit_price().to_string(),
            "discount": 0,
            "order": place,
        });
        for (field, value) in tax.as_object().into_iter().flatten() {
            row::put(&mut fields, field, value.clone());
        }
        Ok(fields)
    }

    /// A line's tax, or why it has none.
    async fn tax_fields(&self, line: &BillLine) -> Result<Value, ProviderError> {
        if line.rate_bps == 0 {
            let chosen = self.settings.exemption_code.as_deref();
            let own = Some(line.exemption.as_str()).filter(|code| !code.is_empty());
            return match own.or(chosen) {
                Some(code) => Ok(json!({"exemption_reason": code, "taxes": []})),
                None => Err(Problem::new(Code::ExemptionMissing, "").into()),
            };
        }
        let rate = Fixed::of_cents(i64::from(line.rate_bps)).to_string();
        let id = self.tax(line).await?;
        Ok(json!({"taxes": [tax_entry(id, &rate)]}))
    }

    pub(super) async fn credit_note(
        &self,
        original: &Handle,
        credit: &Credit,
        (reference, day): (&str, Date),
    ) -> Result<Ready, ProviderError> {
        let fields = json!({"document_id": original.id});
        let document = self.look("documents/getOne", fields.clone()).await?;
        let open = self.rows("documents/getUnrelatedProducts", fields).await?;
        let open = open.iter().filter_map(open_line).collect();
        let lines = credit::lines(open, credit)?;
        let lines = lines.iter().map(|line| credited(line, original.id));
        let customer = row::id(&document, "customer_id");
        let gone = || Problem::new(Code::LinesChanged, format!("{}", original.id));
        // Moloni's own rule: an invoice that is paid by its issue has nothing left to settle.
        let settles = match original.family == INVOICES {
            true => shown(credit.amount),
            false => "0".to_owned(),
        };
        let fields = json!({
            "date": day.to_string(),
            "document_set_id": self.settings.credit_set_id,
            "customer_id": customer.ok_or_else(gone)?,
            "our_reference": reference,
            "your_reference": row::text(&document, "your_reference"),
            "products": lines.collect::<Vec<_>>(),
            "associated_documents": [{"associated_id": original.id, "value": settles}],
            "net_value": shown(credit.amount),
            "status": 0,
        });
        Ok(Ready {
            family: CREDIT_NOTES,
            fields,
        })
    }
}

fn tax_entry(id: i64, rate: &str) -> Value {
    json!({"tax_id": id, "value": rate, "order": 0, "cumulative": 0})
}

/// A line of `getUnrelatedProducts`; nothing when it cannot be read, so that it is not credited.
fn open_line(line: &Value) -> Option<OpenLine> {
    let price = row::number(line, "price")?;
    let discount = row::number(line, "discount").unwrap_or_default();
    let kept = Fixed::whole(100).minus(discount);
    let taxes = row::list(line, "taxes").iter().map(|tax| {
        let rate = row::number(tax, "value")?.percent_as_bps()?;
        Some((row::id(tax, "tax_id")?, rate))
    });
    Some(OpenLine {
        id: row::id(line, "document_product_id")?,
        product_id: row::id(line, "product_id")?,
        place: row::text(line, "order").parse().unwrap_or(-1),
        reference: row::text(line, "reference"),
        name: row::text(line, "name"),
        quantity: row::number(line, "qty")?,
        price: price.times(kept).over(Fixed::whole(100))?,
        taxes: taxes.collect::<Option<_>>()?,
        exemption: row::text(line, "exemption_reason"),
    })
}

fn credited(line: &CreditLine, original: i64) -> Value {
    let taxes: Vec<_> = line
        .of
        .taxes
        .iter()
        .map(|(id, bps)| tax_entry(*id, &Fixed::of_cents(i64::from(*bps)).to_string()))
        .collect();
    json!({
        "product_id": line.of.product_id,
        "name": line.of.name,
        "qty": line.quantity.to_string(),
        "price": line.price.to_string(),
        "discount": 0,
        "order": line.of.place,
        "exemption_reason": line.of.exemption,
        "taxes": taxes,
        "related_id": line.of.id,
        "origin_id": original,
    })
}
