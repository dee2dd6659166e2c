//! A past for a store to look at: orders of days gone by, by the rules of each day, told to nobody.
//!
//! No mail, no invoice and no payment comes of them, as nobody bought anything. What was sent had left the
//! shelves before they were counted; only what still waits to be sent is kept from them now.

use db::TenantTx;
use kernel::{Currency, Email, Locale, Money, OrderId, Quantity, TenantId, lisbon};
use serde_json::json;
use time::OffsetDateTime;
use uuid::{NoContext, Timestamp, Uuid};

use crate::App;
use crate::checkout::batch;
use crate::details::{Address, Consent, OrderDetails};
use crate::domain::cart::Offer;
use crate::domain::order::{OrderState, RefundStood};
use crate::domain::totals::{Pricing, ShippingRate, Totals};
use crate::secret;
use crate::store::orders::{self, OrderFilter, OrderRow, TakeRow};
use crate::store::refunds::{self, RefundRow};
use crate::store::settings;
use crate::store::timeline::{self, TimelineRow};
use crate::transition::{self, By, StockChange};

/// Rows that are written at once.
const ROWS: usize = 100;
const REASON: &str = "requested_by_customer";

/// An order as it was placed, and what became of it.
#[derive(Clone, Debug)]
pub struct PastSale {
    pub placed_at: OffsetDateTime,
    pub email: Email,
    pub locale: Locale,
    pub address: Address,
    pub payment_method: String,
    /// Each variant once, at the price of that day.
    pub wanted: Vec<(Offer, Quantity)>,
    pub course: Course,
}

/// What became of an order.
#[derive(Clone, Debug)]
pub enum Course {
    /// Paid; its goods are kept until somebody sends them.
    Waits,
    Sent {
        at: OffsetDateTime,
        tracking: String,
    },
    /// Sent, and all of the payment given back, or so many hundredths of it.
    GivenBack {
        sent_at: OffsetDateTime,
        at: OffsetDateTime,
        hundredths: i64,
    },
    /// Never paid.
    Lapsed { at: OffsetDateTime },
}

/// What is written of a sale.
struct Written {
    row: OrderRow,
    takes: Vec<TakeRow>,
    entries: Vec<TimelineRow>,
    refund: Option<RefundRow>,
    waits: bool,
}

/// Gives a store that has no order yet its past, the earliest first. Answers how many orders it wrote: none
/// when there was one.
pub async fn ensure_history(
    app: &App,
    tenant: TenantId,
    currency: Currency,
    sales: &[PastSale],
) -> anyhow::Result<usize> {
    let known = app.db.read(tenant, async |tx| {
        let count = orders::count_orders(tx, &OrderFilter::default()).await?;
        let (shipping, _) = settings::list_shipping(tx).await?;
        Ok::<_, db::Error>((count, shipping))
    });
    let (count, shipping) = known.await?;
    if count > 0 || sales.is_empty() {
        return Ok(0);
    }
    let scribe = Scribe {
        app,
        tenant,
        currency,
        shipping,
    };
    let mut written = sales
        .iter()
        .map(|sale| scribe.write(sale))
        .collect::<anyhow::Result<Vec<Written>>>()?;
    let stored = app
        .db
        .tenant(tenant, async |tx| store(tx, app, &mut written).await);
    stored.await?;
    Ok(written.len())
}

async fn store(tx: &mut TenantTx, app: &App, written: &mut [Written]) -> Result<(), db::Error> {
    let count = i64::try_from(written.len()).unwrap_or(i64::MAX);
    let (first, prefix) = settings::take_numbers(tx, count).await?;
    for (number, one) in (first..).zip(written.iter_mut()) {
        one.row.number = format!("{prefix}{number}");
    }
    for some in written.chunks(ROWS) {
        let rows: Vec<_> = some.iter().map(|one| one.row.clone()).collect();
        orders::create_orders(tx, &rows).await?;
        let takes: Vec<_> = some.iter().flat_map(|one| one.takes.clone()).collect();
        orders::create_takes(tx, &takes).await?;
        let entries: Vec<_> = some.iter().flat_map(|one| one.entries.clone()).collect();
        timeline::create_entries(tx, &entries).await?;
        for refund in some.iter().filter_map(|one| one.refund.as_ref()) {
            refunds::create_refund(tx, refund).await?;
        }
    }
    let by = By {
        app,
        actor: "shopper".into(),
        now: app.clock.now(),
    };
    for one in written.iter_mut().filter(|one| one.waits) {
        let id = one.row.order_id();
        // What is not there is sent when there is some.
        let kept = transition::move_stock(tx, id, StockChange::Reserve, &by).await?;
        if kept.is_ok() {
            one.row.holds_stock = true;
            orders::save_order(tx, &mut one.row).await?;
        }
    }
    Ok(())
}

struct Scribe<'a> {
    app: &'a App,
    tenant: TenantId,
    currency: Currency,
    shipping: Vec<ShippingRate>,
}

impl Scribe<'_> {
    fn write(&self, sale: &PastSale) -> anyhow::Result<Written> {
        let totals = self.price(sale)?;
        let mut row = self.row(sale, &totals);
        let mut details = details(sale, &totals);
        let mut state = row.state();
        let mut entries = vec![self.entry(&row, sale.placed_at, "placed", "shopper")];
        let mut refund = None;
        if let Course::Lapsed { at } = &sale.course {
            state.cancel()?;
            "expired".clone_into(&mut details.cancel_reason);
            row.cancelled_at = Some(*at);
            let entry = self.entry(&row, *at, "cancelled", "system");
            entries.push(entry.with(json!({ "reason": "expired" })));
        } else {
            state.receive_payment(totals.total)?;
            row.paid_at = Some(sale.placed_at);
            row.reserved_until = None;
            entries.push(self.entry(&row, sale.placed_at, "paid", "stripe"));
        }
        if let Course::Sent { at, tracking } = &sale.course {
            details.tracking.clone_from(tracking);
            entries.push(self.send(&row, &mut state, (*at, tracking.as_str()))?);
        }
        if let Course::GivenBack {
            sent_at,
            at,
            hundredths,
        } = &sale.course
        {
            entries.push(self.send(&row, &mut state, (*sent_at, ""))?);
            let minor = totals.total.minor * hundredths / 100;
            let amount = Money::new(minor.clamp(1, totals.total.minor), self.currency);
            let given = self.refund(&row, *at, amount);
            state.request_refund(amount)?;
            state.receive_refund(amount, RefundStood::UnderWay)?;
            let told = json!({ "refund_id": given.id, "amount": amount, "reason": REASON });
            let asked = self.entry(&row, *at, "refund_requested", "system");
            entries.push(asked.with(told.clone()));
            entries.push(self.entry(&row, *at, "refunded", "stripe").with(told));
            refund = Some(given);
        }
        let last = entries.last().map_or(sale.placed_at, |entry| entry.at);
        row.set_state(&state, last);
        row.set_details(&details);
        row.version = i64::try_from(entries.len())?;
        Ok(Written {
            takes: totals.lines.iter().map(|line| take(&row, line)).collect(),
            row,
            entries,
            refund,
            waits: matches!(sale.course, Course::Waits),
        })
    }

    fn price(&self, sale: &PastSale) -> anyhow::Result<Totals> {
        let region = sale.address.region();
        let pricing = Pricing {
            currency: self.currency,
            region: region.ok_or_else(|| anyhow::anyhow!("the address is not in Portugal"))?,
            day: lisbon::day(sale.placed_at),
            rates: &self.app.rates,
            shipping: &self.shipping,
        };
        Ok(pricing.price(&sale.wanted)?)
    }

    fn row(&self, sale: &PastSale, totals: &Totals) -> OrderRow {
        let id = OrderId::from_uuid(id_of(sale.placed_at));
        let token = secret::order_token(&self.app.ticket_key, self.tenant, id);
        OrderRow {
            tenant_id: self.tenant.uuid(),
            id: id.uuid(),
            number: String::new(),
            token_hash: secret::hash(&token),
            cart_id: id_of(sale.placed_at),
            customer_id: None,
            status: "pending_payment".into(),
            fulfilment: "unfulfilled".into(),
            email: sale.email.to_string(),
            total_minor: totals.total.minor,
            paid_minor: 0,
            refunding_minor: 0,
            refunded_minor: 0,
            currency: self.currency.to_string(),
            holds_stock: false,
            reserved_until: None,
            payment_id: None,
            details: json!({}),
            placed_at: sale.placed_at,
            paid_at: None,
            cancelled_at: None,
            updated_at: sale.placed_at,
            version: 1,
        }
    }

    fn send(
        &self,
        row: &OrderRow,
        state: &mut OrderState,
        (at, tracking): (OffsetDateTime, &str),
    ) -> anyhow::Result<TimelineRow> {
        state.fulfil()?;
        let entry = self.entry(row, at, "fulfilled", "system");
        Ok(entry.with(json!({ "tracking": tracking })))
    }

    fn refund(&self, row: &OrderRow, at: OffsetDateTime, amount: Money) -> RefundRow {
        RefundRow {
            tenant_id: self.tenant.uuid(),
            id: id_of(at),
            order_id: row.id,
            amount_minor: amount.minor,
            status: "succeeded".into(),
            reason: REASON.into(),
            created_at: at,
            version: 1,
            external: false,
            note: String::new(),
        }
    }

    fn entry(&self, row: &OrderRow, at: OffsetDateTime, kind: &str, actor: &str) -> TimelineRow {
        TimelineRow {
            tenant_id: self.tenant.uuid(),
            order_id: row.id,
            id: Uuid::now_v7(),
            at,
            kind: kind.to_owned(),
            actor: actor.to_owned(),
            detail: json!({}),
        }
    }
}

fn details(sale: &PastSale, totals: &Totals) -> OrderDetails {
    let consent = |given| Consent {
        given,
        text_version: String::new(),
        at: sale.placed_at,
    };
    OrderDetails {
        email: sale.email.clone(),
        phone: None,
        locale: sale.locale.clone(),
        tax_id: None,
        shipping_address: sale.address.clone(),
        billing_address: sale.address.clone(),
        lines: totals.lines.iter().map(batch::line).collect(),
        subtotal: totals.subtotal,
        shipping: totals.shipping,
        shipping_taxes: totals.shipping_taxes.clone(),
        tax: totals.tax,
        taxes: totals.taxes.clone(),
        note: String::new(),
        payment_method: sale.payment_method.clone(),
        terms: consent(true),
        newsletter: consent(false),
        is_test: true,
        tracking: String::new(),
        cancel_reason: String::new(),
        payment_heard: None,
    }
}

fn take(row: &OrderRow, line: &crate::domain::totals::PricedLine) -> TakeRow {
    TakeRow {
        tenant_id: row.tenant_id,
        order_id: row.id,
        variant_id: line.offer.variant.uuid(),
        quantity: line.quantity.get(),
        takes_stock: false,
    }
}

/// An id that sorts by when its thing came to be.
fn id_of(at: OffsetDateTime) -> Uuid {
    let seconds = u64::try_from(at.unix_timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, at.nanosecond()))
}
