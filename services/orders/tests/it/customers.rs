//! Customers: who registers, the letters they get and the words in them, and what they do.

use events::orders::v1::{AccountMailKind, AccountMailRequested};
use http_kit::auth::account_word;
use orders::store::past::{self, CustomerRow};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::until;
use uuid::Uuid;

use crate::cast::{Cart, Goods, Placed, Store};
use crate::world::{Ask, Reply, World};

pub const PASSWORD: &str = "quatro palavras bem guardadas";

/// A customer with an open session.
#[derive(Clone, Debug)]
pub struct Member {
    pub store: Store,
    pub id: String,
    pub access: String,
    pub refresh: String,
}

impl Member {
    pub fn of(store: &Store, reply: &Reply) -> Self {
        Self {
            store: store.clone(),
            id: reply.words("/customer/id"),
            access: reply.words("/access_token"),
            refresh: reply.words("/refresh_token"),
        }
    }

    pub fn ask(&self, method: Method, rest: &str) -> Ask {
        let path = format!("/api/orders/store/account{rest}");
        Ask::new(method, &self.store.slug, path).bearer(&self.access)
    }
}

impl World {
    pub async fn account(&self, store: &Store, what: &str, body: Value) -> Reply {
        let path = format!("/api/orders/store/account/{what}");
        let ask = Ask::new(Method::POST, &store.slug, path);
        self.send(ask.json(body)).await
    }

    pub async fn register(&self, store: &Store, email: &str) -> Reply {
        let body = json!({
            "email": email, "password": PASSWORD, "first_name": "Ana", "last_name": "Silva",
            "marketing_consent": true,
        });
        self.account(store, "register", body).await
    }

    pub async fn log_in(&self, store: &Store, email: &str, password: &str) -> Reply {
        let body = json!({ "email": email, "password": password });
        self.account(store, "login", body).await
    }

    /// The letters that this address was to get, the oldest first.
    pub async fn letters(&self, store: &Store, email: &str) -> Vec<AccountMailRequested> {
        let told: Vec<AccountMailRequested> = self.told(store.id).await;
        told.into_iter()
            .filter(|letter| letter.email == email)
            .collect()
    }

    /// The newest letter of a kind, once it is there.
    pub async fn letter(
        &self,
        store: &Store,
        email: &str,
        kind: AccountMailKind,
        count: usize,
    ) -> AccountMailRequested {
        until(&format!("letter {count} of {kind:?}"), async || {
            let letters = self.letters(store, email).await;
            let mut of_kind = letters.into_iter().filter(|letter| letter.kind() == kind);
            of_kind.nth(count - 1)
        })
        .await
    }

    /// The word that the mail has in its link.
    pub fn word(&self, store: &Store, letter: &AccountMailRequested) -> String {
        let request: Uuid = letter.request_id.parse().unwrap();
        account_word(&self.app.ticket_key, store.id, request)
    }

    /// Somebody who registered and followed the link.
    pub async fn member(&self, store: &Store, email: &str) -> Member {
        self.register(store, email).await.expect(202);
        let letter = self.letter(store, email, AccountMailKind::Verify, 1).await;
        let token = self.word(store, &letter);
        let reply = self
            .account(
                store,
                "verify",
                json!({ "token": token, "password": PASSWORD }),
            )
            .await;
        Member::of(store, &reply.expect(200))
    }

    pub async fn forgot(&self, store: &Store, email: &str, count: usize) -> String {
        let reply = self
            .account(store, "forgot", json!({ "email": email }))
            .await;
        reply.expect(202);
        let letter = self
            .letter(store, email, AccountMailKind::Reset, count)
            .await;
        self.word(store, &letter)
    }

    /// An order of this address, with a session or as a guest.
    pub async fn bought(
        &self,
        store: &Store,
        goods: &Goods,
        email: &str,
        access: Option<&str>,
    ) -> Placed {
        let (cart, reply): (Cart, Reply) = self.cart_with(store, goods, 1).await;
        let total = reply.number("/total/amount");
        let mut ask = cart.checkout(total, json!({ "email": email }));
        if let Some(access) = access {
            ask = ask.bearer(access);
        }
        Placed::of(store, &self.send(ask).await.expect(201))
    }

    /// A customer of another shop, as the import left one.
    pub async fn imported(&self, store: &Store, email: &str, old_password: Option<&str>) -> Uuid {
        let row = CustomerRow {
            tenant_id: store.id.uuid(),
            id: Uuid::now_v7(),
            email: email.to_owned(),
            email_key: email.to_lowercase(),
            username: String::new(),
            first_name: "Rui".into(),
            last_name: "Costa".into(),
            guest: false,
            groups: Vec::new(),
            marketing_consent: false,
            billing: None,
            shipping: None,
            created_at: self.place.clock.now(),
            old_password: old_password.map(str::to_owned),
        };
        let saved = self.db().tenant(store.id, async |tx| {
            past::save_customer(tx, &row).await?;
            Ok::<_, db::Error>(())
        });
        saved.await.unwrap();
        row.id
    }

    pub async fn is_out(&self, member: &Member) {
        let reply = self.send(member.ask(Method::GET, "")).await;
        reply.problem(401, "session-ended");
    }
}
