//! Search: words in a plain index, which works behind row-level security where GIN does not.

use db::{Error, TenantTx};
use diesel::sql_types::{Array, Integer, SmallInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::product::Product;

diesel::define_sql_function! {
    fn search_shelf(tenant: SqlUuid, query: Text, max_rows: Integer) -> Array<SqlUuid>;
}
diesel::define_sql_function! {
    fn search_index(tenant: SqlUuid, product: SqlUuid, contents: Array<Text>, ranks: Array<SmallInt>, codes: Array<Text>) -> diesel::sql_types::Bool;
}

/// What a word is worth by where it stands.
const TITLE: i16 = 8;
const LABEL: i16 = 4;
const BODY: i16 = 1;

/// The best matches, the best first.
pub async fn find_products(tx: &TenantTx, query: &str, max_rows: i32) -> Result<Vec<Uuid>, Error> {
    let found = search_shelf(tx.tenant().uuid(), query, max_rows);
    Ok(diesel::select(found).get_result(&mut tx.conn()).await?)
}

/// Writes a product's words; it must be on the shelf.
pub async fn save_words(tx: &TenantTx, product: &Product) -> Result<(), Error> {
    let values = product.options.iter().flat_map(|option| &option.values);
    let labels: Vec<&str> = product
        .tags
        .iter()
        .chain([&product.vendor])
        .chain(values)
        .map(String::as_str)
        .collect();
    let contents = vec![
        product.title.clone(),
        labels.join(" "),
        plain(&product.description_html),
    ];
    let codes = product.on_sale().flat_map(|variant| {
        [
            Some(variant.sku.to_string()),
            variant.barcode.as_ref().map(ToString::to_string),
        ]
    });
    let codes: Vec<String> = codes.flatten().collect();
    let written = search_index(
        tx.tenant().uuid(),
        product.id.uuid(),
        contents,
        vec![TITLE, LABEL, BODY],
        codes,
    );
    diesel::select(written)
        .get_result::<bool>(&mut tx.conn())
        .await?;
    Ok(())
}

/// The text of clean HTML.
fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text
}
