//! What a merchant does at Moloni, and what was issued there.

use anyhow::Context;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::client::Reply;
use crate::merchant::Store;
use crate::unique;

/// A company of one store at the stand-in for Moloni.
#[derive(Clone)]
pub struct Company {
    http: reqwest::Client,
    base: String,
    id: i64,
}

impl Company {
    /// A new company; the store is connected to it, as its owner would do it, and issues into it.
    pub async fn connect(store: &Store) -> anyhow::Result<Self> {
        let api = std::env::var("MOLONI_API_BASE").context("MOLONI_API_BASE is not set")?;
        let base = api.trim_end_matches('/').trim_end_matches("/v1").to_owned();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let made = http
            .post(format!("{base}/_sim/companies"))
            .json(&json!({ "name": unique("Loja ") }))
            .send()
            .await?;
        let made: Value = made.error_for_status()?.json().await?;
        let id = made
            .get("company_id")
            .and_then(Value::as_i64)
            .context("Moloni made no company")?;
        let company = Self { http, base, id };
        company.authorise(store).await?;
        company.choose(store).await?;
        Ok(company)
    }

    /// The owner follows the link, agrees at Moloni, and comes back.
    async fn authorise(&self, store: &Store) -> anyhow::Result<()> {
        let path = "/api/invoicing/admin/connection/authorize";
        let begun = store.admin(Method::POST, path, None).await?.expect(200)?;
        let page = Url::parse(&begun.text("/url")?)?;
        let cookie = begun.cookie.context("the browser is given no cookie")?;
        let fields: Vec<(String, String)> = page.query_pairs().into_owned().collect();
        let mut form = page.clone();
        form.set_query(None);
        let agreed = self.http.post(form).form(&fields).send().await?;
        let back = agreed.headers().get("location");
        let back = back
            .and_then(|value| value.to_str().ok())
            .context("Moloni did not lead back")?;
        let back = Url::parse(back)?;
        let path = format!("{}?{}", back.path(), back.query().unwrap_or_default());
        let ask = store.door.platform(Method::GET, &path);
        let ask = ask.header("cookie", &cookie);
        store.door.insist(&ask).await?.expect(303)?;
        let ask = store.ask(Method::GET, "/api/invoicing/admin/connection");
        let connected = |reply: &Reply| (reply.text("/state").ok()? == "connected").then_some(());
        store
            .door
            .until("the store being connected to Moloni", &ask, connected)
            .await
    }

    async fn choose(&self, store: &Store) -> anyhow::Result<()> {
        let path = format!("/api/invoicing/admin/moloni/companies/{}", self.id);
        let offered = store.admin(Method::GET, &path, None).await?.expect(200)?;
        let series = offered.body.get("series").and_then(Value::as_array);
        let fits = |series: &&Value| {
            ["invoice_receipts", "credit_notes"]
                .iter()
                .all(|kind| series.get(kind) == Some(&Value::Bool(true)))
        };
        let series = series.into_iter().flatten().find(fits);
        let series = series
            .and_then(|series| series.get("id")?.as_i64())
            .context("no series takes both invoices and credit notes")?;
        let settings = json!({
            "company_id": self.id, "document_set_id": series, "kind": "invoice_receipt",
            "close": true, "exemption_code": "M10",
        });
        let path = "/api/invoicing/admin/settings";
        store
            .admin(Method::PUT, path, Some(settings))
            .await?
            .expect(200)?;
        Ok(())
    }

    /// The company's documents as Moloni has them.
    pub async fn documents(&self) -> anyhow::Result<Vec<Value>> {
        let state = self.http.get(format!("{}/_sim/state", self.base));
        let state: Value = state.send().await?.error_for_status()?.json().await?;
        let documents = state.pointer(&format!("/companies/{}/documents", self.id));
        let documents = documents.and_then(Value::as_array);
        Ok(documents.cloned().unwrap_or_default())
    }

    /// What the company has closed: sums in cents.
    pub async fn closed(&self) -> anyhow::Result<Vec<i64>> {
        let documents = self.documents().await?;
        let closed = documents
            .iter()
            .filter(|document| document.get("status").and_then(Value::as_i64) == Some(1));
        let cents = closed.map(|document| {
            let value = document.get("net_value").context("a document has a sum")?;
            let text = value.as_f64().context("a sum is a number")?;
            Ok((text * 100.0).round().to_string().parse()?)
        });
        cents.collect()
    }
}
