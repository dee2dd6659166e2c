//! The service's errors as a client sees them.

use http_kit::ApiError;
use kernel::ticket::TicketError;

use crate::clients::stripe::StripeError;

/// Why an order cannot be paid now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayError {
    #[error("this store cannot take payments yet")]
    AccountNotReady,
    #[error("this order is paid")]
    AlreadyPaid,
    #[error("this order was cancelled")]
    Cancelled,
    #[error("there is nothing to pay")]
    NothingDue,
    #[error("an amount so small or so large cannot be charged; in euros 0.50 to 999,999.99 can")]
    AmountOutOfRange,
    #[error("the ticket is for another amount than is due; ask for a new one at the order")]
    AmountChanged,
    #[error("too many attempts failed; try again in an hour or choose another way to pay")]
    TooManyDeclines,
    #[error("this order cannot be paid here any more; ask the store for another way to pay")]
    TooManyAttempts,
}

impl From<PayError> for ApiError {
    fn from(error: PayError) -> Self {
        let detail = error.to_string();
        match error {
            PayError::AccountNotReady => Self::conflict("payments-not-ready", detail),
            PayError::AlreadyPaid => Self::conflict("order-paid", detail),
            PayError::Cancelled => Self::conflict("order-cancelled", detail),
            PayError::NothingDue => Self::conflict("nothing-to-pay", detail),
            PayError::AmountOutOfRange => Self::invalid("amount-out-of-range", detail),
            PayError::AmountChanged => Self::conflict("amount-changed", detail),
            PayError::TooManyDeclines => Self::too_many("too-many-declines")
                .detail(detail)
                .retry_after(3_600),
            PayError::TooManyAttempts => Self::conflict("too-many-attempts", detail),
        }
    }
}

/// A ticket that does not open, told at the field it came in.
pub fn ticket_refused(error: TicketError) -> ApiError {
    let message = error.to_string();
    match error {
        TicketError::Forged => {
            ApiError::invalid("ticket-invalid", message.clone()).at("/ticket", "invalid", message)
        }
        TicketError::Expired => {
            ApiError::new(actix_web::http::StatusCode::GONE, "ticket-expired").detail(message)
        }
    }
}

/// Stripe's refusals as a shopper or a merchant may see them: never Stripe's own words, which may
/// name accounts and keys.
pub fn stripe_refused(error: &StripeError) -> ApiError {
    match error {
        StripeError::Declined(decline) => ApiError::payment_required(
            decline.shopper_code(),
            "the payment was declined; try another way to pay",
        ),
        StripeError::Busy(_)
        | StripeError::Unavailable(_)
        | StripeError::Indeterminate(_)
        | StripeError::KeySpent(_) => unavailable().because(error),
        StripeError::KeyRefused => {
            tracing::error!("Stripe does not accept the platform's key");
            unavailable().because(error)
        }
        StripeError::AccountGone => {
            ApiError::conflict("payments-not-ready", "this store cannot take payments now")
                .because(error)
        }
        StripeError::Refused { code, .. } if code == "capability_not_active" => {
            ApiError::conflict("payments-not-ready", "this store cannot take payments now")
                .because(error)
        }
        // Each currency has bounds of its own, which Stripe knows.
        StripeError::Refused { code, .. } if code.starts_with("amount_too_") => {
            PayError::AmountOutOfRange.into()
        }
        StripeError::Refused { .. } => ApiError::internal(error),
    }
}

fn unavailable() -> ApiError {
    ApiError::unavailable("payment-provider-unavailable")
        .detail("the payment provider does not answer; nothing was charged, try again")
        .retry_after(2)
}
