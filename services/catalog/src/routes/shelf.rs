//! What shoppers read: lists, pages and search, from memory where it is hot.

use db::TenantTx;
use futures_util::try_join;
use http_kit::{ApiError, Data, HotRequest, HttpResponse, List, Page, Path, Query, Shopper};
use kernel::TenantId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::reviews::{ProductReviews, newest};
use super::words::{PropertyView, properties_of};
use crate::app::App;
use crate::domain::document::{ProductCard, ProductDocument, address};
use crate::store::cards::{self, Filter, Listed, Sort, Wanted};
use crate::store::{categories, search};

const SEARCH_ROWS_MAX: i32 = 100;
const SEARCH_ROWS: i32 = 20;
/// Others that a page shows beside a product.
const RELATED: i64 = 4;
/// What browsers and proxies may keep an answer without asking.
pub const MAX_AGE_SECONDS: u32 = 5;

#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
pub enum SortBy {
    #[default]
    #[serde(rename = "newest")]
    Newest,
    #[serde(rename = "price")]
    Cheapest,
    #[serde(rename = "-price")]
    Dearest,
    #[serde(rename = "title")]
    Title,
}

impl From<SortBy> for Sort {
    fn from(by: SortBy) -> Self {
        match by {
            SortBy::Newest => Self::Newest,
            SortBy::Cheapest => Self::Cheapest,
            SortBy::Dearest => Self::Dearest,
            SortBy::Title => Self::Title,
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShelfQuery {
    /// newest, price, -price or title.
    #[serde(default)]
    #[param(inline)]
    pub sort: SortBy,
    /// A category's slug; what is below it counts.
    pub category: Option<String>,
    /// Minor units.
    pub price_min: Option<i64>,
    pub price_max: Option<i64>,
    pub in_stock: Option<bool>,
    pub tag: Option<String>,
    pub limit: Option<i64>,
    pub after: Option<String>,
    pub count: Option<bool>,
}

/// Products on sale.
#[utoipa::path(get, path = "/api/catalog/store/products", responses((status = 200, body = List<ProductCard>)))]
pub async fn list_shelf(
    app: Data<App>,
    shopper: Shopper,
    query: Query<ShelfQuery>,
    page: Page,
    hot: HotRequest,
) -> Result<HttpResponse, ApiError> {
    let tenant = shopper.tenant.id;
    app.hot
        .answer(&hot, tenant, MAX_AGE_SECONDS, async || {
            let sort = Sort::from(query.sort);
            let wanted = Wanted {
                filter: Filter::from(&*query),
                sort,
                after: page.after()?,
                rows: page.fetch(),
            };
            let rows = app
                .db
                .read(tenant, async |tx| list(tx, &query, wanted).await)
                .await?;
            let list = page.list(rows, |row| row.key(sort), |row| card(&app, tenant, row));
            let items = list.items.into_iter().collect::<Result<Vec<_>, _>>()?;
            Ok::<_, ApiError>(List {
                items,
                next: list.next,
                count: list.count,
            })
        })
        .await
}

async fn list(
    tx: &TenantTx,
    query: &ShelfQuery,
    mut wanted: Wanted,
) -> Result<Vec<Listed>, ApiError> {
    if let Some(slug) = &query.category {
        let found = categories::find_by_slug(tx, slug).await?;
        let found = found.ok_or_else(|| ApiError::not_found("category-not-found"))?;
        wanted.filter.category = Some(found);
    }
    Ok(cards::list_cards(tx, &wanted).await?)
}

impl From<&ShelfQuery> for Filter {
    fn from(query: &ShelfQuery) -> Self {
        Self {
            category: None,
            price_min: query.price_min,
            price_max: query.price_max,
            in_stock: query.in_stock,
            tag: query.tag.clone(),
        }
    }
}

fn card(app: &App, tenant: TenantId, row: Listed) -> Result<ProductCard, ApiError> {
    let mut card = row
        .into_card()
        .map_err(|error| ApiError::internal(&error))?;
    address(&mut card.images, &app.media_base(tenant));
    Ok(card)
}

/// What a page shows beside the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beside {
    /// The newest reviews, as `/products/{id}/reviews` answers.
    Reviews,
    /// As `/products/{id}/properties` answers.
    Properties,
    /// A few others of its first category that can be had.
    Related,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// What comes with the product: any of reviews, properties and related, with commas between them.
    pub include: Option<String>,
}

impl PageQuery {
    fn wanted(&self) -> Result<Vec<Beside>, ApiError> {
        let words = self.include.as_deref().unwrap_or_default().split(',');
        let words = words.map(str::trim).filter(|word| !word.is_empty());
        words
            .map(|word| match word {
                "reviews" => Ok(Beside::Reviews),
                "properties" => Ok(Beside::Properties),
                "related" => Ok(Beside::Related),
                _ => {
                    let accepted = "reviews, properties, related";
                    let refused = ApiError::bad_request("invalid-query", accepted);
                    Err(refused.at("/include", "unknown", accepted))
                }
            })
            .collect()
    }
}

/// A product, and what was asked for beside it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProductPage {
    #[serde(flatten)]
    pub product: ProductDocument,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviews: Option<ProductReviews>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<Vec<PropertyView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub related: Option<Vec<ProductCard>>,
}

/// A product's page.
#[utoipa::path(get, path = "/api/catalog/store/products/{slug}", responses((status = 200, body = ProductPage)))]
pub async fn get_page(
    app: Data<App>,
    shopper: Shopper,
    slug: Path<String>,
    query: Query<PageQuery>,
    hot: HotRequest,
) -> Result<HttpResponse, ApiError> {
    let tenant = shopper.tenant.id;
    let wanted = query.wanted()?;
    app.hot
        .answer(&hot, tenant, MAX_AGE_SECONDS, async || {
            app.db
                .read(tenant, async |tx| {
                    let found = cards::find_document(tx, &slug).await?;
                    let found = found.ok_or_else(|| ApiError::not_found("product-not-found"))?;
                    let mut product =
                        cards::complete(found).map_err(|error| ApiError::internal(&error))?;
                    address(&mut product.images, &app.media_base(tenant));
                    beside(&app, tx, product, &wanted).await
                })
                .await
        })
        .await
}

/// All on their way at once.
async fn beside(
    app: &App,
    tx: &TenantTx,
    product: ProductDocument,
    wanted: &[Beside],
) -> Result<ProductPage, ApiError> {
    let has = |what| wanted.contains(&what);
    let reviews = async {
        match has(Beside::Reviews) {
            true => newest(tx, product.id).await.map(Some),
            false => Ok(None),
        }
    };
    let properties = async {
        match has(Beside::Properties) {
            true => properties_of(tx, product.id).await.map(Some),
            false => Ok(None),
        }
    };
    let related = async {
        match has(Beside::Related) {
            true => related(app, tx, &product).await.map(Some),
            false => Ok(None),
        }
    };
    let (reviews, properties, related) = try_join!(reviews, properties, related)?;
    Ok(ProductPage {
        product,
        reviews,
        properties,
        related,
    })
}

/// Others of the product's first category, without it.
async fn related(
    app: &App,
    tx: &TenantTx,
    product: &ProductDocument,
) -> Result<Vec<ProductCard>, ApiError> {
    let Some(category) = product.categories.first() else {
        return Ok(Vec::new());
    };
    let wanted = Wanted {
        filter: Filter {
            category: Some(category.id),
            in_stock: Some(true),
            ..Filter::default()
        },
        sort: Sort::Newest,
        after: None,
        rows: RELATED + 1,
    };
    let rows = cards::list_cards(tx, &wanted).await?.into_iter();
    let others = rows.filter(|row| row.product_id() != product.id.uuid());
    let some = others.take(usize::try_from(RELATED).unwrap_or(0));
    some.map(|row| card(app, tx.tenant(), row)).collect()
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words, a SKU or a barcode; small typing errors are forgiven. The last word may be unfinished,
    /// unless a space follows it.
    pub q: String,
    /// 1 to 100; 20 when absent.
    pub limit: Option<i32>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Found {
    /// The best first.
    pub items: Vec<ProductCard>,
}

/// Finds products on sale.
#[utoipa::path(get, path = "/api/catalog/store/search", responses((status = 200, body = Found)))]
pub async fn search_shelf(
    app: Data<App>,
    shopper: Shopper,
    query: Query<SearchQuery>,
    hot: HotRequest,
) -> Result<HttpResponse, ApiError> {
    let tenant = shopper.tenant.id;
    let words = query.q.trim_start();
    if words.is_empty() || words.chars().count() > 100 {
        let accepted = "1 to 100 characters";
        return Err(ApiError::invalid("invalid-query", accepted).at("/q", "length", accepted));
    }
    let limit = query.limit.unwrap_or(SEARCH_ROWS);
    if !(1..=SEARCH_ROWS_MAX).contains(&limit) {
        let accepted = "1 to 100";
        return Err(ApiError::bad_request("invalid-page", accepted).at(
            "/limit",
            "out-of-range",
            accepted,
        ));
    }
    app.hot
        .answer(&hot, tenant, MAX_AGE_SECONDS, async || {
            let rows = app
                .db
                .read(tenant, async |tx| {
                    let ids = search::find_products(tx, words, limit).await?;
                    cards::list_by_ids(tx, &ids).await
                })
                .await?;
            let items = rows.into_iter().map(|row| card(&app, tenant, row));
            Ok::<_, ApiError>(Found {
                items: items.collect::<Result<_, _>>()?,
            })
        })
        .await
}
