//! What orders tells: an order was placed, paid, cancelled, sent, refunded.

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::orders::v1::{
    Order, OrderCancelled, OrderFulfilled, OrderPaid, OrderPlaced, OrderRefunded,
};
use futures_util::try_join;
use http_kit::TenantRef;
use kernel::Email;
use time::Duration;
use uuid::Uuid;

use super::publish::publish;
use crate::app::App;
use crate::compose::{self, Draft};
use crate::domain::facts::{self, Document, Facts, OrderFacts, Refund, Shipment};
use crate::domain::kinds::Kind;
use crate::domain::public;
use crate::look;
use crate::store::messages::{self, CANCELLED, QUEUED};
use crate::store::orders::{self, OrderRow};
use crate::store::settings;
use crate::vault::Place;

/// How long the mail about a payment waits for the invoice; then it goes without, and a second mail
/// brings it.
const WAITS_FOR_DOCUMENT: Duration = Duration::minutes(2);
/// Orders that were made elsewhere long ago: nobody is written to about them.
const IMPORTED: &str = "import";
/// Ways to pay whose order a merchant prepares before the money is there.
const PAID_LATER: [&str; 2] = ["bank_transfer", "cash_on_delivery"];
const NEW_ORDER_ROLE: &str = "owner";

/// An order that was just told of, its row locked.
pub(super) struct Heard {
    pub id: Uuid,
    pub order: OrderFacts,
    pub row: OrderRow,
    /// Whether nothing newer was heard before.
    pub is_news: bool,
    pub store: TenantRef,
}

/// A mail to whoever placed an order.
pub(super) struct Letter {
    pub kind: Kind,
    /// Why it is sent once; see [`Draft::about`].
    pub about: String,
    pub facts: Facts,
    pub wait: Duration,
}

impl Letter {
    /// What is said of an order in a mail of this kind: once, and at once.
    pub fn of_order(kind: Kind, heard: &Heard) -> Self {
        Self {
            kind,
            about: format!("order:{}", heard.id),
            facts: Facts {
                order: Some(heard.order.clone()),
                ..Facts::default()
            },
            wait: Duration::ZERO,
        }
    }
}

pub async fn placed(
    tx: &mut TenantTx,
    delivery: Delivery<OrderPlaced>,
    app: App,
) -> Result<(), HandleError> {
    let order = required(delivery.message.order.as_ref())?;
    let heard = hear(&app, tx, order).await?;
    publish(&app, tx, &delivery, "order.placed", |event| {
        event.order.as_ref().map(public::order).into()
    })
    .await?;
    if order.channel == IMPORTED || !heard.is_news {
        return Ok(());
    }
    let letter = Letter::of_order(Kind::OrderPlaced, &heard);
    write_to_shopper(&app, tx, &heard, letter).await?;
    if PAID_LATER.contains(&order.payment_method.as_str()) {
        tell_merchant(&app, tx, &heard).await?;
    }
    Ok(())
}

pub async fn paid(
    tx: &mut TenantTx,
    delivery: Delivery<OrderPaid>,
    app: App,
) -> Result<(), HandleError> {
    let order = required(delivery.message.order.as_ref())?;
    let heard = hear(&app, tx, order).await?;
    let publishing = async {
        let shown = |event: &OrderPaid| event.order.as_ref().map(public::order).into();
        Ok(publish(&app, tx, &delivery, "order.paid", shown).await?)
    };
    if order.channel == IMPORTED {
        return publishing.await;
    }
    let lost_their_point = [Kind::PaymentFailed, Kind::MultibancoVoucher];
    try_join!(publishing, give_up(&app, tx, heard.id, &lost_their_point))?;
    let mut letter = Letter::of_order(Kind::OrderPaid, &heard);
    letter.facts.document = document_of(&app, tx, &heard.row)?;
    if letter.facts.document.is_none() {
        letter.wait = WAITS_FOR_DOCUMENT;
    }
    try_join!(
        write_to_shopper(&app, tx, &heard, letter),
        tell_merchant(&app, tx, &heard)
    )?;
    Ok(())
}

pub async fn cancelled(
    tx: &mut TenantTx,
    delivery: Delivery<OrderCancelled>,
    app: App,
) -> Result<(), HandleError> {
    let order = required(delivery.message.order.as_ref())?;
    let heard = hear(&app, tx, order).await?;
    publish(&app, tx, &delivery, "order.cancelled", |event| {
        event.order.as_ref().map(public::order).into()
    })
    .await?;
    if order.channel == IMPORTED {
        return Ok(());
    }
    give_up(
        &app,
        tx,
        heard.id,
        &[Kind::PaymentFailed, Kind::MultibancoVoucher],
    )
    .await?;
    let letter = Letter::of_order(Kind::OrderCancelled, &heard);
    write_to_shopper(&app, tx, &heard, letter).await
}

/// Nobody waits for the parcel of an order of which nothing is sent.
pub async fn fulfilled(
    tx: &mut TenantTx,
    delivery: Delivery<OrderFulfilled>,
    app: App,
) -> Result<(), HandleError> {
    let order = required(delivery.message.order.as_ref())?;
    let heard = hear(&app, tx, order).await?;
    if order.channel == IMPORTED || order.shipping_address.is_none() {
        return Ok(());
    }
    let carrier = order.shipping.as_ref().map(|shipping| &shipping.carrier);
    let mut letter = Letter::of_order(Kind::OrderShipped, &heard);
    if delivery.message.corrects {
        letter.about = format!("tracking:{}:{}", heard.id, order.version);
    }
    letter.facts.shipment = Some(Shipment::of(carrier, &delivery.message.tracking));
    write_to_shopper(&app, tx, &heard, letter).await
}

pub async fn refunded(
    tx: &mut TenantTx,
    delivery: Delivery<OrderRefunded>,
    app: App,
) -> Result<(), HandleError> {
    let event = &delivery.message;
    let order = required(event.order.as_ref())?;
    let amount = facts::amount(event.amount.as_ref())
        .ok_or_else(|| HandleError::Park("amount is absent".into()))?;
    let heard = hear(&app, tx, order).await?;
    publish(&app, tx, &delivery, "order.refunded", public::refund).await?;
    if order.channel == IMPORTED {
        return Ok(());
    }
    let mut letter = Letter::of_order(Kind::OrderRefunded, &heard);
    letter.about = format!("refund:{}", event.refund_id);
    letter.facts.refund = Some(Refund { amount });
    write_to_shopper(&app, tx, &heard, letter).await
}

fn required(order: Option<&Order>) -> Result<&Order, HandleError> {
    order.ok_or_else(|| HandleError::Park("order is absent".to_owned()))
}

/// Keeps what is told of an order, when it is newer than what is kept.
async fn hear(app: &App, tx: &TenantTx, order: &Order) -> Result<Heard, HandleError> {
    let id: Uuid = order
        .order_id
        .parse()
        .map_err(|_| HandleError::Park("order.order_id is not a UUID".into()))?;
    let row = orders::lock(tx, id, app.clock.now()).await?;
    let is_news = order.version > row.version;
    let facts = OrderFacts::of(order);
    if is_news {
        let name = id.to_string();
        let sealed = app
            .vault
            .seal(content_place(tx, &name), &facts)
            .map_err(anyhow::Error::from)?;
        orders::save_content(tx, id, order.version, &sealed).await?;
    }
    Ok(Heard {
        id,
        order: facts,
        row,
        is_news,
        store: store_of(app, tx)?,
    })
}

/// What is kept of an order, locked; a mail about it may be asked for before it is heard of. Nothing when it
/// was forgotten: then nobody is written to.
pub(super) async fn recall(
    app: &App,
    tx: &TenantTx,
    order: &str,
) -> Result<Option<Heard>, HandleError> {
    let id: Uuid = order
        .parse()
        .map_err(|_| HandleError::Park("order_id is not a UUID".into()))?;
    let row = orders::lock(tx, id, app.clock.now()).await?;
    let Some(content) = &row.content else {
        if row.version > 0 {
            return Ok(None);
        }
        return Err(HandleError::not_yet("the order was not heard of yet"));
    };
    let name = id.to_string();
    let order = app
        .vault
        .open(content_place(tx, &name), content)
        .map_err(anyhow::Error::from)?;
    Ok(Some(Heard {
        id,
        order,
        row,
        is_news: false,
        store: store_of(app, tx)?,
    }))
}

pub(super) fn store_of(app: &App, tx: &TenantTx) -> Result<TenantRef, HandleError> {
    app.directory
        .by_id(tx.tenant())
        .ok_or_else(|| HandleError::not_yet("the store was not heard of yet"))
}

pub(super) fn content_place<'a>(tx: &TenantTx, row: &'a str) -> Place<'a> {
    Place {
        tenant: tx.tenant(),
        column: "order_seen.content",
        row,
    }
}

pub(super) fn document_place<'a>(tx: &TenantTx, row: &'a str) -> Place<'a> {
    Place {
        tenant: tx.tenant(),
        column: "order_seen.document",
        row,
    }
}

fn document_of(app: &App, tx: &TenantTx, row: &OrderRow) -> Result<Option<Document>, HandleError> {
    let Some(sealed) = &row.document else {
        return Ok(None);
    };
    let name = row.order_id.to_string();
    Ok(Some(
        app.vault
            .open(document_place(tx, &name), sealed)
            .map_err(anyhow::Error::from)?,
    ))
}

/// Queues a mail to whoever placed the order. One whose address is none gets none.
pub(super) async fn write_to_shopper(
    app: &App,
    tx: &TenantTx,
    heard: &Heard,
    letter: Letter,
) -> Result<(), HandleError> {
    let Ok(to) = heard.order.email.parse::<Email>() else {
        tracing::warn!(tenant.id = %tx.tenant(), order.id = %heard.id, "An order has no address to write to");
        return Ok(());
    };
    let now = app.clock.now();
    let draft = Draft {
        kind: letter.kind,
        about: letter.about,
        to,
        lang: look::language(&heard.order.locale, &heard.store),
        order: Some(heard.id),
        facts: Facts {
            name: heard.order.name.clone(),
            ..letter.facts
        },
        due_at: now + letter.wait,
        resend_of: None,
    };
    compose::queue(tx, &app.vault, &draft, now).await?;
    Ok(())
}

/// The staff who want to know of new orders; in their own languages.
async fn tell_merchant(app: &App, tx: &TenantTx, heard: &Heard) -> Result<(), HandleError> {
    let settings = settings::find(tx).await?;
    let roles = settings.map_or_else(
        || vec![NEW_ORDER_ROLE.to_owned()],
        |settings| settings.new_order_roles,
    );
    let now = app.clock.now();
    let draft = |contact: compose::Contact| Draft {
        kind: Kind::NewOrder,
        about: format!("order:{}", heard.id),
        lang: look::language(&contact.locale, &heard.store),
        to: contact.email,
        order: Some(heard.id),
        facts: Facts {
            name: contact.name,
            order: Some(heard.order.clone()),
            ..Facts::default()
        },
        due_at: now,
        resend_of: None,
    };
    Ok(compose::queue_for_staff(tx, &app.vault, &roles, draft, now).await?)
}

/// Mails that wait and have lost their point are not sent.
async fn give_up(app: &App, tx: &TenantTx, order: Uuid, kinds: &[Kind]) -> Result<(), HandleError> {
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    for mut row in messages::lock_of_order(tx, order, &kinds).await? {
        if row.state == QUEUED && row.attempts == 0 {
            row.state = CANCELLED.to_owned();
            row.problem = Some("superseded".to_owned());
            row.updated_at = app.clock.now();
            messages::save(tx, row.id, &row).await?;
        }
    }
    Ok(())
}
