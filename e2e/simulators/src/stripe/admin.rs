//! `/_sim/…`: the levers. Loopback only; never routed.

use super::calls::{accounts, disputes, payment_intents, refunds};
use super::error::{Error, Result};
use super::faults::Fault;
use super::json::Json as _;
use super::scene::Scene;
use super::webhooks::{self, Forgery, Rules};
use super::world::{PLATFORM, Settings, World};
use super::{CONNECT_ENDPOINT, PLATFORM_ENDPOINT, Sim};
use actix_web::guard::{self, GuardContext};
use actix_web::web::{Data, Json, Path, ServiceConfig};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

pub(super) fn routes(config: &mut ServiceConfig) {
    let scope = web::scope("/_sim")
        .guard(guard::fn_guard(is_local))
        .route(
            "/state",
            web::get().to(async |sim: Data<Sim>| HttpResponse::Ok().json(&*sim.world())),
        )
        .route(
            "/effects",
            web::get().to(async |sim: Data<Sim>| HttpResponse::Ok().json(sim.world().effects())),
        )
        .route(
            "/log",
            web::get().to(async |sim: Data<Sim>| HttpResponse::Ok().json(&sim.world().log)),
        )
        .route(
            "/violations",
            web::get().to(async |sim: Data<Sim>| HttpResponse::Ok().json(&sim.world().violations)),
        )
        .route(
            "/deliveries",
            web::get()
                .to(async |sim: Data<Sim>| HttpResponse::Ok().json(webhooks::list(&sim.world()))),
        )
        .route("/reset", web::post().to(reset))
        .route("/settings", web::post().to(set_settings))
        .route("/clock", web::post().to(move_clock))
        .route("/faults", web::post().to(add_fault))
        .route("/faults", web::delete().to(clear_faults))
        .route("/webhooks/urls", web::post().to(set_urls))
        .route("/webhooks/rules", web::post().to(set_rules))
        .route("/webhooks/release", web::post().to(release))
        .route("/webhooks/send", web::post().to(send))
        .route("/events/{id}/resend", web::post().to(resend))
        .route("/{kind}/{id}/{deed}", web::post().to(pull));
    config.service(scope);
}

/// From this machine, and not handed on by a proxy.
fn is_local(context: &GuardContext<'_>) -> bool {
    let head = context.head();
    let forwarded = ["forwarded", "x-forwarded-for"]
        .iter()
        .any(|name| head.headers().contains_key(*name));
    !forwarded && head.peer_addr.is_some_and(|peer| peer.ip().is_loopback())
}

async fn reset(sim: Data<Sim>) -> HttpResponse {
    *sim.world() = World::default();
    sim.add_endpoints();
    sim.keeper.changed();
    HttpResponse::NoContent().finish()
}

async fn set_settings(sim: Data<Sim>, settings: Json<Settings>) -> HttpResponse {
    sim.world().settings = settings.into_inner();
    HttpResponse::NoContent().finish()
}

async fn move_clock(sim: Data<Sim>, body: Json<Value>) -> HttpResponse {
    sim.config
        .clock
        .advance(time::Duration::seconds(body.int("advance_seconds")));
    HttpResponse::Ok().json(json!({"now": sim.now()}))
}

async fn add_fault(sim: Data<Sim>, fault: Json<Fault>) -> HttpResponse {
    sim.world().faults.push(fault.into_inner());
    HttpResponse::NoContent().finish()
}

async fn clear_faults(sim: Data<Sim>) -> HttpResponse {
    sim.world().faults.clear();
    HttpResponse::NoContent().finish()
}

/// `{"platform": url, "connect": url}`: a test learns its own port after this server started. With
/// `"types": […]` only events of these types go there, as an operator chooses them.
async fn set_urls(sim: Data<Sim>, urls: Json<Value>) -> HttpResponse {
    let all = json!(["*"]);
    let types = urls.get("types").unwrap_or(&all);
    let mut world = sim.world();
    for (name, id) in [
        ("platform", PLATFORM_ENDPOINT),
        ("connect", CONNECT_ENDPOINT),
    ] {
        if let (Some(url), Some(endpoint)) = (
            urls.get(name).and_then(Value::as_str),
            world.endpoints.get_mut(id),
        ) {
            endpoint.change(url, types, !url.is_empty());
        }
    }
    HttpResponse::NoContent().finish()
}

async fn set_rules(sim: Data<Sim>, rules: Json<Rules>) -> HttpResponse {
    sim.world().rules = rules.into_inner();
    HttpResponse::NoContent().finish()
}

/// Sends what was held, one after the other in the `order` asked for.
async fn release(sim: Data<Sim>, body: Json<Value>) -> HttpResponse {
    let ids = webhooks::release(&mut sim.world(), body.text("order"));
    let count = ids.len();
    let sim = sim.into_inner();
    sim.runtime.clone().spawn(async move {
        for id in ids {
            webhooks::deliver(sim.clone(), id).await;
        }
    });
    HttpResponse::Ok().json(json!({"released": count}))
}

async fn send(sim: Data<Sim>, forgery: Json<Forgery>) -> HttpResponse {
    match webhooks::forge(&sim, forgery.into_inner()).await {
        Ok(answer) => HttpResponse::Ok().json(answer),
        Err(message) => HttpResponse::BadRequest().json(json!({"error": message})),
    }
}

async fn resend(sim: Data<Sim>, id: Path<String>, body: Option<Json<Value>>) -> HttpResponse {
    let times = body.map_or(1, |body| {
        u32::try_from(body.int("times").max(1)).unwrap_or(1)
    });
    let sim = sim.into_inner();
    let sent = sim.scene(PLATFORM, Value::Null, |scene| {
        webhooks::resend(scene.world, &id, times)
    });
    HttpResponse::Ok().json(json!({"endpoints": sent}))
}

/// What the world does to an object: `POST /_sim/payment_intents/pi_…/approve`.
async fn pull(
    sim: Data<Sim>,
    path: Path<(String, String, String)>,
    body: Option<Json<Value>>,
) -> HttpResponse {
    let (list, id, deed) = path.into_inner();
    let body = body.map(Json::into_inner).unwrap_or_default();
    let kind = list.trim_end_matches('s');
    let owner = match kind {
        "account" => Some(PLATFORM.to_owned()),
        _ => sim.world().owner(kind, &id),
    };
    let Some(owner) = owner else {
        return HttpResponse::NotFound().json(json!({"error": format!("no {kind} {id}")}));
    };
    let nobody = json!({"id": null, "idempotency_key": null});
    let result = sim
        .into_inner()
        .scene(&owner, nobody, |scene| act(scene, kind, &id, &deed, &body));
    match result {
        Ok(object) => HttpResponse::Ok().json(object),
        Err(error) => HttpResponse::Conflict().json(error.answer("req_admin")),
    }
}

fn act(scene: &mut Scene<'_>, kind: &str, id: &str, deed: &str, body: &Value) -> Result<Value> {
    let or = |field: &str, default: &str| match body.text(field) {
        "" => default.to_owned(),
        given => given.to_owned(),
    };
    match (kind, deed) {
        ("payment_intent", "dispute") => {
            let intent = scene.get(kind, id)?;
            let charge = scene.get("charge", intent.text("latest_charge"))?;
            dispute(scene, &charge, body)
        }
        ("payment_intent", "cancel") => {
            payment_intents::cancel_by_stripe(scene, id, &or("reason", "automatic"))
        }
        ("payment_intent", _) => payment_intents::resolve(scene, id, deed),
        ("charge", "dispute") => {
            let charge = scene.get(kind, id)?;
            dispute(scene, &charge, body)
        }
        ("charge", "refund") => {
            let mut params = json!({"charge": id});
            params.merge(body);
            refunds::create(scene, &params)
        }
        ("dispute", "close") => disputes::close(scene, id, &or("status", "lost")),
        ("refund", "fail") => refunds::fail(scene, id, &or("reason", "expired_or_canceled_card")),
        ("refund", "settle") => refunds::settle(scene, id),
        ("account", "complete") => accounts::complete(scene, id),
        ("account", "incomplete") => accounts::leave_incomplete(scene, id),
        ("account", "disable") => {
            accounts::set_disabled(scene, id, Some(&or("reason", "requirements.past_due")))
        }
        ("account", "enable") => accounts::set_disabled(scene, id, None),
        ("account", "capability") => {
            accounts::set_capability(scene, id, body.text("name"), &or("status", "inactive"))
        }
        ("account", "deauthorise") => accounts::deauthorise(scene, id),
        ("account", "reconnect") => {
            scene.world.gone.remove(id);
            scene.get(kind, id)
        }
        ("account", "balance") => {
            scene.get(kind, id)?;
            scene.world.book(id).balance = body.int("amount");
            Ok(json!({"balance": body.part("amount")}))
        }
        _ => Err(Error::unknown_url(
            "POST",
            &format!("/_sim/{kind}s/{id}/{deed}"),
        )),
    }
}

/// A card charge that was refunded whole cannot be disputed; a Multibanco payment never can.
fn dispute(scene: &mut Scene<'_>, charge: &Value, body: &Value) -> Result<Value> {
    let kind = charge.part("payment_method_details").text("type");
    if charge.flag("refunded") || charge.text("status") != "succeeded" || kind == "multibanco" {
        return Err(Error::invalid("", "This charge cannot be disputed."));
    }
    Ok(disputes::open(scene, charge, body))
}
