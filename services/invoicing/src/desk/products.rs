//! Products, which must be Moloni's before a line names them.

use serde_json::{Value, json};

use super::{Desk, Refusal, made};
use crate::clients::moloni::row;
use crate::domain::bill::BillLine;
use crate::domain::problem::{Code, Problem};
use crate::provider::ProviderError;

const GOODS: i64 = 1;
const SERVICE: i64 = 2;

impl Desk<'_> {
    /// Moloni's id of a line's product, made when there is none. `tax` is the line's own, as lines
    /// carry it.
    pub(super) async fn product(&self, line: &BillLine, tax: &Value) -> Result<i64, ProviderError> {
        let key = (self.tenant, self.company, line.reference.clone());
        if let Some(known) = self.app.products.get(&key) {
            return Ok(known);
        }
        let id = match self.find_product(&line.reference).await? {
            Some(id) => id,
            None => self.new_product(line, tax).await?,
        };
        self.app.products.insert(key, id);
        Ok(id)
    }

    async fn find_product(&self, reference: &str) -> Result<Option<i64>, ProviderError> {
        let fields = json!({"reference": reference, "exact": 1});
        let rows = self.rows("products/getByReference", fields).await?;
        // Not every search is exact that says so.
        let found = rows
            .iter()
            .find(|one| row::text(one, "reference") == reference);
        match found {
            Some(hidden) if row::text(hidden, "visibility_id") == "0" => {
                Err(Problem::new(Code::ProductHidden, reference).into())
            }
            found => Ok(found.and_then(|one| row::id(one, "product_id"))),
        }
    }

    async fn new_product(&self, line: &BillLine, tax: &Value) -> Result<i64, ProviderError> {
        let (kind, category) = match line.is_service {
            true => (SERVICE, "S"),
            false => (GOODS, "M"),
        };
        let mut fields = json!({
            "category_id": self.category().await?,
            "type": kind,
            "name": line.name,
            "reference": line.reference,
            "price": line.unit_price().to_string(),
            "unit_id": self.unit().await?,
            // The platform counts the stock; Moloni would move it with every document.
            "has_stock": 0,
            "at_product_category": category,
        });
        for (field, value) in tax.as_object().into_iter().flatten() {
            row::put(&mut fields, field, value.clone());
        }
        match self.call("products/insert", fields).await {
            Ok(answer) => made(&answer, "product_id").map_err(ProviderError::of_a_look),
            // Somebody else was faster, or an answer was lost: it is there now.
            Err(Refusal::Codes(error)) if error.has_code("4 reference") => {
                let found = self.find_product(&line.reference).await?;
                found.ok_or_else(|| Problem::new(Code::Refused, error.codes().join("; ")).into())
            }
            Err(Refusal::Codes(error)) if super::documents::lacks_exemption(&error) => {
                Err(Problem::new(Code::ExemptionMissing, "").into())
            }
            Err(refusal) => Err(refusal.plain().of_a_look()),
        }
    }
}
