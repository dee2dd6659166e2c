//! The service's errors as a client sees them.

use http_kit::ApiError;

use crate::domain::cart::CartError;
use crate::domain::order::OrderError;
use crate::domain::totals::TotalsError;

impl From<CartError> for ApiError {
    fn from(error: CartError) -> Self {
        let detail = error.to_string();
        match error {
            CartError::NotFound => Self::not_found("cart-not-found"),
            CartError::Closed => Self::conflict("cart-closed", detail),
            CartError::TooManyLines => Self::invalid("cart-too-many-lines", detail),
            CartError::TooMany => Self::invalid("quantity-too-large", detail.clone()).at(
                "/quantity",
                "too-large",
                detail,
            ),
            CartError::NotForSale => Self::conflict("not-for-sale", detail),
            CartError::OutOfStock { available } => {
                Self::conflict("out-of-stock", detail).with("available", &available)
            }
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
            OrderError::TooMuch { left } => Self::invalid("refund-too-large", detail.clone())
                .at("/amount", "too-large", detail)
                .with("left", &left),
            OrderError::Fulfilled => Self::conflict("order-fulfilled", detail),
        }
    }
}

impl From<TotalsError> for ApiError {
    fn from(error: TotalsError) -> Self {
        match error {
            TotalsError::Money(_) => Self::invalid("amount-too-large", error.to_string()),
            TotalsError::NoRate(..) => Self::internal(&error),
        }
    }
}
