//! A service on a database of the test's own.

use std::env;
use std::time::{Duration, Instant};

use db::{Db, DbConfig, EmbeddedMigrations, Schema, TenantTx, embed_migrations};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use garde::Validate;
use http_kit::auth::{Subject, TokenAudience, TokenIssuer};
use http_kit::{
    Answer, ApiError, Data, Foundation, HttpResponse, IdempotencyKey, Json, Platform, Role, Roles,
    Running, Service, ServiceParts, Shopper, once, routes,
};
use kernel::{Clock, SessionId, TenantId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::world;

static MIGRATIONS: EmbeddedMigrations = embed_migrations!("tests/migrations");
pub const SCHEMA: Schema = Schema {
    name: "catalog",
    migrations: &MIGRATIONS,
};
/// Who tells of stores: nobody else is believed.
const TENANTS: Schema = Schema {
    name: "tenants",
    migrations: &MIGRATIONS,
};

diesel::table! {
    effect (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
    }
}

pub mod effects {
    use super::*;

    #[derive(Deserialize, ToSchema, Validate)]
    pub struct Make {
        #[garde(length(max = 20))]
        pub outcome: String,
        #[garde(range(min = 0, max = 1_000))]
        pub takes_ms: u64,
    }

    #[derive(Serialize, ToSchema)]
    pub struct Made {
        pub id: Uuid,
    }

    /// One effect per key.
    #[utoipa::path(post, path = "/api/catalog/store/effects", responses((status = 201, body = Made)))]
    pub async fn make_effect(
        app: Data<Db>,
        shopper: Shopper,
        key: IdempotencyKey,
        body: Json<Make>,
    ) -> Result<HttpResponse, ApiError> {
        once(
            &app,
            shopper.tenant.id,
            &key,
            body.hash(),
            async |tx: &mut TenantTx| {
                let id = Uuid::now_v7();
                diesel::insert_into(effect::table)
                    .values((effect::tenant_id.eq(tx.tenant().uuid()), effect::id.eq(id)))
                    .execute(&mut tx.conn())
                    .await?;
                tokio::time::sleep(Duration::from_millis(body.takes_ms)).await;
                if body.outcome == "fails" {
                    return Err(ApiError::conflict("failed", "as asked"));
                }
                Ok(Answer::created(effects::Made { id }).at(format!("/effects/{id}")))
            },
        )
        .await
    }
}

pub struct Base {
    pub foundation: Foundation,
    /// The database of the service that tells of stores.
    pub tenants: Db,
    pub platform: Platform,
    pub client: reqwest::Client,
    running: Running,
    owner: String,
    name: String,
}

fn variable(name: &str) -> String {
    let told = "start the parts with deploy/local/stack.sh infra up";
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set: {told}"))
}

async fn execute(url: &str, sql: &str) {
    let mut connection = AsyncPgConnection::establish(url).await.unwrap();
    connection.batch_execute(sql).await.unwrap();
}

impl Base {
    /// With one store, `one`, whose row was there before the service started.
    pub async fn start(tenant: TenantId, rabbitmq_url: &str) -> Self {
        let owner = variable("DATABASE_URL");
        let name = format!("http_{}", Uuid::now_v7().simple());
        execute(&owner, &format!("CREATE DATABASE {name}")).await;
        let (place, _) = owner.rsplit_once('/').unwrap();
        let url = format!("{place}/{name}");
        let schemas = [SCHEMA, TENANTS];
        db::migrate(&url.clone().into(), &schemas).await.unwrap();
        let config = world::config(&[
            ("DATABASE_URL", &url),
            ("REDIS_URL", &variable("REDIS_URL")),
            ("RABBITMQ_URL", rabbitmq_url),
            ("SKIP_RATE_LIMIT_FOR_E2E", "true"),
        ]);
        let platform = Platform::new(config, Clock::system());
        insert_store(&url, tenant, "one").await;
        let foundation = platform.foundation(SCHEMA).await.unwrap();
        let tenants = Db::new(&DbConfig {
            url: platform.config.database_url_for("tenants"),
            service: "tenants",
            pool_size: 2,
        });
        let table = routes![effects: make_effect];
        let service = Service::new(&foundation, foundation.db.clone(), table);
        let workers = vec![foundation.listen(foundation.listener())];
        let parts = vec![ServiceParts { service, workers }];
        let running = Running::start(&platform, parts, Roles::ALL).unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            foundation,
            tenants: tenants.unwrap(),
            platform,
            client,
            running,
            owner,
            name,
        }
    }

    pub fn owner_url(&self) -> String {
        let (place, _) = self.owner.rsplit_once('/').unwrap();
        format!("{place}/{}", self.name)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address("catalog").unwrap())
    }

    pub fn make(&self, key: &str, outcome: &str, takes_ms: u64) -> reqwest::RequestBuilder {
        self.client
            .post(self.url("/api/catalog/store/effects"))
            .header("host", "one.store.localhost")
            .header("idempotency-key", key)
            .json(&serde_json::json!({"outcome": outcome, "takes_ms": takes_ms}))
    }

    pub async fn effects(&self, tenant: TenantId) -> i64 {
        let count = async |tx: &mut TenantTx| {
            let mine = effect::table.filter(effect::tenant_id.eq(tx.tenant().uuid()));
            Ok::<i64, db::Error>(mine.count().get_result(&mut tx.conn()).await?)
        };
        self.foundation.db.read(tenant, count).await.unwrap()
    }

    /// A token of a sysadmin's.
    pub fn sysadmin(&self) -> String {
        let issuer = TokenIssuer::new(&self.platform.config, self.platform.clock.clone());
        let subject = Subject {
            id: Uuid::now_v7(),
            session: SessionId::new(),
            tenant: TenantId::PLATFORM,
            role: Role::Sysadmin,
            perms_version: 1,
            audience: TokenAudience::Sysadmin,
        };
        issuer.unwrap().issue(&subject).token
    }

    /// How many events of a type the service told.
    pub async fn told(&self, event_type: &str) -> i64 {
        let count = "(SELECT count(*) FROM outbox WHERE type = ";
        let count = diesel::dsl::sql::<diesel::sql_types::BigInt>(count)
            .bind::<diesel::sql_types::Text, _>(event_type)
            .sql(")");
        let tx = self.foundation.db.begin_system("count in a test").await;
        let tx = tx.unwrap();
        let told = diesel::select(count).get_result(&mut tx.conn()).await;
        tx.rollback().await;
        told.unwrap()
    }

    pub async fn end(self) {
        self.running.stop().await;
        execute(
            &self.owner,
            &format!("DROP DATABASE {} WITH (FORCE)", self.name),
        )
        .await;
    }
}

pub async fn insert_store(url: &str, tenant: TenantId, slug: &str) {
    // The owner is subject to the policies too; only the service's system role sees all stores.
    let sql = format!(
        "SET ROLE stores_catalog_system; INSERT INTO catalog.tenant_view (tenant_id, slug, name, \
         status, hosts, country, locale, currency, plan, template_id, application_fee_bps, \
         entitlements, version) VALUES ('{tenant}', '{slug}', '{slug}', 'active', '{{}}', 'PT', \
         'pt-PT', 'EUR', 'business', 'tactical', 0, '{{\"products\": 100}}', 1)"
    );
    execute(url, &sql).await;
}

/// Looks again and again until `done` says so.
pub async fn until(what: &str, done: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !done().await {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "waited too long until {what}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
