//! Facts as a template shows them: everything is a word already, nothing is computed there.

use kernel::Money;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::texts::Words;
use crate::domain::colours;
use crate::domain::facts::{Facts, OrderFacts, Product, Withdrawal};
use crate::domain::format::{self, Lang};
use crate::domain::kinds::{Audience, Class, Kind, Layout};
use crate::domain::links;

/// How a store looks, and where it is.
#[derive(Clone, Debug)]
pub struct StoreLook {
    pub name: String,
    /// Origin of its pages, without a slash at the end.
    pub url: String,
    /// Its own, in which its pages are without a prefix.
    pub lang: Lang,
    /// The platform's admin panel.
    pub admin_url: String,
    pub logo_url: String,
    pub contact_email: String,
    pub contact_phone: String,
    pub tax_id: String,
    /// `#rrggbb`.
    pub accent: String,
    pub time_zone: String,
}

/// Whose words, in which language, of which store.
pub(super) struct Speaker<'a> {
    pub kind: Kind,
    pub lang: Lang,
    pub words: &'a Words,
    pub store: &'a StoreLook,
}

impl Speaker<'_> {
    /// The groups of names that texts may use, and all that the layouts show.
    pub(super) fn view(&self, facts: &Facts) -> Map<String, Value> {
        let order = facts.order.as_ref();
        let view = json!({
            "lang": self.lang.tag(),
            "labels": self.words.labels,
            "store": self.store_view(),
            "customer": { "name": facts.name },
            "order": order.map_or(json!({}), |order| self.order(order)),
            "lines": order.map(|order| self.lines(order)).unwrap_or_default(),
            "totals": order.map(|order| self.totals(order)).unwrap_or_default(),
            "sides": order.map(|order| self.sides(order)).unwrap_or_default(),
            "extras": order.map(|order| self.extras(order)).unwrap_or_default(),
            "products": facts.products.iter().map(|product| self.product(product)).collect::<Vec<_>>(),
            "product": facts.products.first().map_or(json!({}), |product| self.product(product)),
            "voucher": facts.voucher.as_ref().map_or(json!({}), |voucher| json!({
                "entity": voucher.entity,
                "reference": in_threes(&voucher.reference),
                "amount": self.money(voucher.amount),
                "expires": self.moment(voucher.expires_at),
            })),
            "document": facts.document.as_ref().map_or(json!({}), |document| json!({
                "kind": named(&self.words.documents, &document.kind),
                "number": document.number,
            })),
            "refund": facts.refund.as_ref().map_or(json!({}), |refund| json!({
                "amount": self.money(refund.amount),
            })),
            "shipment": facts.shipment.as_ref().map_or(json!({}), |shipment| json!({
                "carrier": shipment.carrier, "tracking": shipment.tracking,
            })),
            "returned": facts.returned.as_ref().map_or(json!({}), |returned| json!({
                "number": returned.number, "order_number": returned.order_number,
            })),
            "bill": facts.bill.as_ref().map_or(json!({}), |bill| json!({
                "number": bill.number,
                "amount": self.money(bill.amount),
                "due": format::day(bill.due_at, &self.store.time_zone, self.lang),
            })),
            "endpoint": facts.endpoint.as_ref().map_or(json!({}), |endpoint| json!({
                "host": endpoint.host,
            })),
            "domain": facts.domain.as_ref().map_or(json!({}), |domain| json!({
                "host": domain.host,
            })),
            "withdrawal": facts.withdrawal.as_ref().map_or(json!({}), |withdrawal| json!({
                "order_number": withdrawal.order_number,
                "name": withdrawal.name,
                "received": self.moment(Some(withdrawal.received_at)),
            })),
            "meter": facts.meter.as_ref().map_or(json!({}), |meter| json!({
                "mails": meter.mails.to_string(), "covered": meter.covered.to_string(),
            })),
            "facts": self.facts(facts),
            "button": self.button(facts),
            "document_url": self.document_url(facts),
            "withdrawal_url": self.withdrawal(order),
        });
        match view {
            Value::Object(view) => view,
            _ => Map::new(),
        }
    }

    fn store_view(&self) -> Value {
        let store = self.store;
        json!({
            "name": store.name,
            "url": self.pages(),
            "logo_url": self.picture(&store.logo_url),
            "contact_email": store.contact_email,
            "contact_phone": store.contact_phone,
            "tax_id": store.tax_id,
            "accent": store.accent,
            "on_accent": colours::readable_on(&store.accent),
        })
    }

    fn order(&self, order: &OrderFacts) -> Value {
        json!({
            "number": order.number,
            "date": order.placed_at.map(|at| format::day(at, &self.store.time_zone, self.lang)).unwrap_or_default(),
            "total": self.amount(order.total),
            "subtotal": self.amount(order.subtotal),
            "payment_method": self.method(order),
            "customer": order.name,
            "cancel_reason": self.words.reasons.get(&order.cancel_reason).cloned().unwrap_or_default(),
        })
    }

    fn lines(&self, order: &OrderFacts) -> Vec<Value> {
        let line = |line: &crate::domain::facts::Line| {
            json!({
                "title": line.title,
                "variant": line.variant,
                "quantity": line.quantity,
                "image_url": self.picture(&line.image_url),
                "total": self.amount(line.total),
            })
        };
        order.lines.iter().map(line).collect()
    }

    fn totals(&self, order: &OrderFacts) -> Vec<Value> {
        let row =
            |label: &str, value: String| json!({ "label": label, "value": value, "strong": false });
        let label = |name| self.words.label(name);
        let mut rows = vec![row(label("subtotal"), self.amount(order.subtotal))];
        if let Some(discount) = order.discount {
            let minus = Money::new(discount.minor.saturating_neg(), discount.currency);
            rows.push(row(label("discount"), self.money(minus)));
        }
        if !order.delivery.is_empty() || order.shipping.is_some_and(|money| !money.is_zero()) {
            let title = match order.shipping_title.as_str() {
                "" => label("shipping").to_owned(),
                title => format!("{} ({title})", label("shipping")),
            };
            let price = order.shipping.filter(|money| !money.is_zero());
            let price = price.map_or_else(|| label("free").to_owned(), |price| self.money(price));
            rows.push(row(&title, price));
        }
        let tax = if order.prices_include_tax {
            label("tax_included")
        } else {
            label("tax")
        };
        for part in order
            .taxes
            .iter()
            .filter(|part| part.tax.is_some_and(|tax| !tax.is_zero()))
        {
            let text = format!("{tax} ({})", format::rate(part.rate_bps, self.lang));
            rows.push(row(&text, self.amount(part.tax)));
        }
        rows.push(
            json!({ "label": label("total"), "value": self.amount(order.total), "strong": true }),
        );
        rows
    }

    fn sides(&self, order: &OrderFacts) -> Vec<Value> {
        let side =
            |name, lines: &[String]| json!({ "label": self.words.label(name), "lines": lines });
        let mut sides = Vec::new();
        if !order.delivery.is_empty() {
            sides.push(side("delivery_address", &order.delivery));
        }
        if !order.billing.is_empty() {
            sides.push(side("billing_address", &order.billing));
        }
        sides
    }

    fn extras(&self, order: &OrderFacts) -> Vec<Value> {
        let all = [
            ("payment_method", self.method(order)),
            ("tax_id", order.tax_id.clone()),
            ("note", order.note.clone()),
        ];
        let told = all.into_iter().filter(|(_, value)| !value.is_empty());
        told.map(|(name, value)| json!({ "label": self.words.label(name), "value": value }))
            .collect()
    }

    fn product(&self, product: &Product) -> Value {
        let side = match self.kind {
            Kind::LowStock => format!("{}: {}", self.words.label("stock_left"), product.quantity),
            _ => self.amount(product.price),
        };
        json!({
            "title": product.title,
            "variant": product.variant,
            "sku": if self.kind == Kind::LowStock { product.sku.as_str() } else { "" },
            "quantity": product.quantity,
            "image_url": self.picture(&product.image_url),
            "price": self.amount(product.price),
            "side": side,
        })
    }

    fn facts(&self, facts: &Facts) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut row = |name, lines: Vec<String>, strong: bool| {
            if lines.iter().any(|line| !line.is_empty()) {
                rows.push(
                    json!({ "label": self.words.label(name), "lines": lines, "strong": strong }),
                );
            }
        };
        if let Some(voucher) = &facts.voucher {
            row("entity", vec![voucher.entity.clone()], true);
            row("reference", vec![in_threes(&voucher.reference)], true);
            row("amount", vec![self.money(voucher.amount)], true);
            row("valid_until", vec![self.moment(voucher.expires_at)], false);
        }
        if let Some(document) = &facts.document {
            let kind = named(&self.words.documents, &document.kind);
            row(
                "document",
                vec![format!("{kind} {}", document.number)],
                false,
            );
        }
        if let Some(refund) = &facts.refund {
            row("refunded", vec![self.money(refund.amount)], true);
        }
        if let Some(shipment) = &facts.shipment {
            row("carrier", vec![shipment.carrier.clone()], false);
            row("tracking", vec![shipment.tracking.clone()], false);
        }
        if let Some(returned) = &facts.returned {
            row("returned", vec![returned.number.clone()], false);
            row("order", vec![returned.order_number.clone()], false);
            row("return_address", returned.address.clone(), false);
            row("refunded", vec![self.amount(returned.refund)], false);
        }
        if let Some(withdrawal) = &facts.withdrawal {
            row("order", vec![withdrawal.order_number.clone()], false);
            row(
                "received",
                vec![self.moment(Some(withdrawal.received_at))],
                true,
            );
            row(
                "consumer",
                vec![withdrawal.name.clone(), withdrawal.email.clone()],
                false,
            );
            row("given_back", self.given_back(withdrawal), false);
            row(
                "statement",
                withdrawal.statement.lines().map(str::to_owned).collect(),
                false,
            );
        }
        if let Some(bill) = &facts.bill {
            row("bill", vec![bill.number.clone()], false);
            row("amount", vec![self.money(bill.amount)], true);
            row(
                "due_at",
                vec![format::day(bill.due_at, &self.store.time_zone, self.lang)],
                false,
            );
        }
        if let Some(endpoint) = &facts.endpoint {
            row("endpoint", vec![endpoint.host.clone()], false);
            row("last_answer", vec![endpoint.last_status.clone()], false);
        }
        if let Some(domain) = &facts.domain {
            row("domain", vec![domain.host.clone()], false);
        }
        if let Some(link) = &facts.link {
            row("valid_until", vec![self.moment(link.expires_at)], false);
        }
        rows
    }

    fn given_back(&self, withdrawal: &Withdrawal) -> Vec<String> {
        let whole = withdrawal
            .whole_order
            .then(|| self.words.label("whole_order").to_owned());
        let lines = withdrawal.lines.iter().map(|line| {
            let variant = if line.variant.is_empty() {
                String::new()
            } else {
                format!(" ({})", line.variant)
            };
            format!("{} × {}{variant}", line.quantity, line.title)
        });
        whole.into_iter().chain(lines).collect()
    }

    /// Where the button leads. Where everything hangs on it, its address is shown too.
    fn button(&self, facts: &Facts) -> Value {
        let order = facts.order.as_ref();
        let to_order =
            || order.map(|order| links::order(&self.pages(), &order.id, &order.access_token));
        let admin = &self.store.admin_url;
        let url = match self.kind {
            Kind::InvoiceIssued => facts
                .document
                .as_ref()
                .map(|document| document.pdf_url.clone()),
            Kind::OrderShipped => {
                let tracked = facts
                    .shipment
                    .as_ref()
                    .map(|shipment| shipment.tracking_url.clone());
                tracked.filter(|url| links::is_web(url)).or_else(to_order)
            }
            Kind::NewWithdrawal => facts
                .withdrawal
                .as_ref()
                .map(|withdrawal| links::admin_order(admin, &withdrawal.order_id)),
            Kind::NewOrder => order.map(|order| links::admin_order(admin, &order.id)),
            Kind::LowStock => Some(links::admin_stock(admin)),
            Kind::WebhookDisabled => Some(links::admin_webhooks(admin)),
            Kind::DomainFailing | Kind::DomainLost => Some(links::admin_domains(admin)),
            Kind::MailLimitNear | Kind::MailLimitReached => Some(links::admin_plan(admin)),
            Kind::OrderPlaced
            | Kind::OrderPaid
            | Kind::MultibancoVoucher
            | Kind::PaymentFailed
            | Kind::OrderDelivered
            | Kind::OrderCancelled
            | Kind::OrderRefunded => to_order(),
            Kind::ReturnRequested
            | Kind::ReturnApproved
            | Kind::ReturnReceived
            | Kind::WithdrawalReceived => None,
            Kind::AccountVerify
            | Kind::AccountExists
            | Kind::AccountReset
            | Kind::AccountWelcome
            | Kind::AbandonedCart
            | Kind::BackInStock
            | Kind::ReviewRequest
            | Kind::ExportReady
            | Kind::StaffInvitation
            | Kind::Dunning => facts.link.as_ref().map(|link| link.url.clone()),
        };
        let is_needed = self.kind.class() == Class::Urgent || self.kind == Kind::ExportReady;
        json!({ "url": url.filter(|url| links::is_web(url)), "is_needed": is_needed })
    }

    fn document_url(&self, facts: &Facts) -> Option<String> {
        let document = facts
            .document
            .as_ref()
            .filter(|_| self.kind != Kind::InvoiceIssued);
        document
            .map(|document| document.pdf_url.clone())
            .filter(|url| links::is_web(url))
    }

    /// In every mail to a shopper about an order that stands.
    fn withdrawal(&self, order: Option<&OrderFacts>) -> Option<String> {
        let stands = self.kind.audience() == Audience::Shopper
            && self.kind.layout() == Layout::Order
            && self.kind != Kind::OrderCancelled;
        order
            .filter(|_| stands)
            .map(|order| links::withdrawal(&self.pages(), &order.number))
    }

    /// The store's pages in the language of the mail.
    fn pages(&self) -> String {
        let prefix = links::prefix(self.lang, self.store.lang);
        format!("{}{prefix}", self.store.url)
    }

    /// An image's address; one without a host is the store's.
    fn picture(&self, address: &str) -> Option<String> {
        let own = address.starts_with('/') && !address.starts_with("//");
        let whole = if own {
            format!("{}{address}", self.store.url)
        } else {
            address.to_owned()
        };
        Some(whole).filter(|address| links::is_web(address))
    }

    fn method(&self, order: &OrderFacts) -> String {
        named(&self.words.methods, &order.payment_method)
    }

    fn money(&self, money: Money) -> String {
        money.written(self.lang)
    }

    fn amount(&self, money: Option<Money>) -> String {
        money.map(|money| self.money(money)).unwrap_or_default()
    }

    fn moment(&self, at: Option<OffsetDateTime>) -> String {
        at.map(|at| format::moment(at, &self.store.time_zone, self.lang))
            .unwrap_or_default()
    }
}

/// The word for a key; the key itself, readable, when there is none.
fn named(words: &std::collections::BTreeMap<String, String>, key: &str) -> String {
    words
        .get(key)
        .cloned()
        .unwrap_or_else(|| key.replace('_', " "))
}

/// A reference as banks print it: `123 456 789`.
fn in_threes(reference: &str) -> String {
    if !reference.bytes().all(|b| b.is_ascii_digit()) {
        return reference.to_owned();
    }
    let digits: Vec<char> = reference.chars().collect();
    let groups: Vec<String> = digits
        .chunks(3)
        .map(|group| group.iter().collect())
        .collect();
    groups.join("\u{a0}")
}
