//! A product with its options and variants, and what makes one acceptable.

mod check;

use kernel::{CategoryId, Currency, Gtin, MediaId, Money, ProductId, Sku, Slug, VariantId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

pub use check::{Fault, Limits, ProductFaults, build};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    #[default]
    Draft,
    /// The only status in which it is sold.
    Active,
    Archived,
}

impl Status {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }

    /// The word of the database; anything unknown is not sold.
    pub fn from_word(word: &str) -> Self {
        match word {
            "active" => Self::Active,
            "archived" => Self::Archived,
            _ => Self::Draft,
        }
    }
}

/// Which of a country's rates of value-added tax applies; orders knows the rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VatClass {
    Standard,
    Intermediate,
    Reduced,
    Zero,
    /// Needs the code of the law's reason.
    Exempt,
}

impl VatClass {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Intermediate => "intermediate",
            Self::Reduced => "reduced",
            Self::Zero => "zero",
            Self::Exempt => "exempt",
        }
    }

    /// The word of the database; its check allows no other, and the fullest rate is the safe one.
    pub fn from_word(word: &str) -> Self {
        match word {
            "intermediate" => Self::Intermediate,
            "reduced" => Self::Reduced,
            "zero" => Self::Zero,
            "exempt" => Self::Exempt,
            _ => Self::Standard,
        }
    }
}

/// What a shopper chooses: "Colour" of "Black", "Red".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductOption {
    #[schema(example = "Colour")]
    pub name: String,
    #[schema(example = json!(["Black", "Red"]))]
    pub values: Vec<String>,
}

/// An image of a product, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductImage {
    pub media_id: MediaId,
    /// What the image shows, for those who cannot see it.
    #[serde(default)]
    pub alt: String,
}

/// What is sold: one combination of option values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    pub id: VariantId,
    pub sku: Sku,
    pub barcode: Option<Gtin>,
    /// One value for each of the product's options, in their order.
    pub option_values: Vec<String>,
    pub price: Money,
    pub compare_at: Option<Money>,
    /// What the merchant pays. Never public.
    pub cost: Option<Money>,
    pub weight_grams: i32,
    pub vat_class: VatClass,
    pub exemption_code: Option<String>,
    /// Whether it is offered while the product is.
    pub active: bool,
    /// False: sold without counting stock.
    pub track_stock: bool,
    pub image: Option<MediaId>,
}

impl Variant {
    /// "Black / M"; empty when the product has no options.
    pub fn title(&self) -> String {
        self.option_values.join(" / ")
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    pub id: ProductId,
    pub version: i64,
    pub slug: Slug,
    pub title: String,
    /// Clean.
    pub description_html: String,
    pub status: Status,
    pub vendor: String,
    pub tags: Vec<String>,
    pub seo_title: String,
    pub seo_description: String,
    pub options: Vec<ProductOption>,
    pub variants: Vec<Variant>,
    /// The main one first.
    pub categories: Vec<CategoryId>,
    pub images: Vec<ProductImage>,
    pub created_at: OffsetDateTime,
    pub changed_at: OffsetDateTime,
}

impl Product {
    /// The variants a shopper can see; none while the product is not active.
    pub fn on_sale(&self) -> impl Iterator<Item = &Variant> {
        let sold = self.status == Status::Active;
        self.variants
            .iter()
            .filter(move |variant| sold && variant.active)
    }
}

/// A product as a merchant writes it.
#[derive(Clone, Debug)]
pub struct Draft {
    pub slug: Option<Slug>,
    pub title: String,
    pub description_html: String,
    pub status: Status,
    pub vendor: String,
    pub tags: Vec<String>,
    pub seo_title: String,
    pub seo_description: String,
    pub options: Vec<ProductOption>,
    pub variants: Vec<VariantDraft>,
    pub categories: Vec<CategoryId>,
    pub images: Vec<ProductImage>,
}

/// A variant as a merchant writes it. Without an id it is the one that has its SKU, or a new one.
#[derive(Clone, Debug)]
pub struct VariantDraft {
    pub id: Option<VariantId>,
    pub sku: Sku,
    pub barcode: Option<Gtin>,
    pub option_values: Vec<String>,
    pub price: Money,
    pub compare_at: Option<Money>,
    pub cost: Option<Money>,
    pub weight_grams: i32,
    pub vat_class: VatClass,
    pub exemption_code: Option<String>,
    pub active: bool,
    pub track_stock: bool,
    pub image: Option<MediaId>,
}

/// Where a product stands in its store.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub currency: Currency,
    pub now: OffsetDateTime,
}
