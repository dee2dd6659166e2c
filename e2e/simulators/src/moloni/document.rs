//! Fiscal documents: drafts, and what closing makes of them.

pub(super) mod close;
pub(super) mod credit;
pub(super) mod read;
pub(super) mod show;
pub(super) mod totals;

use super::fields::Fields;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::Date;
use totals::Totals;

/// An id lives in its own family: `invoices/getOne` does not find a credit note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Family {
    Invoices,
    InvoiceReceipts,
    SimplifiedInvoices,
    CreditNotes,
}

impl Family {
    pub(super) fn of(resource: &str) -> Option<Self> {
        match resource {
            "invoices" => Some(Self::Invoices),
            "invoiceReceipts" => Some(Self::InvoiceReceipts),
            "simplifiedInvoices" => Some(Self::SimplifiedInvoices),
            "creditNotes" => Some(Self::CreditNotes),
            _ => None,
        }
    }

    pub(super) fn type_id(self) -> i64 {
        match self {
            Self::Invoices => 1,
            Self::CreditNotes => 3,
            Self::SimplifiedInvoices => 20,
            Self::InvoiceReceipts => 27,
        }
    }

    pub(super) fn saft_code(self) -> &'static str {
        match self {
            Self::Invoices => "FT",
            Self::CreditNotes => "NC",
            Self::SimplifiedInvoices => "FS",
            Self::InvoiceReceipts => "FR",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Invoices => "Fatura",
            Self::CreditNotes => "Nota de Crédito",
            Self::SimplifiedInvoices => "Fatura Simplificada",
            Self::InvoiceReceipts => "Fatura-Recibo",
        }
    }

    /// Paid by its own issue, so that nothing of it is left to settle.
    pub(super) fn is_self_paid(self) -> bool {
        matches!(self, Self::InvoiceReceipts | Self::SimplifiedInvoices)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Status {
    Draft,
    Closed,
    Annulled,
}

impl Status {
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Draft => 0,
            Self::Closed => 1,
            Self::Annulled => 2,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Document {
    pub(super) id: i64,
    pub(super) family: Family,
    pub(super) status: Status,
    /// -1 in a draft.
    pub(super) number: i64,
    /// As sent, because an update sends only what changes.
    pub(super) input: Fields,
    pub(super) draft: Draft,
    pub(super) totals: Totals,
    /// The buyer's card at the moment of closing; a closed document keeps its copy.
    pub(super) entity: Value,
    pub(super) set_name: String,
    pub(super) atcud: String,
    pub(super) rsa_hash: String,
    /// Opens the download page.
    pub(super) secret: String,
    /// Seconds since 1970.
    pub(super) made_at: i64,
    pub(super) changed_at: i64,
}

/// What the fields of an insert say, once they are right.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Draft {
    pub(super) date: Date,
    /// Not on a credit note.
    pub(super) expiration: Option<Date>,
    pub(super) set_id: i64,
    pub(super) customer_id: i64,
    pub(super) our_reference: String,
    pub(super) your_reference: String,
    pub(super) notes: String,
    pub(super) eac_id: i64,
    /// Per cent.
    pub(super) financial_discount: Decimal,
    /// Money.
    pub(super) special_discount: Decimal,
    pub(super) currency: Option<Exchange>,
    pub(super) lines: Vec<Line>,
    pub(super) associated: Vec<Association>,
    pub(super) payments: Vec<Payment>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Exchange {
    pub(super) currency_id: i64,
    /// Foreign money for one unit of the company's.
    pub(super) rate: Decimal,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Line {
    /// `document_product_id`.
    pub(super) id: i64,
    pub(super) product_id: i64,
    pub(super) reference: String,
    pub(super) name: String,
    pub(super) summary: String,
    pub(super) qty: Decimal,
    /// Of one, net of VAT.
    pub(super) price: Decimal,
    /// Per cent.
    pub(super) discount: Decimal,
    pub(super) exemption_reason: String,
    pub(super) taxes: Vec<LineTax>,
    pub(super) order: i64,
    pub(super) warehouse_id: i64,
    /// On a credit note: the credited line, and its document.
    pub(super) related_id: i64,
    pub(super) origin_id: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct LineTax {
    /// The row of the company's taxes.
    pub(super) tax: Value,
    /// Per cent.
    pub(super) rate: Decimal,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Association {
    pub(super) id: i64,
    pub(super) value: Decimal,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Payment {
    pub(super) method_id: i64,
    pub(super) date: Date,
    /// The whole total when nothing was said.
    pub(super) value: Option<Decimal>,
    pub(super) notes: String,
}

impl Document {
    pub(super) fn is_draft(&self) -> bool {
        self.status == Status::Draft
    }

    pub(super) fn is_closed(&self) -> bool {
        self.status == Status::Closed
    }

    /// `FR 2026/20`.
    pub(super) fn printed_number(&self) -> String {
        format!(
            "{} {}/{}",
            self.family.saft_code(),
            self.set_name,
            self.number
        )
    }

    pub(super) fn effect(&self) -> Value {
        json!({"document_id": self.id, "type": self.family.saft_code(), "status": self.status.code(),
               "printed": if self.number > 0 { self.printed_number() } else { String::new() },
               "our_reference": self.draft.our_reference, "your_reference": self.draft.your_reference,
               "customer_id": self.draft.customer_id, "entity_vat": self.entity.get("vat"),
               "net_value": self.totals.net.to_string(),
               "credits": self.draft.associated.iter().map(|one| one.id).collect::<Vec<_>>()})
    }
}
