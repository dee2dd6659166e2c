//! `/_sim/…`: the levers. Loopback only; never routed.

use super::errors::Refusal;
use super::webhooks::{self, Forgery, Hook, Rules};
use super::world::{Agent, Mail, Settings, World};
use super::{FIRST_AGENT, Sim};
use crate::json::Json as _;
use crate::levers::{Advance, Faults, is_local};
use crate::random::digits;
use actix_web::web::{Data, Json, Path, Query, ServiceConfig};
use actix_web::{HttpResponse, guard, web};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn routes(config: &mut ServiceConfig) {
    let scope = web::scope("/_sim")
        .guard(guard::fn_guard(is_local))
        .route("/state", web::get().to(state))
        .route(
            "/effects",
            web::get().to(async |sim: Data<Sim>| HttpResponse::Ok().json(sim.world().effects())),
        )
        .route(
            "/log",
            web::get().to(async |sim: Data<Sim>| HttpResponse::Ok().json(&sim.world().log)),
        )
        .route(
            "/deliveries",
            web::get()
                .to(async |sim: Data<Sim>| HttpResponse::Ok().json(webhooks::list(&sim.world()))),
        )
        .route("/inbox", web::get().to(inbox))
        .route("/inbox", web::delete().to(empty_inbox))
        .route("/inbox/{id}/{event}", web::post().to(happen))
        .route("/reset", web::post().to(reset))
        .route("/settings", web::post().to(set_settings))
        .route("/clock", web::post().to(move_clock))
        .route("/faults", web::post().to(add_faults))
        .route("/faults", web::delete().to(clear_faults))
        .route("/agents", web::post().to(put_agent))
        .route("/agents/{key}/standing", web::post().to(set_standing))
        .route(
            "/agents/{key}/suppressed",
            web::delete().to(clear_suppressed),
        )
        .route("/webhooks/urls", web::post().to(set_hooks))
        .route("/webhooks/rules", web::post().to(set_rules))
        .route("/webhooks/release", web::post().to(release))
        .route("/webhooks/send", web::post().to(send))
        .route("/deliveries/{id}/resend", web::post().to(resend));
    config.service(scope);
}

async fn state(sim: Data<Sim>) -> HttpResponse {
    let world = sim.world();
    let agents: serde_json::Map<_, _> = world
        .agents
        .iter()
        .map(|(key, agent)| {
            let shown = json!({"domains": agent.domains, "webhook_url": agent.hook.url,
                "suppressed": agent.suppressed, "standing": agent.standing});
            (key.clone(), shown)
        })
        .collect();
    HttpResponse::Ok().json(
        json!({"now": sim.now(), "smtp": sim.smtp, "agents": agents, "mails": world.mails.len(),
        "settings": world.settings, "rules": world.rules, "faults": world.faults}),
    )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Wanted {
    to: Option<String>,
    client_reference: Option<String>,
    subject: Option<String>,
}

impl Wanted {
    /// A recipient and a reference as a whole, a part of the subject.
    fn fits(&self, mail: &Mail) -> bool {
        let to = |wanted: &String| {
            mail.recipients()
                .any(|one| one.address.eq_ignore_ascii_case(wanted))
        };
        self.to.as_ref().is_none_or(to)
            && self
                .client_reference
                .as_ref()
                .is_none_or(|wanted| mail.client_reference == *wanted)
            && self
                .subject
                .as_ref()
                .is_none_or(|wanted| mail.subject.contains(wanted))
    }
}

/// The mails that fit, oldest first; attachments by address.
async fn inbox(sim: Data<Sim>, wanted: Query<Wanted>) -> HttpResponse {
    let world = sim.world();
    let fitting = world.mails.iter().filter(|mail| wanted.fits(mail));
    let shown: Vec<Value> = fitting.map(shown).collect();
    HttpResponse::Ok().json(shown)
}

fn shown(mail: &Mail) -> Value {
    let mut shown = serde_json::to_value(mail).unwrap_or_default();
    let attachments = mail.attachments.iter().enumerate().map(|(number, one)| {
        json!({"name": one.name, "mime_type": one.mime_type, "cid": one.cid,
               "url": format!("/inbox/{}/attachments/{number}", mail.id)})
    });
    shown.set("attachments", attachments.collect::<Vec<_>>());
    shown
}

async fn empty_inbox(sim: Data<Sim>) -> HttpResponse {
    sim.into_inner().change(|world| world.mails.clear());
    HttpResponse::NoContent().finish()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Happening {
    recipient: String,
}

/// Something happens to a mail later: `POST /_sim/inbox/7/email_open`.
async fn happen(
    sim: Data<Sim>,
    path: Path<(u64, webhooks::Event)>,
    body: Option<Json<Happening>>,
) -> HttpResponse {
    let (id, event) = path.into_inner();
    let recipient = body
        .map(|body| body.into_inner().recipient)
        .unwrap_or_default();
    let sim = sim.into_inner();
    let known = sim.change(|world| {
        let mail = world.mail(id)?;
        let first = mail.recipients().next().map(|one| one.address.clone());
        let recipient = if recipient.is_empty() {
            first?
        } else {
            recipient
        };
        webhooks::happen(world, id, event, &recipient);
        Some(())
    });
    match known {
        Some(()) => HttpResponse::NoContent().finish(),
        None => HttpResponse::NotFound().json(json!({"error": format!("no mail {id}")})),
    }
}

async fn reset(sim: Data<Sim>) -> HttpResponse {
    *sim.world() = World::default();
    sim.add_first_agent();
    sim.keeper.changed();
    HttpResponse::NoContent().finish()
}

async fn set_settings(sim: Data<Sim>, settings: Json<Settings>) -> HttpResponse {
    sim.world().settings = settings.into_inner();
    HttpResponse::NoContent().finish()
}

async fn move_clock(sim: Data<Sim>, by: Json<Advance>) -> HttpResponse {
    let by = time::Duration::seconds(by.advance_seconds);
    sim.config.clock.advance(by);
    HttpResponse::Ok().json(json!({"now": sim.now()}))
}

async fn add_faults(sim: Data<Sim>, faults: Json<Faults>) -> HttpResponse {
    let faults = Vec::from(faults.into_inner());
    let unknown = faults
        .iter()
        .find(|fault| !fault.code.is_empty() && !Refusal::is_known(&fault.code));
    if let Some(fault) = unknown {
        let error = format!("{} is no code of ZeptoMail's", fault.code);
        return HttpResponse::BadRequest().json(json!({"error": error}));
    }
    sim.world().faults.extend(faults);
    HttpResponse::NoContent().finish()
}

async fn clear_faults(sim: Data<Sim>) -> HttpResponse {
    sim.world().faults.clear();
    HttpResponse::NoContent().finish()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewAgent {
    #[serde(default)]
    key: String,
    token: String,
    domains: Vec<String>,
    #[serde(default)]
    hook: Hook,
}

/// An agent of its own for a test or a tenant, with its own token and domains.
async fn put_agent(sim: Data<Sim>, new: Json<NewAgent>) -> HttpResponse {
    let NewAgent {
        key,
        token,
        domains,
        hook,
    } = new.into_inner();
    let key = if key.is_empty() { digits(16) } else { key };
    let agent = Agent {
        token,
        domains,
        hook,
        suppressed: Default::default(),
        standing: None,
    };
    sim.into_inner()
        .change(|world| world.agents.insert(key.clone(), agent));
    HttpResponse::Ok().json(json!({"key": key}))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Standing {
    /// A cause such as `SMI_115`; an empty one ends it.
    code: String,
    seconds: i64,
}

/// The account refuses everything for a while: limit reached, credits gone, blocked, …
async fn set_standing(sim: Data<Sim>, key: Path<String>, body: Json<Standing>) -> HttpResponse {
    let until = sim.now() + body.seconds;
    let mut world = sim.world();
    let Some(agent) = world.agents.get_mut(key.as_str()) else {
        return HttpResponse::NotFound().json(json!({"error": format!("no agent {key}")}));
    };
    if !body.code.is_empty() && !Refusal::is_known(&body.code) {
        let error = format!("{} is no code of ZeptoMail's", body.code);
        return HttpResponse::BadRequest().json(json!({"error": error}));
    }
    agent.standing = (!body.code.is_empty()).then(|| (body.code.clone(), until));
    HttpResponse::NoContent().finish()
}

async fn clear_suppressed(sim: Data<Sim>, key: Path<String>) -> HttpResponse {
    if let Some(agent) = sim.world().agents.get_mut(key.as_str()) {
        agent.suppressed.clear();
    }
    HttpResponse::NoContent().finish()
}

/// A whole hook for an agent, or `{"url": …}` alone for the first one, which keeps its key: a test
/// learns its own port after this server started.
async fn set_hooks(sim: Data<Sim>, body: Json<Value>) -> HttpResponse {
    let mut world = sim.world();
    let key = match body.text("agent") {
        "" => FIRST_AGENT,
        key => key,
    };
    let Some(agent) = world.agents.get_mut(key) else {
        return HttpResponse::NotFound().json(json!({"error": format!("no agent {key}")}));
    };
    let mut hook = serde_json::to_value(&agent.hook).unwrap_or_default();
    for (field, value) in body.as_object().into_iter().flatten() {
        if field != "agent" {
            hook.set(field, value.clone());
        }
    }
    match serde_json::from_value(hook) {
        Ok(hook) => {
            agent.hook = hook;
            HttpResponse::NoContent().finish()
        }
        Err(error) => HttpResponse::BadRequest().json(json!({"error": error.to_string()})),
    }
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

async fn resend(sim: Data<Sim>, id: Path<u64>) -> HttpResponse {
    match sim
        .into_inner()
        .change(|world| webhooks::resend(world, *id))
    {
        true => HttpResponse::NoContent().finish(),
        false => HttpResponse::NotFound().json(json!({"error": format!("no delivery {id}")})),
    }
}
