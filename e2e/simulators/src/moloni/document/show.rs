//! Documents as Moloni shows them: unevenly empty, with days as moments and ids as numbers.

use super::super::lisbon;
use super::super::seed;
use super::super::world::Company;
use super::totals::cents;
use super::{Document, Family, Line};
use crate::json::Json as _;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use time::OffsetDateTime;

/// A row of `getAll`: without lines, signature and payments.
pub(in crate::moloni) fn summary(company: &Company, document: &Document) -> Value {
    let (draft, totals, entity) = (&document.draft, &document.totals, &document.entity);
    let kind = json!({"document_type_id": document.family.type_id(),
        "saft_code": document.family.saft_code()});
    let mut row = json!({
        "document_id": document.id,
        "company_id": company.card.part("company_id"),
        "document_type_id": document.family.type_id(),
        "customer_id": draft.customer_id,
        "supplier_id": 0,
        "salesman_id": 0,
        "document_set_id": draft.set_id,
        "document_set_name": document.set_name,
        "number": document.number,
        "date": lisbon::midnight(draft.date),
        "expiration_date": draft.expiration.map(lisbon::midnight),
        "year": draft.date.year(),
        "your_reference": draft.your_reference,
        "our_reference": draft.our_reference,
        "entity_number": entity.text("number"),
        "entity_name": entity.text("name"),
        "entity_vat": entity.text("vat"),
        "entity_address": entity.text("address"),
        "entity_city": entity.text("city"),
        "entity_zip_code": entity.text("zip_code"),
        "entity_country": country(entity.int("country_id")),
        "entity_country_id": entity.int("country_id"),
        "status": document.status.code(),
        "document_type": kind,
        "document_set": {"document_set_id": draft.set_id, "name": document.set_name},
        "transport_code": "",
        "transport_code_set_by": 0,
        "lastmodified": moment(document.changed_at),
        "lastmodifiedby": "API",
        "associated_documents": associated(document),
        "reverse_associated_documents": reverse(company, document),
    });
    row.merge(&json!({
        "financial_discount": number(draft.financial_discount),
        "gross_value": number(totals.gross),
        "comercial_discount_value": number(totals.commercial_discount),
        "financial_discount_value": number(totals.financial_discount),
        "taxes_value": number(totals.taxes),
        "deduction_value": 0,
        "net_value": number(totals.net),
        "reconciled_value": reconciled(document),
        "exchange_currency_id": draft.currency.as_ref().map_or(0, |exchange| exchange.currency_id),
        "exchange_rate": draft.currency.as_ref().map_or(json!(0), |exchange| number(exchange.rate)),
        "exchange_total_value": number(totals.exchanged),
    }));
    row
}

/// What `getOne` answers.
pub(in crate::moloni) fn full(company: &Company, document: &Document, method: u8) -> Value {
    let draft = &document.draft;
    let mut shown = summary(company, document);
    shown.merge(&json!({
        "alternate_address_id": 0,
        "attached_file": "",
        "notes": draft.notes,
        "eac_id": draft.eac_id,
        "special_discount": number(draft.special_discount),
        "deduction_id": 0,
        "deduction_name": "",
        "delivery_method_id": document.input.id("delivery_method_id"),
        "delivery_datetime": null,
        "related_documents_notes": document.input.text("related_documents_notes"),
        "atcud": if document.number > 0 { json!(document.atcud) } else { Value::Null },
        "rsa_hash": document.rsa_hash,
        "hash_control": i32::from(document.number > 0),
        "set_from_api": 1,
        "document_calc_method": {"document_id": document.id, "calc_method_id": method},
        "products": draft.lines.iter().map(|one| line(company, document.id, one)).collect::<Vec<_>>(),
        "payments": payments(company, document),
    }));
    shown
}

/// A line of a document, as `getOne` and `getUnrelatedProducts` have it.
pub(in crate::moloni) fn line(company: &Company, document: i64, line: &Line) -> Value {
    let product = company.row("products", "product_id", line.product_id);
    let product = product.unwrap_or(&Value::Null);
    let unit = company.row("measurementUnits", "unit_id", product.int("unit_id"));
    let unit = unit.unwrap_or(&Value::Null);
    json!({
        "document_product_id": line.id,
        "document_id": document,
        "product_id": line.product_id,
        "category_id": product.int("category_id"),
        "reference": line.reference,
        "ean": product.text("ean"),
        "name": line.name,
        "summary": line.summary,
        "price": number(line.price),
        "qty": number(line.qty),
        "discount": number(line.discount),
        "order": line.order,
        "unit_id": product.int("unit_id"),
        "unit_name": unit.text("name"),
        "unit_short_name": unit.text("short_name"),
        "exemption_reason": line.exemption_reason,
        "warehouse_id": line.warehouse_id,
        "related_id": line.related_id,
        "origin_id": line.origin_id,
        "taxes": taxes(line),
        "child_products": [],
    })
}

fn taxes(line: &Line) -> Vec<Value> {
    let shown = |(order, tax): (usize, &super::LineTax)| {
        let mut shown = tax.tax.clone();
        let value = line.discounted() * tax.rate / Decimal::ONE_HUNDRED;
        shown.merge(&json!({"order": order, "cumulative": 0,
            "incidence_value": number(cents(line.discounted())), "total_value": number(cents(value))}));
        shown
    };
    line.taxes.iter().enumerate().map(shown).collect()
}

fn associated(document: &Document) -> Vec<Value> {
    let shown = |one: &super::Association| json!({"document_id": document.id, "associated_id": one.id, "value": number(one.value)});
    document.draft.associated.iter().map(shown).collect()
}

fn reverse(company: &Company, document: &Document) -> Vec<Value> {
    let notes = company.credits_of(document.id);
    notes
        .map(|note| json!({"document_id": note.id, "associated_id": document.id, "value": number(note.totals.net)}))
        .collect()
}

fn payments(company: &Company, document: &Document) -> Vec<Value> {
    let shown = |payment: &super::Payment| {
        let method = company.row("paymentMethods", "payment_method_id", payment.method_id);
        json!({"payment_method_id": payment.method_id,
               "payment_method_name": method.map(|row| row.text("name")).unwrap_or_default(),
               "date": lisbon::midnight(payment.date),
               "value": number(payment.value.unwrap_or(document.totals.net)), "notes": payment.notes})
    };
    document.draft.payments.iter().map(shown).collect()
}

fn reconciled(document: &Document) -> Value {
    let settled = document.is_closed()
        && (document.family.is_self_paid() || document.family == Family::CreditNotes);
    number(if settled {
        document.totals.net
    } else {
        Decimal::ZERO
    })
}

fn country(id: i64) -> String {
    let countries = seed::global("countries");
    let found = countries.iter().find(|row| row.int("country_id") == id);
    found
        .map(|row| row.text("name").to_owned())
        .unwrap_or_default()
}

fn moment(unix: i64) -> Value {
    match OffsetDateTime::from_unix_timestamp(unix) {
        Ok(at) => json!(format!(
            "{}T{:02}:{:02}:{:02}+0000",
            at.date(),
            at.hour(),
            at.minute(),
            at.second()
        )),
        Err(_) => Value::Null,
    }
}

/// A JSON number, as PHP prints it: `25`, `65.93`.
pub(in crate::moloni) fn number(amount: Decimal) -> Value {
    serde_json::from_str(&amount.normalize().to_string()).unwrap_or_default()
}
