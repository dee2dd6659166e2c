//! What people do while something is broken, and what they get.

use journeys::client::{Ask, Reply};
use journeys::merchant::{Product, Store};
use journeys::moloni::Company;
use journeys::shopper::{Placed, Shopper};
use reqwest::Method;
use serde_json::json;

/// The columns of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    Browse,
    Search,
    Cart,
    Login,
    Checkout,
    Pay,
    Admin,
}

impl Deed {
    pub const ALL: [Self; 7] = [
        Self::Browse,
        Self::Search,
        Self::Cart,
        Self::Login,
        Self::Checkout,
        Self::Pay,
        Self::Admin,
    ];
}

/// What may come of a deed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Works,
    /// 503 with a problem's code: come back later.
    Refused,
    /// One of the two.
    Either,
    /// The front door says that nobody serves it now.
    Away,
}

impl Expected {
    /// Why an answer is none of what may come; nothing when it is.
    pub fn objection(self, reply: &Reply) -> Option<String> {
        let works = (200..300).contains(&reply.status);
        let refused = reply.status == 503 && reply.text("/type").is_ok();
        let fits = match self {
            Self::Works => works,
            Self::Refused => refused,
            Self::Either => works || refused,
            Self::Away => (502..=504).contains(&reply.status),
        };
        (!fits).then(|| format!("{} {}", reply.status, reply.body))
    }
}

/// A store in which everything is ready: each deed is one request.
pub struct Scene {
    pub store: Store,
    pub product: Product,
}

/// One shopper with a full cart, one with an order to pay: before the trouble.
pub struct Ready {
    pub buyer: Shopper,
    pub payer: Shopper,
    pub placed: Placed,
    pub total: i64,
}

impl Scene {
    pub async fn open() -> anyhow::Result<Self> {
        let store = Store::provision().await?;
        store.connect_account().await?;
        Company::connect(&store).await?;
        let product = store.add_product(1_000).await?;
        let scene = Self { store, product };
        let shown = |reply: &Reply| (reply.status == 200).then_some(());
        let (door, ask) = (&scene.store.door, scene.browsing());
        door.until("the product being shown", &ask, shown).await?;
        Ok(scene)
    }

    pub async fn prepare(&self) -> anyhow::Result<Ready> {
        let (buyer, payer) = (
            Shopper::enter(&self.store).await?,
            Shopper::enter(&self.store).await?,
        );
        for shopper in [&buyer, &payer] {
            shopper.want(&self.product, 1).await?.expect(200)?;
        }
        let total = payer.cart().await?.number("/total/amount")?;
        let placed = Placed::of(&payer.buy(total).await?.expect(201)?)?;
        Ok(Ready {
            buyer,
            payer,
            placed,
            total,
        })
    }

    /// The request of a deed; repeating it does nothing twice.
    pub fn ask(&self, ready: &Ready, deed: Deed) -> Ask {
        let store = |method, path: &str| self.store.door.store(&self.store.slug, method, path);
        match deed {
            Deed::Browse => self.browsing(),
            Deed::Search => store(Method::GET, "/api/catalog/store/search?q=carbine"),
            Deed::Cart => ready.buyer.wanting(&self.product, 1),
            Deed::Login => store(Method::POST, "/api/auth/login").json(json!({
                "email": self.store.email, "password": journeys::merchant::OWN_PASSWORD,
            })),
            Deed::Checkout => ready.buyer.buying(ready.total),
            Deed::Pay => ready.payer.paying(&ready.placed),
            Deed::Admin => self
                .store
                .ask(Method::GET, "/api/orders/admin/orders?limit=5"),
        }
    }

    fn browsing(&self) -> Ask {
        let path = format!("/api/catalog/store/products/{}", self.product.slug);
        self.store.door.store(&self.store.slug, Method::GET, &path)
    }
}
