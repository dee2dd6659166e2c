//! A double of Moloni, a company of its own for each test, and short ways to call it.

use reqwest::{Client, Response};
use serde_json::{Value, json};
use simulators::{Handle, moloni};

pub struct Double {
    pub base: String,
    pub client: Client,
    pub token: String,
    pub company: i64,
    _handle: Handle,
}

pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Double {
    pub async fn start() -> Self {
        Self::start_with(moloni::Config::default()).await
    }

    pub async fn start_with(config: moloni::Config) -> Self {
        let (address, handle) = moloni::start(config).await.unwrap();
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let mut double = Self {
            base: format!("http://{address}"),
            client,
            token: String::new(),
            company: 5,
            _handle: handle,
        };
        let pair = double.lever("/tokens", json!({})).await.body;
        double.token = pair["access_token"].as_str().unwrap().to_owned();
        double
    }

    pub fn with_token(mut self, token: &str) -> Self {
        token.clone_into(&mut self.token);
        self
    }

    /// A call with a JSON body, for the company.
    pub async fn call(&self, method: &str, mut fields: Value) -> Value {
        if fields.get("company_id").is_none() {
            fields["company_id"] = json!(self.company);
        }
        let url = format!(
            "{}/v1/{method}/?access_token={}&json=true",
            self.base, self.token
        );
        let sent = self.client.post(url).json(&fields).send();
        read(sent.await.unwrap()).await.body
    }

    pub async fn form(&self, method: &str, query: &str, form: &str) -> Answer {
        let url = format!(
            "{}/v1/{method}/?access_token={}{query}",
            self.base, self.token
        );
        let request = self
            .client
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned());
        read(request.send().await.unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        read(
            self.client
                .get(format!("{}{path}", self.base))
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    pub async fn lever(&self, path: &str, body: Value) -> Answer {
        let url = format!("{}/_sim{path}", self.base);
        read(self.client.post(url).json(&body).send().await.unwrap()).await
    }

    pub async fn look(&self, path: &str) -> Value {
        self.get(&format!("/_sim{path}")).await.body
    }

    /// The row of a table whose field is as said.
    pub async fn row(&self, table: &str, field: &str, value: Value) -> Value {
        let rows = self
            .call(&format!("{table}/getAll"), json!({"parent_id": 0}))
            .await;
        let rows = rows.as_array().unwrap_or_else(|| panic!("{table}: {rows}"));
        let row = rows.iter().find(|row| row[field] == value);
        row.unwrap_or_else(|| panic!("no {value} in {rows:?}"))
            .clone()
    }

    /// Id of the series for everything.
    pub async fn set(&self) -> Value {
        let set = self
            .row("documentSets", "active_by_default", json!(1))
            .await;
        set["document_set_id"].clone()
    }

    pub async fn tax(&self, percent: i64) -> Value {
        self.row("taxes", "value", json!(percent)).await["tax_id"].clone()
    }

    /// A product at 23 %.
    pub async fn product(&self, reference: &str, price: &str) -> i64 {
        let product = self.new_product(reference, price).await;
        let answer = self.call("products/insert", product).await;
        answer["product_id"]
            .as_i64()
            .unwrap_or_else(|| panic!("{answer}"))
    }

    pub async fn new_product(&self, reference: &str, price: &str) -> Value {
        let category = self.row("productCategories", "parent_id", json!(0)).await;
        let unit = self
            .row("measurementUnits", "short_name", json!("Uni."))
            .await;
        json!({"category_id": category["category_id"], "type": 1, "name": "Réplica M4", "reference": reference,
               "price": price, "unit_id": unit["unit_id"], "has_stock": 0, "at_product_category": "M",
               "taxes": [{"tax_id": self.tax(23).await, "value": 23, "order": 0, "cumulative": 0}]})
    }

    pub async fn customer(&self, number: &str, vat: &str) -> i64 {
        let customer = self.new_customer(number, vat).await;
        let answer = self.call("customers/insert", customer).await;
        answer["customer_id"]
            .as_i64()
            .unwrap_or_else(|| panic!("{answer}"))
    }

    pub async fn new_customer(&self, number: &str, vat: &str) -> Value {
        let maturity = self.row("maturityDates", "days", json!(0)).await;
        json!({"vat": vat, "number": number, "name": "Ana Silva", "contact_name": "", "address": "Rua A 1",
               "city": "Lisboa", "zip_code": "1000-100", "country_id": 1, "email": "ana@example.com", "phone": "",
               "language_id": 1, "maturity_date_id": maturity["maturity_date_id"], "payment_method_id": 0,
               "salesman_id": 0, "payment_day": 0, "discount": 0, "credit_limit": 0, "delivery_method_id": 0,
               "field_notes": ""})
    }

    /// Fields of an invoice-receipt with one line at 23 %.
    pub async fn invoice(&self, reference: &str, qty: &str, price: &str) -> Value {
        let (number, product) = (format!("{reference}-c"), format!("{reference}-p"));
        json!({"date": "2026-07-06", "expiration_date": "2026-07-06", "document_set_id": self.set().await,
               "customer_id": self.customer(&number, "123456789").await, "our_reference": reference,
               "your_reference": format!("#{reference}"),
               "products": [{"product_id": self.product(&product, "10").await, "name": "Réplica M4", "qty": qty,
                             "price": price, "taxes": [{"tax_id": self.tax(23).await, "value": 23}]}]})
    }

    /// Inserts a document and answers its id.
    pub async fn insert(&self, family: &str, fields: &Value) -> i64 {
        let answer = self.call(&format!("{family}/insert"), fields.clone()).await;
        assert_eq!(answer["valid"], 1, "{answer}");
        answer["document_id"].as_i64().unwrap()
    }

    pub async fn close(&self, family: &str, id: i64) -> Value {
        self.call(
            &format!("{family}/update"),
            json!({"document_id": id, "status": 1}),
        )
        .await
    }

    /// A closed document.
    pub async fn closed(&self, family: &str, fields: &Value) -> Value {
        let id = self.insert(family, fields).await;
        let answer = self.close(family, id).await;
        assert_eq!(answer["valid"], 1, "{answer}");
        self.document(id).await
    }

    pub async fn document(&self, id: i64) -> Value {
        self.call("documents/getOne", json!({"document_id": id}))
            .await
    }
}

pub async fn read(response: Response) -> Answer {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Answer { status, body }
}
