//! Rows as the messages that other services hear.

use db::TenantTx;
use events::payments::v1;
use events::{Named, to_us};
use http_kit::Acted;
use kernel::{Currency, Money, TenantId};

use crate::domain::payment::PaymentStatus;
use crate::store::accounts::AccountRow;
use crate::store::disputes::DisputeRow;
use crate::store::payments::PaymentRow;
use crate::store::refunds::{self, RefundRow};

/// Stripe's names of capabilities end in this.
const CAPABILITY_SUFFIX: &str = "_payments";

/// What staff or one of the platform's people did, for the audit trail.
pub async fn action(tx: &mut TenantTx, acted: Acted) -> Result<(), db::Error> {
    let event = v1::ActionRecorded {
        tenant_id: tx.tenant().to_string(),
        action: Some(acted.into()),
    };
    bus::emit(tx, &event).await
}

pub fn payment(row: &PaymentRow, live_mode: bool) -> v1::Payment {
    v1::Payment {
        payment_id: row.id.to_string(),
        version: row.version,
        order_id: row.order_id.to_string(),
        status: i32::from(status(row.status())),
        amount: Some(row.amount().into()),
        amount_refunded: Some(row.refunded().into()),
        application_fee: Some(row.fee().into()),
        method: row.method.clone().unwrap_or_default(),
        provider: "stripe".into(),
        provider_payment_id: row.intent_id.clone().unwrap_or_default(),
        provider_charge_id: row.charge_id.clone().unwrap_or_default(),
        provider_account_id: row.stripe_account.clone(),
        card_brand: row.card_brand.clone().unwrap_or_default(),
        card_last4: row.card_last4.clone().unwrap_or_default(),
        live_mode,
        created_at_us: to_us(row.created_at),
        changed_at_us: to_us(row.updated_at),
    }
}

fn status(status: PaymentStatus) -> v1::PaymentStatus {
    match status {
        PaymentStatus::Creating | PaymentStatus::RequiresPaymentMethod => {
            v1::PaymentStatus::RequiresPaymentMethod
        }
        PaymentStatus::RequiresAction => v1::PaymentStatus::RequiresAction,
        PaymentStatus::Processing => v1::PaymentStatus::Processing,
        PaymentStatus::Succeeded => v1::PaymentStatus::Succeeded,
        PaymentStatus::Canceled => v1::PaymentStatus::Canceled,
    }
}

pub fn refund(row: &RefundRow) -> v1::Refund {
    v1::Refund {
        refund_id: row.id.to_string(),
        version: row.version,
        order_id: row.order_id.to_string(),
        payment_id: row.payment_id.to_string(),
        amount: Some(money(row.amount_minor, &row.currency).into()),
        reason: row.reason.clone(),
        provider_refund_id: row.stripe_refund.clone().unwrap_or_default(),
        created_at_us: to_us(row.created_at),
        changed_at_us: to_us(row.updated_at),
        external: row.origin == refunds::DASHBOARD,
    }
}

pub fn dispute(row: &DisputeRow) -> v1::Dispute {
    v1::Dispute {
        dispute_id: row.stripe_dispute.clone(),
        version: row.version,
        order_id: row.order_id.to_string(),
        payment_id: row.payment_id.to_string(),
        status: i32::from(dispute_status(&row.status)),
        amount: Some(money(row.amount_minor, &row.currency).into()),
        reason: row.reason.clone(),
        provider_dispute_id: row.stripe_dispute.clone(),
        evidence_due_at_us: row.due_by.map_or(0, to_us),
        opened_at_us: to_us(row.opened_at),
        closed_at_us: row.closed_at.map_or(0, to_us),
    }
}

fn dispute_status(stripe: &str) -> v1::DisputeStatus {
    match stripe {
        "won" => v1::DisputeStatus::Won,
        "lost" => v1::DisputeStatus::Lost,
        "under_review" | "warning_under_review" => v1::DisputeStatus::UnderReview,
        "warning_closed" | "prevented" => v1::DisputeStatus::Withdrawn,
        _ => v1::DisputeStatus::NeedsResponse,
    }
}

/// What the store's account can do, for those who must know before they sell.
pub fn account(
    tenant: TenantId,
    row: &AccountRow,
    live_mode: bool,
    at_us: i64,
) -> v1::AccountChanged {
    v1::AccountChanged {
        tenant_id: tenant.to_string(),
        version: row.version,
        account_id: row.stripe_account.clone().unwrap_or_default(),
        status: i32::from(account_status(row)),
        charges_enabled: row.charges_enabled,
        payouts_enabled: row.payouts_enabled,
        details_submitted: row.details_submitted,
        payment_methods: methods(row),
        requirements: requirements(row),
        live_mode,
        changed_at_us: at_us,
    }
}

pub fn account_status(row: &AccountRow) -> v1::AccountStatus {
    if row.stripe_account.is_none() {
        v1::AccountStatus::None
    } else if row.deauthorized {
        v1::AccountStatus::Disabled
    } else if row.charges_enabled && requirements(row).is_empty() {
        v1::AccountStatus::Active
    } else if row.charges_enabled || row.details_submitted {
        v1::AccountStatus::Restricted
    } else {
        v1::AccountStatus::Onboarding
    }
}

pub fn account_status_name(row: &AccountRow) -> String {
    account_status(row).name()
}

/// The payment methods whose capability is active: `card`, `mb_way`, …
pub fn methods(row: &AccountRow) -> Vec<String> {
    let capabilities = row.capabilities.as_object().into_iter().flatten();
    let mut names: Vec<String> = capabilities
        .filter(|(_, state)| state.as_str() == Some("active"))
        .filter_map(|(name, _)| name.strip_suffix(CAPABILITY_SUFFIX).map(str::to_owned))
        .collect();
    names.sort();
    names
}

/// What Stripe wants now, by its own names.
pub fn requirements(row: &AccountRow) -> Vec<String> {
    let list = |name: &str| {
        let entries = row
            .requirements
            .get(name)
            .and_then(|v| v.as_array())
            .into_iter()
            .flatten();
        entries
            .filter_map(|v| v.as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let mut wanted = list("currently_due");
    wanted.extend(list("past_due"));
    wanted.sort();
    wanted.dedup();
    wanted
}

fn money(minor: i64, currency: &str) -> Money {
    let currency: Currency = currency
        .parse()
        .expect("a currency was checked before it was stored");
    Money::new(minor, currency)
}
