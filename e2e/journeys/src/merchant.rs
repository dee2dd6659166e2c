//! A sysadmin provisions a store, its owner fills it.

use anyhow::Context;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Door, Reply};
use crate::shopper::{Placed, Shopper};
use crate::stripe::Stripe;
use crate::{stores, unique};

/// What every owner chose.
pub const OWN_PASSWORD: &str = "a long and own password";

/// A store that sells, and its owner's token.
#[derive(Clone)]
pub struct Store {
    pub door: Door,
    pub stripe: Stripe,
    pub slug: String,
    pub owner: String,
    /// Of the owner.
    pub email: String,
}

/// Something to buy.
#[derive(Clone, Debug)]
pub struct Product {
    pub slug: String,
    pub variant: String,
    pub price: i64,
}

impl Store {
    /// The guide's curl, then the owner's first sign-in with the forced change of the password.
    pub async fn provision() -> anyhow::Result<Self> {
        Self::provision_on("business").await
    }

    /// The same on another plan.
    pub async fn provision_on(plan: &str) -> anyhow::Result<Self> {
        let (door, stripe) = (Door::from_environment()?, Stripe::from_environment()?);
        let slug = unique("shop");
        let token = stores(&["sysadmin", "token"])?;
        let body = json!({
            "name": "DefenseOps Airsoft", "slug": slug, "email": format!("{slug}@example.pt"),
            "plan": plan, "template_id": "tactical",
        });
        let ask = door
            .platform(Method::POST, "/api/sysadmin/tenants")
            .bearer(&token);
        let made = door.insist(&ask.key(&slug).json(body)).await?.expect(201)?;
        let (email, password) = (
            made.text("/admin_email")?,
            made.text("/admin_temp_password")?,
        );
        let owner = first_sign_in(&door, &slug, &email, &password).await?;
        Ok(Self {
            door,
            stripe,
            slug,
            owner,
            email,
        })
    }

    /// Connects the store's account at Stripe until it can charge.
    pub async fn connect_account(&self) -> anyhow::Result<()> {
        let made = self
            .admin(Method::POST, "/api/payments/admin/account", None)
            .await?;
        made.expect(200)?;
        let link = self
            .admin(Method::POST, "/api/payments/admin/account/link", None)
            .await?;
        link.expect(200)?;
        let account = self.account_at_stripe().await?;
        self.stripe.complete_account(&account).await?;
        let ask = self.ask(Method::GET, "/api/payments/admin/account");
        let active = |reply: &Reply| (reply.text("/status").ok()? == "active").then_some(());
        self.door
            .until("the store's account becoming active", &ask, active)
            .await?;
        // Orders hears of it a moment later; until then it places no order that nobody could pay.
        let shopper = Shopper::enter(self).await?;
        let is_open = |reply: &Reply| {
            let warnings = reply.body.get("warnings").and_then(Value::as_array);
            warnings.is_some_and(Vec::is_empty).then_some(())
        };
        self.door
            .until("the store taking orders", &shopper.looking(), is_open)
            .await
    }

    /// The id that Stripe gave the store's account, which the platform never shows.
    async fn account_at_stripe(&self) -> anyhow::Result<String> {
        let state = self.stripe.state().await?;
        let me = self.admin(Method::GET, "/api/auth/me", None).await?;
        let tenant = me.text("/tenant/id")?;
        let found = find_object(&state, &|object| {
            object.get("object").and_then(Value::as_str) == Some("account")
                && object
                    .pointer("/metadata/tenant_id")
                    .and_then(Value::as_str)
                    == Some(&tenant)
        });
        let id = found.and_then(|object| object.get("id")?.as_str().map(str::to_owned));
        id.context("Stripe has no account for this store")
    }

    /// A product with an image and `stock` pieces on the shelf, for sale.
    pub async fn add_product(&self, stock: i64) -> anyhow::Result<Product> {
        let media = self.upload_image().await?;
        let slug = unique("m4");
        let body = json!({
            "title": "M4 carbine", "slug": slug, "status": "active",
            "description_html": "<p>Full metal.<script>alert(1)</script></p>",
            "images": [{ "media_id": media, "alt": "An M4 carbine" }],
            "variants": [{
                "sku": unique("M4-"), "price": { "amount": 4990, "currency": "EUR" },
                "vat_class": "standard", "weight_grams": 2800,
            }],
        });
        let ask = self
            .ask(Method::POST, "/api/catalog/admin/products")
            .key(&slug)
            .json(body);
        let made = self.door.insist(&ask).await?.expect(201)?;
        let variant = made.text("/variants/0/id")?;
        self.set_stock(&variant, stock).await?;
        Ok(Product {
            slug,
            variant,
            price: 4_990,
        })
    }

    /// The variant reaches orders by an event, a moment after it was saved.
    pub async fn set_stock(&self, variant: &str, on_hand: i64) -> anyhow::Result<()> {
        let path = format!("/api/orders/admin/stock/{variant}");
        let ask = self
            .ask(Method::PUT, &path)
            .json(json!({ "on_hand": on_hand, "reason": "delivery" }));
        self.door
            .until("the stock being set", &ask, |reply| {
                (reply.status == 200).then_some(())
            })
            .await
    }

    /// The order's document of this kind, once it counts.
    pub async fn issued(&self, placed: &Placed, kind: &str) -> anyhow::Result<Value> {
        let ask = self.ask(Method::GET, "/api/invoicing/admin/documents?limit=100");
        let found = |reply: &Reply| {
            let is = |item: &Value, name: &str, text: &str| {
                item.get(name).and_then(Value::as_str) == Some(text)
            };
            let items = reply.body.get("items")?.as_array()?;
            let of = |item: &&Value| {
                is(item, "order_id", &placed.id)
                    && is(item, "kind", kind)
                    && is(item, "status", "issued")
            };
            items.iter().find(of).cloned()
        };
        let what = format!("the {kind} of {}", placed.number);
        self.door.until(&what, &ask, found).await
    }

    pub async fn stock(&self, variant: &str) -> anyhow::Result<(i64, i64)> {
        let reply = self
            .admin(Method::GET, "/api/orders/admin/stock?limit=100", None)
            .await?
            .expect(200)?;
        let items = reply
            .body
            .get("items")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let of = |row: &&Value| row.get("variant_id").and_then(Value::as_str) == Some(variant);
        let row = items.iter().find(of).context("the variant has no stock")?;
        let number = |name: &str| row.get(name).and_then(Value::as_i64).unwrap_or(-1);
        Ok((number("on_hand"), number("reserved")))
    }

    /// An image through a presigned address, as a browser uploads it.
    pub async fn upload_image(&self) -> anyhow::Result<String> {
        let png = picture()?;
        let body = json!({ "content_type": "image/png", "size": png.len() });
        let ask = self
            .ask(Method::POST, "/api/catalog/admin/media")
            .key(&unique("media"))
            .json(body);
        let begun = self.door.insist(&ask).await?.expect(201)?;
        let (id, url) = (begun.text("/id")?, begun.text("/upload/url")?);
        let put = reqwest::Client::new()
            .put(url)
            .header("content-type", "image/png")
            .body(png);
        put.send()
            .await?
            .error_for_status()
            .context("the upload was refused")?;
        let path = format!("/api/catalog/admin/media/{id}/complete");
        let completed = self.admin(Method::POST, &path, None).await?;
        // The same picture again is the image that the store already has.
        completed.expect(200)?.text("/id")
    }

    pub async fn refund(&self, order: &str, key: &str) -> anyhow::Result<Reply> {
        let path = format!("/api/orders/admin/orders/{order}/refund");
        let ask = self
            .ask(Method::POST, &path)
            .key(key)
            .json(json!({ "reason": "requested_by_customer" }));
        self.door.insist(&ask).await
    }

    /// A request of the owner.
    pub fn ask(&self, method: Method, path: &str) -> crate::client::Ask {
        self.door
            .store(&self.slug, method, path)
            .bearer(&self.owner)
    }

    pub async fn admin(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> anyhow::Result<Reply> {
        let ask = self.ask(method, path);
        let ask = match body {
            Some(body) => ask.json(body),
            None => ask,
        };
        self.door.insist(&ask).await
    }
}

async fn first_sign_in(
    door: &Door,
    slug: &str,
    email: &str,
    password: &str,
) -> anyhow::Result<String> {
    let body = json!({ "email": email, "password": password });
    let ask = door.store(slug, Method::POST, "/api/auth/login").json(body);
    let answer = door
        .until("the owner's first sign-in", &ask, |reply| {
            (reply.status == 200).then(|| reply.clone())
        })
        .await?;
    anyhow::ensure!(
        answer.text("/status")? == "password_change_required",
        "a temporary password opens nothing but the choice of one's own"
    );
    let change = json!({
        "change_token": answer.text("/change_token")?, "new_password": OWN_PASSWORD,
    });
    let ask = door
        .store(slug, Method::POST, "/api/auth/password/first")
        .json(change);
    door.insist(&ask).await?.expect(200)?.text("/access_token")
}

/// A small real picture.
fn picture() -> anyhow::Result<Vec<u8>> {
    let image = image::RgbImage::from_fn(320, 240, |x, y| {
        image::Rgb([
            u8::try_from(x % 256).unwrap_or(0),
            u8::try_from(y % 256).unwrap_or(0),
            90,
        ])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

/// The first object anywhere in a document that fits.
fn find_object<'v>(value: &'v Value, fits: &dyn Fn(&Value) -> bool) -> Option<&'v Value> {
    if value.is_object() && fits(value) {
        return Some(value);
    }
    match value {
        Value::Object(members) => members
            .values()
            .find_map(|member| find_object(member, fits)),
        Value::Array(items) => items.iter().find_map(|item| find_object(item, fits)),
        _ => None,
    }
}
