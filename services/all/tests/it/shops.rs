//! A store with everything in it, made through the API: what it has is known by kind, so that it can
//! be asked for by somebody else.

mod customers;

use std::collections::BTreeMap;
use std::io::Cursor;

use kernel::TenantId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::platform::{Ask, Ground, Store};
use testkit::until;

/// What no shopper may ever see: the price the merchant pays.
pub const COST_CANARY: i64 = 7_654_321;

/// A store and the names of its things.
pub struct Shop<'g> {
    pub ground: &'g Ground,
    pub store: Store,
    pub host: String,
    /// Kind → what each of that kind is called.
    pub ids: BTreeMap<&'static str, Vec<String>>,
    /// Opens the open cart.
    pub cart_word: String,
    /// Opens the guest's orders.
    pub order_word: String,
    /// Of the guest's paid order; every store counts alike, so it names nothing.
    pub order_number: String,
}

/// What a checkout left behind.
pub struct Ordered {
    pub cart: String,
    pub id: String,
    pub word: String,
    pub ticket: String,
}

impl<'g> Shop<'g> {
    /// The same shapes in every store: equal slugs, SKUs and images, and one thing of its own name.
    pub async fn open(ground: &'g Ground, store: &Store) -> Self {
        let mut shop = Self {
            ground,
            store: store.clone(),
            host: ground.host(store),
            ids: BTreeMap::new(),
            cart_word: String::new(),
            order_word: String::new(),
            order_number: String::new(),
        };
        shop.remember("tenants", &store.id.to_string());
        shop.remember("refresh_tokens", &store.refresh_token);
        shop.remember("change_tokens", &store.change_token);
        shop.hire_and_design().await;
        shop.fill_catalog().await;
        shop.set_up_orders().await;
        shop.connect_account().await;
        shop.write_to_people().await;
        shop.import().await;
        shop.sell().await;
        shop.keep_customers().await;
        shop.wait_for_papers().await;
        shop
    }

    /// Somebody who works here, a link to a look that nobody sees yet, and a domain that nobody has proven.
    async fn hire_and_design(&mut self) {
        let email = format!("rui@{}.example", self.store.slug);
        let body = json!({"email": email, "name": "Rui", "role": "viewer"});
        let ask = self.owner(Method::POST, "/api/tenants/admin/staff");
        let made = self.ground.json(ask.keyed().json(body)).await.expect(201);
        self.remember("staff", &made.at("/staff/id"));
        let ask = self.owner(Method::POST, "/api/tenants/admin/theme/preview");
        let made = self.ground.json(ask).await.expect(200);
        self.remember("previews", &made.at("/token"));
        let body = json!({"host": format!("{}.example.pt", self.store.slug)});
        let ask = self.owner(Method::POST, "/api/tenants/admin/domains");
        let made = self.ground.json(ask.keyed().json(body)).await.expect(201);
        self.remember("domains", &made.at("/id"));
    }

    /// A receiver of webhooks, and an address that is not written to.
    async fn write_to_people(&mut self) {
        for word in [
            ("kind", "order_paid"),
            ("locale", "pt-PT"),
            ("transport", "zeptomail"),
        ] {
            self.remember(word.0, word.1);
        }
        let body = json!({"url": "https://erp.example/hooks", "types": ["order.paid"]});
        let ask = self.owner(Method::POST, "/api/mail/admin/webhooks");
        let made = self.ground.json(ask.keyed().json(body)).await.expect(201);
        self.remember("endpoints", &made.at("/id"));
        let path = format!("/api/mail/admin/webhooks/{}/test", self.id("endpoints"));
        let ask = self.owner(Method::POST, &path);
        self.ground.json(ask.keyed()).await.expect(202);
        let path = format!(
            "/api/mail/admin/webhooks/{}/deliveries",
            self.id("endpoints")
        );
        let told = self.ground.json(self.owner(Method::GET, &path)).await;
        self.remember("deliveries", &told.expect(200).at("/items/0/id"));
        let email = format!("nobody@{}.example", self.store.slug);
        let body = json!({"address": email, "marketing_only": false});
        let ask = self.owner(Method::POST, "/api/mail/admin/suppressions");
        let made = self.ground.json(ask.keyed().json(body)).await.expect(201);
        self.remember("suppressions", &made.at("/id"));
        self.remember("emails", &email);
    }

    /// A little of an old shop that came over, with its orders and old addresses.
    async fn import(&mut self) {
        let shop = std::env::var("OUTBOUND_ALLOWED").unwrap();
        let body = json!({
            "wc_url": format!("http://{shop}"), "wc_consumer_key": "ck_simulator",
            "wc_consumer_secret": "cs_simulator", "resources": ["orders"],
        });
        let ask = self.owner(Method::POST, "/api/migration/woocommerce/import");
        let begun = self.ground.json(ask.json(body)).await.expect(202);
        self.remember("imports", &begun.at("/id"));
        let path = format!("/api/migration/admin/imports/{}", begun.at("/id"));
        until("the import has come to its end", async || {
            let told = self.ground.json(self.owner(Method::GET, &path)).await;
            (told.body["state"] == "completed").then_some(())
        })
        .await;
        let ask = self.owner(Method::GET, "/api/orders/admin/past-orders");
        let told = self.ground.json(ask).await.expect(200);
        self.remember("past_orders", &told.at("/items/0/id"));
    }

    /// What follows a payment: a proforma, and mails.
    async fn wait_for_papers(&mut self) {
        let document = until("the paid order has its document", async || {
            let ask = self.owner(Method::GET, "/api/invoicing/admin/documents");
            let told = self.ground.json(ask).await.expect(200);
            let item = &told.body["items"][0];
            item["pdf_url"].is_string().then(|| item.clone())
        })
        .await;
        self.remember("documents", document["id"].as_str().unwrap());
        let address = document["pdf_url"].as_str().unwrap();
        let (_, key) = address.rsplit_once("key=").unwrap();
        self.remember("document_keys", key);
        self.remember("companies", "5");
        let message = until("a mail is written", async || {
            let ask = self.owner(Method::GET, "/api/mail/admin/messages");
            let told = self.ground.json(ask).await.expect(200);
            told.body["items"][0]["id"].as_str().map(str::to_owned)
        })
        .await;
        self.remember("messages", &message);
        self.remember("unsubscribe_words", "nonsense");
    }

    fn remember(&mut self, kind: &'static str, id: &str) {
        self.ids.entry(kind).or_default().push(id.to_owned());
    }

    /// The first of a kind.
    pub fn id(&self, kind: &str) -> String {
        let found = self.ids.get(kind).and_then(|ids| ids.first());
        found
            .unwrap_or_else(|| panic!("the shop has no {kind}: add one in shops.rs"))
            .clone()
    }

    pub fn tenant(&self) -> TenantId {
        self.store.id
    }

    pub fn owner(&self, method: Method, path: &str) -> Ask {
        let ask = self.ground.request(method, &self.host, path);
        ask.token(&self.store.token)
    }

    pub fn guest(&self, method: Method, path: &str) -> Ask {
        self.ground.request(method, &self.host, path)
    }

    async fn fill_catalog(&mut self) {
        let own = self.store.slug.clone();
        let parent = self.category("replicas", None).await;
        self.category(&format!("{own}-only"), Some(&parent)).await;
        let begun = self.begin_media().await;
        let url = begun.at("/upload/url");
        let put = self.ground.client.put(url).body(picture());
        let put = put.header("content-type", "image/png");
        put.send().await.unwrap().error_for_status().unwrap();
        let media = begun.at("/id");
        let path = format!("/api/catalog/admin/media/{media}/complete");
        let ready = self.ground.json(self.owner(Method::POST, &path)).await;
        let address = ready.expect(200).at("/sources/0/url");
        self.remember("media", &media);
        self.remember("file", address.rsplit_once('/').unwrap().1);
        let waiting = self.begin_media().await.at("/id");
        self.remember("media", &waiting);
        let body = self.product("M4 carbine", "m4-carbine", "M4");
        self.add_product(body).await;
        let title = format!("{own} only");
        let sku = own.to_uppercase();
        self.remember("sku", &format!("{sku}-Black"));
        let body = self.product(&title, &format!("{own}-only"), &sku);
        self.add_product(body).await;
        let mut draft = self.product("Not for sale yet", "not-yet", "DRAFT");
        draft["status"] = json!("draft");
        self.add_product(draft).await;
        self.remember("slug", &format!("{own}-only"));
        self.remember("category", &format!("{own}-only"));
        self.remember("tag", &format!("{own}-only"));
        self.remember("q", &title);
    }

    async fn category(&mut self, slug: &str, parent: Option<&str>) -> String {
        let body = json!({"name": slug, "slug": slug, "parent_id": parent});
        let ask = self.owner(Method::POST, "/api/catalog/admin/categories");
        let made = self.ground.json(ask.keyed().json(body)).await.expect(201);
        let id = made.at("/id");
        self.remember("categories", &id);
        id
    }

    async fn begin_media(&self) -> crate::platform::Reply {
        let body = json!({"content_type": "image/png", "size": picture().len()});
        let ask = self.owner(Method::POST, "/api/catalog/admin/media");
        self.ground.json(ask.keyed().json(body)).await.expect(201)
    }

    /// A whole product: every optional reference is in it.
    pub fn product(&self, title: &str, slug: &str, sku: &str) -> Value {
        let variant = |colour: &str| {
            json!({
                "sku": format!("{sku}-{colour}"), "option_values": [colour],
                "price": {"amount": 4_990, "currency": "EUR"},
                "compare_at": {"amount": 5_990, "currency": "EUR"},
                "cost": {"amount": COST_CANARY, "currency": "EUR"},
                "weight_grams": 2_800, "vat_class": "standard", "active": true,
                "track_stock": true, "image_id": self.id("media"),
            })
        };
        json!({
            "title": title, "slug": slug, "status": "active", "vendor": "Tokyo",
            "description_html": "<p>Full metal.</p>",
            "tags": ["replica", format!("{}-only", self.store.slug)],
            "seo_title": "M4", "seo_description": "An M4",
            "options": [{"name": "Colour", "values": ["Black", "Tan"]}],
            "variants": [variant("Black"), variant("Tan")],
            "category_ids": [self.id("categories")],
            "images": [{"media_id": self.id("media"), "alt": "An M4"}],
        })
    }

    async fn add_product(&mut self, body: Value) {
        let ask = self.owner(Method::POST, "/api/catalog/admin/products");
        let made = self.ground.json(ask.keyed().json(body)).await.expect(201);
        self.remember("products", &made.at("/id"));
        for at in [0, 1] {
            self.remember("variants", &made.at(&format!("/variants/{at}/id")));
        }
    }

    async fn set_up_orders(&self) {
        let rates =
            json!({"rates": [{"region": "PT", "price": {"amount": 499, "currency": "EUR"}}]});
        let ask = self.owner(Method::PUT, "/api/orders/admin/shipping");
        self.ground.json(ask.json(rates)).await.expect(200);
        for variant in &self.ids["variants"] {
            let path = format!("/api/orders/admin/stock/{variant}");
            let count = json!({"on_hand": 50, "reason": "delivery"});
            until("orders knows the variant", async || {
                let ask = self.owner(Method::PUT, &path).json(count.clone());
                (self.ground.json(ask).await.status == 200).then_some(())
            })
            .await;
        }
    }

    async fn connect_account(&self) {
        let ask = self.owner(Method::POST, "/api/payments/admin/account");
        self.ground.json(ask).await.expect(200);
        let account = self.account_at_stripe().await;
        let lever = format!("{}/_sim/accounts/{account}/complete", self.ground.stripe);
        let done = self.ground.client.post(lever).json(&json!({})).send();
        done.await.unwrap().error_for_status().unwrap();
        until("the account can charge", async || {
            let ask = self.owner(Method::GET, "/api/payments/admin/account");
            let told = self.ground.json(ask).await;
            (told.body["charges_enabled"] == true).then_some(())
        })
        .await;
        let (cart, word) = self.cart(None).await;
        let path = format!("/api/orders/store/carts/{cart}");
        until("orders knows that the store can be paid", async || {
            let ask = self.guest(Method::GET, &path).header("x-cart-token", &word);
            let told = self.ground.json(ask).await;
            (told.body["can_checkout"] == true).then_some(())
        })
        .await;
    }

    /// The platform never shows it; Stripe's double does.
    async fn account_at_stripe(&self) -> String {
        let state = format!("{}/_sim/state", self.ground.stripe);
        let state = self.ground.client.get(state).send().await.unwrap();
        let state: Value = state.json().await.unwrap();
        let tenant = self.store.id.to_string();
        find(&state, &|object| {
            object["object"] == "account" && object["metadata"]["tenant_id"] == tenant.as_str()
        })
        .unwrap_or_else(|| panic!("Stripe has an account of {tenant}"))["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    async fn sell(&mut self) {
        let (cart, word) = self.cart(None).await;
        self.remember("carts", &cart);
        self.cart_word = word;
        let unpaid = self.order(None).await;
        let paid = self.order(None).await;
        self.begin_payment(&unpaid).await;
        self.pay(&paid).await;
        for order in [&paid, &unpaid] {
            self.remember("carts", &order.cart);
            self.remember("orders", &order.id);
            self.remember("tickets", &order.ticket);
        }
        let email = format!("guest@{}.example", self.store.slug);
        self.remember("q", &email);
        self.order_word = paid.word.clone();
        self.remember_webhooks().await;
        let ask = self.owner(Method::GET, "/api/payments/admin/payments");
        let told = self.ground.json(ask).await.expect(200);
        for payment in told.body["items"].as_array().unwrap() {
            self.remember("payments", payment["id"].as_str().unwrap());
        }
    }

    async fn remember_webhooks(&mut self) {
        let host = self.ground.platform_host();
        let path = "/api/payments/sysadmin/webhooks";
        let ask = self.ground.request(Method::GET, &host, path);
        let told = self
            .ground
            .json(ask.token(&self.ground.sysadmin))
            .await
            .expect(200);
        let tenant = self.store.id.to_string();
        for event in told.body["items"].as_array().unwrap() {
            if event["tenant_id"] == tenant.as_str() {
                self.remember("webhook_events", event["event_id"].as_str().unwrap());
            }
        }
    }

    /// An open cart with a line in it, and its word. `customer` is a customer's token.
    pub async fn cart(&self, customer: Option<&str>) -> (String, String) {
        let who = |ask: Ask| match customer {
            Some(token) => ask.token(token),
            None => ask,
        };
        let ask = who(self.guest(Method::POST, "/api/orders/store/carts"));
        let made = self.ground.json(ask).await.expect(201);
        let (cart, word) = (made.at("/id"), made.at("/token"));
        let path = format!("/api/orders/store/carts/{cart}/lines");
        let line = json!({"variant_id": self.id("variants"), "quantity": 1});
        let ask = who(self.guest(Method::POST, &path)).header("x-cart-token", &word);
        self.ground.json(ask.json(line)).await.expect(200);
        (cart, word)
    }

    /// An order of one piece.
    pub async fn order(&self, customer: Option<&str>) -> Ordered {
        let (cart, word) = self.cart(customer).await;
        let path = format!("/api/orders/store/carts/{cart}");
        let ask = self.guest(Method::GET, &path).header("x-cart-token", &word);
        let total = self.ground.json(ask).await.expect(200).body["total"].clone();
        let mut body = self.checkout(&cart);
        body["expected_total"] = total;
        let ask = self.guest(Method::POST, "/api/orders/store/checkout");
        let ask = ask.keyed().header("x-cart-token", &word).json(body);
        let ask = match customer {
            Some(token) => ask.token(token),
            None => ask,
        };
        let placed = self.ground.json(ask).await.expect(201);
        Ordered {
            cart,
            id: placed.at("/id"),
            word: placed.at("/token"),
            ticket: placed.at("/payment_ticket"),
        }
    }

    pub fn checkout(&self, cart: &str) -> Value {
        let address = json!({
            "name": "Ana Silva", "company": "", "line1": "Rua do Ouro 1", "line2": "",
            "city": "Lisboa", "postcode": "1100-148", "country": "PT",
        });
        json!({
            "cart_id": cart, "email": format!("guest@{}.example", self.store.slug),
            "phone": "912345678", "shipping_address": address, "billing_address": address,
            "tax_id": "123456789", "payment_method": "card", "accepts_terms": true,
            "accepts_newsletter": false, "terms_version": "1", "note": "ring twice",
            "locale": "pt-PT", "expected_total": {"amount": 5_489, "currency": "EUR"},
        })
    }

    async fn begin_payment(&self, order: &Ordered) -> crate::platform::Reply {
        until("payments takes the ticket", async || {
            let ask = self.guest(Method::POST, "/api/payments/store/intents");
            let reply = self
                .ground
                .json(ask.json(json!({"ticket": order.ticket})))
                .await;
            (reply.status == 200).then_some(reply)
        })
        .await
    }

    async fn pay(&self, order: &Ordered) {
        let intent = self.begin_payment(order).await;
        let (secret, account) = (intent.at("/client_secret"), intent.at("/stripe_account"));
        let form = [
            ("client_secret", secret.as_str()),
            ("account", account.as_str()),
            ("choice", "card"),
        ];
        let page = format!("{}/pay", self.ground.stripe);
        let paid = self.ground.client.post(page).form(&form).send().await;
        paid.unwrap().error_for_status().unwrap();
        let path = format!("/api/orders/admin/orders/{}", order.id);
        until("the order is paid", async || {
            let told = self.ground.json(self.owner(Method::GET, &path)).await;
            (told.body["status"] == "paid").then_some(())
        })
        .await;
    }
}

fn find<'v>(value: &'v Value, fits: &dyn Fn(&Value) -> bool) -> Option<&'v Value> {
    if value.is_object() && fits(value) {
        return Some(value);
    }
    match value {
        Value::Object(members) => members.values().find_map(|member| find(member, fits)),
        Value::Array(items) => items.iter().find_map(|item| find(item, fits)),
        _ => None,
    }
}

/// The same bytes for every store.
pub fn picture() -> Vec<u8> {
    let image = image::RgbImage::from_fn(64, 48, |x, y| {
        image::Rgb([u8::try_from(x).unwrap(), u8::try_from(y).unwrap(), 90])
    });
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}
