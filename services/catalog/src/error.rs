//! The service's errors as a client sees them.

use http_kit::ApiError;

use crate::clients::s3::ObjectError;
use crate::domain::category::{CategoryError, TreeError};
use crate::domain::image::ImageError;
use crate::domain::product::ProductFaults;
use crate::intake::IntakeError;

impl From<ProductFaults> for ApiError {
    fn from(error: ProductFaults) -> Self {
        let detail = error.to_string();
        match error {
            ProductFaults::Fields(faults) => faults.into_iter().fold(
                Self::invalid("invalid-product", detail),
                |problem, fault| problem.at(fault.pointer, fault.code, fault.message),
            ),
            ProductFaults::LimitReached { what, limit } => {
                Self::payment_required("limit-reached", detail)
                    .with("limit", &limit)
                    .with("what", &what)
            }
        }
    }
}

impl From<CategoryError> for ApiError {
    fn from(error: CategoryError) -> Self {
        let detail = error.to_string();
        let (pointer, code) = match error {
            CategoryError::NoName => ("/name", "length"),
            CategoryError::NoSlug => ("/slug", "missing"),
            CategoryError::LongDescription => ("/description_html", "too-long"),
            CategoryError::Tree(TreeError::TooMany) => {
                return Self::conflict("too-many-categories", detail);
            }
            CategoryError::Tree(TreeError::UnknownParent) => ("/parent_id", "unknown"),
            CategoryError::Tree(TreeError::Cycle | TreeError::TooDeep) => ("/parent_id", "invalid"),
        };
        Self::invalid("invalid-category", detail.clone()).at(pointer, code, detail)
    }
}

impl From<ImageError> for ApiError {
    fn from(error: ImageError) -> Self {
        let detail = error.to_string();
        match error {
            ImageError::Type => Self::invalid("image-type", detail),
            ImageError::TooLarge => Self::invalid("image-too-large", detail),
            ImageError::Damaged => Self::invalid("image-damaged", detail),
        }
    }
}

impl From<ObjectError> for ApiError {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::Missing => Self::not_found("object-not-found"),
            ObjectError::TooLarge => Self::invalid("image-too-large", "at most 20 MiB"),
            ObjectError::Unavailable(_) => {
                tracing::warn!(cause = %error, "The object store failed");
                Self::unavailable("storage-unavailable").retry_after(5)
            }
        }
    }
}

impl From<IntakeError> for ApiError {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::NotFound => Self::not_found("media-not-found"),
            IntakeError::NotUploaded => Self::conflict(
                "not-uploaded",
                "PUT the bytes to the upload's address first, then complete it",
            ),
            IntakeError::Image(error) => error.into(),
            IntakeError::Object(error) => error.into(),
            IntakeError::Database(error) => error.into(),
            IntakeError::Decoder(error) => Self::internal(&error),
        }
    }
}

/// As PostgreSQL names the key from a product's categories to the categories.
const IN_CATEGORY: &str = "product_category_tenant_id_category_id_fkey";

/// A category that is not there, or a name that another product or category of the store has already.
pub fn taken(error: db::Error) -> ApiError {
    let fields = [
        ("product_slug", "/slug", "another product has this address"),
        (
            "variant_sku",
            "/variants",
            "another product has one of these SKUs",
        ),
        (
            "category_slug",
            "/slug",
            "another category has this address",
        ),
    ];
    if error.is_foreign_key_violation(IN_CATEGORY) {
        let message = "a category of this store";
        return ApiError::invalid("unknown-category", message).at(
            "/category_ids",
            "unknown",
            message,
        );
    }
    let found = fields
        .iter()
        .find(|(constraint, ..)| error.is_unique_violation(constraint));
    match found {
        Some((_, pointer, message)) => {
            ApiError::invalid("duplicate", *message).at(*pointer, "duplicate", *message)
        }
        None => error.into(),
    }
}
