//! The withdrawal function: a consumer declares, the store keeps the proof and does what follows of it.

use db::TenantTx;
use garde::Validate;
use http_kit::permissions::{CanEditOrders, CanReadOrders};
use http_kit::{
    Answer, ApiError, Attempt, Data, HttpResponse, IdempotencyKey, Json, List, Page, Path, Query,
    RequestMeta, Shopper, Staff, once,
};
use kernel::{Email, LineId, OrderId, Quantity};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::account::one_line;
use crate::app::App;
use crate::domain::withdrawal::{self, Share};
use crate::store::orders::{self, OrderRow};
use crate::store::timeline::{self, TimelineRow};
use crate::store::withdrawals::{self, CLOSED, OPEN, WithdrawalRow};
use crate::tell;
use crate::transition::By;

/// Declarations that one order takes; a consumer needs one for each parcel at most.
const PER_ORDER_MAX: usize = 20;
/// What attempts on numbers and addresses are counted for.
const WITHDRAWAL: &str = "withdrawal";
const NUMBER_CHARS_MAX: usize = 40;
const STATEMENT_CHARS_MAX: usize = 2_000;

#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct DeclareWithdrawal {
    #[garde(length(chars, min = 1, max = NUMBER_CHARS_MAX))]
    pub order_number: String,
    /// With which the order was placed; the receipt goes there.
    pub email: Email,
    #[garde(length(chars, min = 1, max = 200), custom(one_line))]
    pub name: String,
    /// The whole order when absent or empty and not `in_words`.
    #[serde(default)]
    #[garde(length(max = 200))]
    pub lines: Vec<Share>,
    /// A part, which the statement names: for whoever does not have the order before him.
    #[serde(default)]
    pub in_words: bool,
    /// What the consumer wants to say; nothing has to be said.
    #[serde(default)]
    #[garde(length(chars, max = STATEMENT_CHARS_MAX))]
    pub statement: String,
}

/// That a declaration came in, and when. It has nothing in it that whoever declared did not say: the goods
/// stand in the receipt, which goes to the order's address.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WithdrawalReceipt {
    pub id: Uuid,
    pub order_number: String,
    /// As they were declared.
    pub lines: Vec<Share>,
    pub whole_order: bool,
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: OffsetDateTime,
    /// The day by which the money has to be on its way back.
    #[schema(example = "2026-12-14")]
    pub refund_by: String,
}

/// What was declared, and when it came in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WithdrawalView {
    pub id: Uuid,
    pub order_number: String,
    pub name: String,
    pub email: String,
    /// Everything that is withdrawn from; nothing where only the statement says what it is.
    pub lines: Vec<WithdrawnLine>,
    pub whole_order: bool,
    pub statement: String,
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: OffsetDateTime,
    /// The day by which the money has to be on its way back.
    #[schema(example = "2026-12-14")]
    pub refund_by: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WithdrawnLine {
    pub line_id: LineId,
    pub title: String,
    pub variant_title: String,
    pub quantity: Quantity,
}

/// The same with what the store has made of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WithdrawalDetail {
    #[serde(flatten)]
    pub withdrawal: WithdrawalView,
    pub order_id: OrderId,
    /// open or closed.
    pub status: String,
    pub note: String,
    #[serde(with = "time::serde::rfc3339::option")]
    pub closed_at: Option<OffsetDateTime>,
}

#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CloseWithdrawal {
    /// How it ended, for the order's timeline.
    #[serde(default)]
    #[garde(length(chars, max = 1_000))]
    pub note: String,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WithdrawalQuery {
    /// open or closed.
    pub status: Option<String>,
    pub limit: Option<i64>,
    pub after: Option<String>,
}

impl WithdrawalReceipt {
    fn of(row: &WithdrawalRow, order: &OrderRow) -> Self {
        Self {
            id: row.id,
            order_number: order.number.clone(),
            lines: row.shares(),
            whole_order: row.is_of_whole_order(),
            received_at: row.received_at,
            refund_by: withdrawal::refund_by(row.received_at).to_string(),
        }
    }
}

impl WithdrawalView {
    pub fn of(row: &WithdrawalRow, order: &OrderRow) -> Self {
        let shares = row.shares();
        let bought = order.details().lines.into_iter();
        let line = |line: crate::details::LineDetails| {
            let share = shares.iter().find(|share| share.line_id == line.id);
            let quantity = match share {
                Some(share) => share.quantity,
                None if row.is_of_whole_order() => line.quantity,
                None => return None,
            };
            Some(WithdrawnLine {
                line_id: line.id,
                title: line.title,
                variant_title: line.variant_title,
                quantity,
            })
        };
        Self {
            id: row.id,
            order_number: order.number.clone(),
            name: row.name.clone(),
            email: row.email.clone(),
            lines: bought.filter_map(line).collect(),
            whole_order: row.is_of_whole_order(),
            statement: row.statement.clone(),
            received_at: row.received_at,
            refund_by: withdrawal::refund_by(row.received_at).to_string(),
        }
    }
}

fn detail(row: WithdrawalRow, order: &OrderRow) -> WithdrawalDetail {
    WithdrawalDetail {
        withdrawal: WithdrawalView::of(&row, order),
        order_id: order.order_id(),
        status: row.status,
        note: row.note,
        closed_at: row.closed_at,
    }
}

/// Withdraws from a purchase, all or part; guests too. The receipt with the date and the time goes out by
/// mail at once.
#[utoipa::path(post, path = "/api/orders/store/withdrawals", responses((status = 201, body = WithdrawalReceipt)))]
pub async fn declare_withdrawal(
    app: Data<App>,
    shopper: Shopper,
    meta: RequestMeta,
    key: IdempotencyKey,
    body: Json<DeclareWithdrawal>,
) -> Result<HttpResponse, ApiError> {
    let tenant = shopper.tenant.id;
    // Numbers are easy to guess: nobody shall find the address to one by trying, nor the reverse.
    let number = body.order_number.trim().to_uppercase();
    for name in [number.as_str(), body.email.as_str()] {
        let attempt = Attempt {
            tenant,
            purpose: WITHDRAWAL,
            name,
            ip: meta.ip,
        };
        app.attempts.check_attempt(&attempt).await?;
    }
    let now = app.clock.now();
    once(
        &app.db,
        tenant,
        &key,
        body.hash(),
        async |tx: &mut TenantTx| {
            let found = orders::lock_by_number(tx, &number, body.email.as_str()).await?;
            let order = found.ok_or_else(|| ApiError::not_found("order-not-found"))?;
            let row = declared(tx, &order, &body, now)?;
            let earlier = withdrawals::list_of_order(tx, order.order_id()).await?;
            let row = match same(&earlier, &row) {
                Some(first) => first.clone(),
                None if earlier.len() >= PER_ORDER_MAX => {
                    let why = format!("{PER_ORDER_MAX} declarations are on record for this order");
                    return Err(ApiError::conflict("too-many-withdrawals", why));
                }
                None => {
                    keep(tx, &order, &row).await?;
                    row
                }
            };
            Ok(Answer::created(WithdrawalReceipt::of(&row, &order)))
        },
    )
    .await
}

fn declared(
    tx: &TenantTx,
    order: &OrderRow,
    body: &DeclareWithdrawal,
    now: OffsetDateTime,
) -> Result<WithdrawalRow, ApiError> {
    let bought: Vec<_> = order
        .details()
        .lines
        .iter()
        .map(|line| (line.id, line.quantity))
        .collect();
    let shares = withdrawal::shares(&body.lines, &bought)?;
    let in_words = body.in_words && shares.is_empty();
    if in_words && body.statement.trim().is_empty() {
        let why = "a part in words needs words";
        let accepted = "what is given back, in words";
        return Err(ApiError::invalid("statement-required", why).at(
            "/statement",
            "required",
            accepted,
        ));
    }
    Ok(WithdrawalRow {
        tenant_id: tx.tenant().uuid(),
        id: Uuid::now_v7(),
        order_id: order.id,
        name: body.name.trim().to_owned(),
        email: body.email.as_str().to_owned(),
        lines: serde_json::to_value(shares).expect("shares are plain data"),
        in_words,
        statement: body.statement.trim().to_owned(),
        received_at: now,
        status: OPEN.to_owned(),
        note: String::new(),
        closed_at: None,
        closed_by: String::new(),
    })
}

/// The declaration that this one repeats: a page that was sent twice is one declaration.
fn same<'a>(earlier: &'a [WithdrawalRow], row: &WithdrawalRow) -> Option<&'a WithdrawalRow> {
    earlier.iter().find(|first| {
        first.status == OPEN
            && first.in_words == row.in_words
            && (&first.lines, &first.name, &first.statement)
                == (&row.lines, &row.name, &row.statement)
    })
}

async fn keep(tx: &mut TenantTx, order: &OrderRow, row: &WithdrawalRow) -> Result<(), ApiError> {
    withdrawals::create(tx, row).await?;
    let entry = TimelineRow::new(
        tx,
        order.order_id(),
        row.received_at,
        "withdrawal_received",
        "shopper",
    );
    let told = json!({ "withdrawal_id": row.id, "lines": row.lines });
    timeline::create_entries(tx, &[entry.with(told)]).await?;
    tell::withdrawal(tx, row, order, &WithdrawalView::of(row, order).lines).await?;
    Ok(())
}

/// The store's withdrawals, the newest first.
#[utoipa::path(get, path = "/api/orders/admin/withdrawals", responses((status = 200, body = List<WithdrawalDetail>)))]
pub async fn list_withdrawals(
    app: Data<App>,
    staff: Staff<CanReadOrders>,
    query: Query<WithdrawalQuery>,
    page: Page,
) -> Result<Json<List<WithdrawalDetail>>, ApiError> {
    let before: Option<Uuid> = page.after()?;
    let status = query.status.as_deref();
    if status.is_some_and(|status| ![OPEN, CLOSED].contains(&status)) {
        return Err(
            ApiError::bad_request("invalid-query", "status is open or closed").at(
                "/status",
                "invalid",
                "open or closed",
            ),
        );
    }
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            withdrawals::list(tx, status, before, page.fetch()).await
        })
        .await?;
    let view = |(row, order): (WithdrawalRow, OrderRow)| detail(row, &order);
    Ok(Json(page.list(rows, |(row, _)| row.id, view)))
}

/// Notes that the store has done what follows of a withdrawal.
#[utoipa::path(post, path = "/api/orders/admin/withdrawals/{id}/close", responses((status = 200, body = WithdrawalDetail)))]
pub async fn close_withdrawal(
    app: Data<App>,
    staff: Staff<CanEditOrders>,
    id: Path<Uuid>,
    body: Json<CloseWithdrawal>,
) -> Result<Json<WithdrawalDetail>, ApiError> {
    let by = By::staff(&app, &staff);
    let view = app
        .db
        .tenant(staff.tenant.id, async |tx: &mut TenantTx| {
            let found = withdrawals::lock(tx, *id).await?;
            let mut row = found.ok_or_else(|| ApiError::not_found("withdrawal-not-found"))?;
            if row.status == CLOSED {
                let why = "it was closed before";
                return Err(ApiError::conflict("withdrawal-closed", why));
            }
            let order = OrderId::from_uuid(row.order_id);
            let order = orders::find_order(tx, order).await?;
            let order = order.ok_or_else(|| ApiError::not_found("order-not-found"))?;
            row.status = CLOSED.to_owned();
            row.note = body.note.trim().to_owned();
            row.closed_at = Some(by.now);
            row.closed_by.clone_from(&by.actor);
            withdrawals::save_closed(tx, &row).await?;
            let (of, kind) = (order.order_id(), "withdrawal_closed");
            let told = json!({ "withdrawal_id": row.id, "note": row.note });
            let entry = TimelineRow::new(tx, of, by.now, kind, &by.actor).with(told);
            timeline::create_entries(tx, &[entry]).await?;
            let acted = staff.acted(by.now, "withdrawal.close", format!("withdrawal:{}", row.id));
            let (before, after) = (json!({ "status": OPEN }), json!({ "status": CLOSED }));
            tell::action(tx, acted.changed(&before, &after)).await?;
            Ok::<_, ApiError>(detail(row, &order))
        })
        .await?;
    Ok(Json(view))
}
