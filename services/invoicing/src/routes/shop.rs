//! Documents as the shopper has them.

use std::future::{Ready, ready};

use events::Named;
use http_kit::{
    ApiError, Data, HttpResponse, Input, Json, Omissible, OperationInput, Optional, Path, Query,
    Shopper,
};
use kernel::{Money, OrderId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::documents::pdf;
use crate::app::App;
use crate::error::document_not_found;
use crate::links;
use crate::store::documents::{self, DocumentRow, State};
use crate::store::orders::{self, OrderRow};

/// The header `X-Order-Token`: what checkout answered as `token`. A customer needs none.
pub struct OrderToken(String);

impl actix_web::FromRequest for OrderToken {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &actix_web::HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        let header = req.headers().get("x-order-token");
        let text = header.and_then(|value| value.to_str().ok());
        let token = text.map(|text| Self(text.to_owned()));
        ready(token.ok_or_else(|| ApiError::not_found("order-not-found")))
    }
}

impl Omissible for OrderToken {
    fn is_omitted(req: &actix_web::HttpRequest) -> bool {
        !req.headers().contains_key("x-order-token")
    }
}

impl Input for OrderToken {
    fn describe(operation: &mut OperationInput<'_>) {
        operation.header(
            "X-Order-Token",
            "Opens a guest's order; checkout answers it as token.",
        );
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderDocumentView {
    pub id: Uuid,
    /// invoice_receipt, simplified_invoice, credit_note or proforma.
    #[schema(example = "invoice_receipt")]
    pub kind: String,
    /// pending or issued.
    #[schema(example = "issued")]
    pub status: String,
    pub number: Option<String>,
    pub total: Money,
    /// The PDF's address, once it is issued.
    pub pdf_url: Option<String>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub issued_at: Option<OffsetDateTime>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderDocuments {
    pub items: Vec<OrderDocumentView>,
}

/// An order's documents, for the guest who has its token or the customer whose it is. What the
/// merchant has to mend is none of a shopper's business: such a document is pending.
#[utoipa::path(get, path = "/api/invoicing/store/orders/{id}/documents", responses((status = 200, body = OrderDocuments)))]
pub async fn list_order_documents(
    app: Data<App>,
    shopper: Shopper,
    id: Path<OrderId>,
    token: Optional<OrderToken>,
) -> Result<Json<OrderDocuments>, ApiError> {
    let (order, rows) = app
        .db
        .read(shopper.tenant.id, async |tx| {
            let order = orders::find_order(tx, id.uuid()).await?;
            let rows = documents::list_of_order(tx, id.uuid()).await?;
            Ok::<_, db::Error>((order, rows))
        })
        .await?;
    let is_theirs = order.is_some_and(|order| is_proven(&order, &shopper, token.as_ref()));
    if !is_theirs {
        return Err(ApiError::not_found("order-not-found"));
    }
    let shown = rows.iter().filter(|row| row.state() != State::Withdrawn);
    let items = shown.map(|row| view(&app, row)).collect();
    Ok(Json(OrderDocuments { items }))
}

fn view(app: &App, row: &DocumentRow) -> OrderDocumentView {
    let status = match row.state() {
        State::Issued => row.status().name(),
        _ => "pending".to_owned(),
    };
    OrderDocumentView {
        id: row.id,
        kind: row.kind.clone(),
        status,
        number: row.number.clone(),
        total: row.total(),
        pdf_url: links::pdf_url(app, row),
        issued_at: row.issued_at,
    }
}

/// A guest proves himself by the token, a customer by being who placed it or has claimed it since.
fn is_proven(order: &OrderRow, shopper: &Shopper, token: Option<&OrderToken>) -> bool {
    let word = token.map(|token| Sha256::digest(token.0.as_bytes()));
    let by_word = word.is_some_and(|word| bool::from(word.as_slice().ct_eq(&order.access_hash)));
    let owner = order.customer_id.zip(shopper.customer);
    by_word || owner.is_some_and(|(owner, asking)| owner == asking.uuid())
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Key {
    /// The word in a document's own address.
    pub key: String,
}

/// The PDF, for whoever holds its address: it stands in the mail and on the order.
#[utoipa::path(get, path = "/api/invoicing/store/documents/{id}/pdf",
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub async fn get_pdf(
    app: Data<App>,
    shopper: Shopper,
    id: Path<Uuid>,
    key: Query<Key>,
) -> Result<HttpResponse, ApiError> {
    let tenant = shopper.tenant.id;
    if !links::opens(&app, tenant, *id, &key.key) {
        return Err(document_not_found());
    }
    let found = app
        .db
        .read(tenant, async |tx| documents::find_document(tx, *id).await)
        .await?;
    pdf(&app, found).await
}
