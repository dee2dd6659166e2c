//! `/_sim/…`: the levers. Loopback only; never routed.

use super::edits::Edits;
use super::faults::Faults;
use super::world::{Settings, World};
use super::{Config, GROWN_MAX, Sim, sample, state};
use crate::json::Json as _;
use crate::levers::{Advance, is_local};
use actix_web::guard;
use actix_web::web::{Data, Json, ServiceConfig};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn routes(config: &mut ServiceConfig) {
    let scope = web::scope("/_sim")
        .guard(guard::fn_guard(is_local))
        .route("/state", web::get().to(show_state))
        .route("/log", web::get().to(show_log))
        .route("/reset", web::post().to(reset))
        .route("/settings", web::post().to(set_settings))
        .route("/clock", web::post().to(move_clock))
        .route("/faults", web::post().to(add_faults))
        .route("/faults", web::delete().to(clear_faults))
        .route("/edit", web::post().to(edit));
    config.service(scope);
}

async fn show_state(sim: Data<Sim>) -> HttpResponse {
    let sim = sim.into_inner();
    // A large shop has to be looked through.
    let totals = web::block(move || {
        let mut totals = state::totals(&sim.shop());
        totals.merge(&sim.world().view());
        totals
    });
    match totals.await {
        Ok(totals) => HttpResponse::Ok().json(totals),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

async fn show_log(sim: Data<Sim>) -> HttpResponse {
    HttpResponse::Ok().json(&sim.world().log)
}

/// How much grows in a shop, where it is not as much as at its start.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Grown {
    products: Option<u64>,
    seed: Option<u64>,
    customers: Option<u64>,
    orders: Option<u64>,
}

impl Grown {
    fn over(self, config: &Config) -> Option<Config> {
        let counts = [self.products, self.customers, self.orders];
        let fits = counts.into_iter().flatten().all(|count| count <= GROWN_MAX);
        fits.then(|| Config {
            products: self.products.unwrap_or(config.products),
            seed: self.seed.unwrap_or(config.seed),
            customers: self.customers.or(config.customers),
            orders: self.orders.or(config.orders),
            ..config.clone()
        })
    }
}

/// The shop as it was at its start, or of another size, without faults and with the settings of a good
/// host.
async fn reset(sim: Data<Sim>, grown: Option<Json<Grown>>) -> HttpResponse {
    let grown = grown.map(Json::into_inner).unwrap_or_default();
    let Some(config) = grown.over(&sim.config) else {
        return HttpResponse::BadRequest().body(format!("at most {GROWN_MAX} of a kind"));
    };
    match sample::fill(&config) {
        Ok(shop) => {
            *sim.shop_mut() = shop;
            *sim.world() = World::default();
            HttpResponse::NoContent().finish()
        }
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

async fn set_settings(sim: Data<Sim>, settings: Json<Settings>) -> HttpResponse {
    sim.world().settings = settings.into_inner();
    HttpResponse::NoContent().finish()
}

async fn move_clock(sim: Data<Sim>, by: Json<Advance>) -> HttpResponse {
    sim.config
        .clock
        .advance(time::Duration::seconds(by.advance_seconds));
    HttpResponse::Ok().json(json!({"now": sim.config.clock.unix()}))
}

async fn add_faults(sim: Data<Sim>, faults: Json<Faults>) -> HttpResponse {
    let faults: Vec<_> = faults.into_inner().into();
    sim.world().faults.extend(faults);
    HttpResponse::NoContent().finish()
}

async fn clear_faults(sim: Data<Sim>) -> HttpResponse {
    sim.world().faults.clear();
    HttpResponse::NoContent().finish()
}

/// Does what can be done now, in the order given, and keeps what waits for a page.
async fn edit(sim: Data<Sim>, edits: Json<Edits>) -> HttpResponse {
    let edits: Vec<_> = edits.into_inner().into();
    let now = sim.config.clock.unix();
    let mut ids = Vec::new();
    for edit in edits {
        if edit.must_wait() {
            sim.world().waiting.push(edit);
            ids.push(Value::Null);
            continue;
        }
        match edit.apply(&mut sim.shop_mut(), now) {
            Ok(id) => ids.push(json!(id)),
            Err(error) => {
                return HttpResponse::BadRequest().json(json!({"error": error, "done": ids}));
            }
        }
    }
    HttpResponse::Ok().json(json!({"ids": ids}))
}
