//! `/_sim/pairs/…`: the levers. Loopback only; never routed.

use super::{Faults, Loss, Pair, Pairs, Route, Side};
use crate::levers::is_local;
use actix_web::guard;
use actix_web::web::{Data, Json, Path, ServiceConfig};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::PoisonError;

pub(super) fn routes(config: &mut ServiceConfig) {
    let scope = web::scope("/_sim/pairs")
        .guard(guard::fn_guard(is_local))
        .route("", web::get().to(list))
        .route("", web::post().to(add))
        .route("/{name}", web::get().to(show))
        .route("/{name}", web::delete().to(remove))
        .route("/{name}/faults", web::put().to(set_faults))
        .route("/{name}/faults", web::delete().to(clear_faults))
        .route("/{name}/lose", web::post().to(lose))
        .route("/{name}/reset", web::post().to(reset))
        .route("/{name}/half_close", web::post().to(half_close));
    config.service(scope);
}

async fn list(pairs: Data<Pairs>) -> HttpResponse {
    let pairs = pairs.lock().unwrap_or_else(PoisonError::into_inner);
    let views: Vec<_> = pairs.iter().map(|(name, pair)| view(name, pair)).collect();
    HttpResponse::Ok().json(views)
}

async fn add(pairs: Data<Pairs>, route: Json<Route>) -> HttpResponse {
    let route = route.into_inner();
    let taken = |pairs: &Pairs| {
        let pairs = pairs.lock().unwrap_or_else(PoisonError::into_inner);
        pairs.contains_key(&route.name)
    };
    if taken(&pairs) {
        let error = format!("there is a pair {} already", route.name);
        return HttpResponse::Conflict().json(json!({ "error": error }));
    }
    match Pair::start(&route.listen, &route.upstream).await {
        Ok(pair) => {
            let view = view(&route.name, &pair);
            let mut pairs = pairs.lock().unwrap_or_else(PoisonError::into_inner);
            pairs.insert(route.name, pair);
            HttpResponse::Created().json(view)
        }
        Err(error) => HttpResponse::BadRequest().json(json!({"error": error.to_string()})),
    }
}

async fn show(pairs: Data<Pairs>, name: Path<String>) -> HttpResponse {
    on(&pairs, &name, |_| {})
}

async fn remove(pairs: Data<Pairs>, name: Path<String>) -> HttpResponse {
    let mut pairs = pairs.lock().unwrap_or_else(PoisonError::into_inner);
    match pairs.remove(name.as_str()) {
        Some(_) => HttpResponse::NoContent().finish(),
        None => unknown(&name),
    }
}

async fn set_faults(pairs: Data<Pairs>, name: Path<String>, faults: Json<Faults>) -> HttpResponse {
    on(&pairs, &name, |pair| pair.set(faults.into_inner()))
}

async fn clear_faults(pairs: Data<Pairs>, name: Path<String>) -> HttpResponse {
    on(&pairs, &name, Pair::clear)
}

async fn lose(pairs: Data<Pairs>, name: Path<String>, loss: Json<Loss>) -> HttpResponse {
    on(&pairs, &name, |pair| pair.lose(loss.into_inner()))
}

async fn reset(pairs: Data<Pairs>, name: Path<String>) -> HttpResponse {
    on(&pairs, &name, Pair::reset)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HalfClose {
    side: Side,
}

async fn half_close(
    pairs: Data<Pairs>,
    name: Path<String>,
    order: Json<HalfClose>,
) -> HttpResponse {
    on(&pairs, &name, |pair| pair.half_close(order.side))
}

/// Does something to a pair and shows it.
fn on(pairs: &Pairs, name: &str, act: impl FnOnce(&Pair)) -> HttpResponse {
    let pairs = pairs.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(pair) = pairs.get(name) else {
        return unknown(name);
    };
    act(pair);
    HttpResponse::Ok().json(view(name, pair))
}

fn unknown(name: &str) -> HttpResponse {
    HttpResponse::NotFound().json(json!({"error": format!("no pair {name}")}))
}

fn view(name: &str, pair: &Pair) -> Value {
    json!({
        "name": name,
        "listen": pair.address(),
        "upstream": pair.upstream(),
        "faults": pair.faults(),
        "counted": pair.counted(),
    })
}
