//! The service's errors as a client sees them.

use http_kit::ApiError;
use kernel::MoneyError;

use crate::domain::cart::{CartError, NotPayable};
use crate::domain::order::OrderError;
use crate::domain::stock::OutOfStock;
use crate::domain::totals::TotalsError;
use crate::domain::withdrawal::ShareError;

impl From<CartError> for ApiError {
    fn from(error: CartError) -> Self {
        let detail = error.to_string();
        match error {
            CartError::NotFound => Self::not_found("cart-not-found").detail(
                "no cart with this id opens by X-Cart-Token; send the token that its creation answered",
            ),
            CartError::Closed => Self::conflict("cart-closed", detail),
            CartError::Empty => Self::conflict("cart-empty", detail),
            CartError::TooManyLines => Self::invalid("cart-too-many-lines", detail),
            CartError::TooMany => Self::invalid("quantity-too-large", detail.clone()).at(
                "/quantity",
                "too-large",
                detail,
            ),
            CartError::Quantity(sold) => Self::invalid("quantity-not-sold", detail.clone())
                .at("/quantity", "not-sold", detail)
                .with("quantities", &sold),
            CartError::NotForSale(variant) => {
                Self::conflict("not-for-sale", detail).with("variant_id", &variant)
            }
            CartError::OutOfStock { variant, available } => {
                let short = OutOfStock { variant, available };
                short.into()
            }
        }
    }
}

impl From<OutOfStock> for ApiError {
    fn from(short: OutOfStock) -> Self {
        Self::conflict("out-of-stock", short.to_string())
            .with("variant_id", &short.variant)
            .with("available", &short.available.max(0))
    }
}

impl From<NotPayable> for ApiError {
    fn from(reason: NotPayable) -> Self {
        let detail = reason.to_string();
        match reason {
            NotPayable::NotReady => Self::conflict("payments-not-ready", detail),
            NotPayable::Amount(range) => Self::invalid("amount-out-of-range", detail)
                .with("least", &range.least)
                .with("most", &range.most),
        }
    }
}

impl From<OrderError> for ApiError {
    fn from(error: OrderError) -> Self {
        let detail = error.to_string();
        match error {
            OrderError::AmountMismatch { .. } => Self::conflict("amount-mismatch", detail),
            OrderError::Paid => Self::conflict("order-paid", detail),
            OrderError::Cancelled => Self::conflict("order-cancelled", detail),
            OrderError::NotPaid => Self::conflict("order-not-paid", detail),
            OrderError::NoRefund(_) => Self::invalid("refund-amount-invalid", detail.clone())
                .at("/amount", "invalid", detail),
            OrderError::TooMuch { left } => Self::invalid("refund-too-large", detail.clone())
                .at("/amount", "too-large", detail)
                .with("left", &left),
            OrderError::Refunded => Self::conflict("order-refunded", detail),
            OrderError::NotFulfilled => Self::conflict("order-not-fulfilled", detail),
            OrderError::Fulfilled => Self::conflict("order-fulfilled", detail),
        }
    }
}

impl From<TotalsError> for ApiError {
    fn from(error: TotalsError) -> Self {
        match error {
            TotalsError::Money(MoneyError::Overflow) => {
                Self::invalid("amount-too-large", error.to_string())
            }
            TotalsError::Money(MoneyError::CurrencyMismatch(..)) | TotalsError::NoRate(..) => {
                Self::internal(&error)
            }
        }
    }
}

impl From<ShareError> for ApiError {
    fn from(error: ShareError) -> Self {
        let detail = error.to_string();
        let (place, code) = match error {
            ShareError::Unknown(at) => (format!("/lines/{at}/line_id"), "unknown"),
            ShareError::TooMany { at, .. } => (format!("/lines/{at}/quantity"), "too-large"),
            ShareError::Twice(at) => (format!("/lines/{at}/line_id"), "duplicate"),
        };
        Self::invalid("invalid-body", "a line cannot be withdrawn from like this")
            .at(place, code, detail)
    }
}
