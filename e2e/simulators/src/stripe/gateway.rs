//! The way of a request: who asks, is it well formed, was it asked before, do it, remember it.

use super::error::{Error, Result};
use super::faults::{self, Fault, Kind, When};
use super::json::Json as _;
use super::scene::token;
use super::world::{Answered, KEY_SECONDS, PLATFORM};
use super::{Sim, calls, form};
use actix_web::http::header::HeaderMap;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::time::Duration;

const KEY_LENGTH_MAX: usize = 255;

/// A request as it came in.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) text: String,
    pub(super) is_form: bool,
    pub(super) bearer: String,
    pub(super) version: String,
    pub(super) account: String,
    pub(super) idempotency_key: Option<String>,
    request_id: String,
}

/// What goes back.
#[derive(Debug)]
pub(super) enum Reply {
    Json {
        status: u16,
        body: Value,
        request_id: String,
        replayed: bool,
        retry_after: Option<u64>,
    },
    Html(u16),
    Cut,
    Hang,
}

/// A call whose sender and parameters are right.
struct Checked {
    operation: String,
    ids: Vec<String>,
    response: Value,
    params: Value,
    account: String,
    /// Asked by a browser with the publishable key.
    by_browser: bool,
}

impl Call {
    pub(super) fn of(
        method: &str,
        path: &str,
        headers: &HeaderMap,
        query: &str,
        body: &[u8],
    ) -> Self {
        let header = |name: &str| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        let content_type = header("content-type");
        let body = String::from_utf8_lossy(body).into_owned();
        let idempotency_key = headers
            .contains_key("idempotency-key")
            .then(|| header("idempotency-key"));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            is_form: body.is_empty()
                || content_type.starts_with("application/x-www-form-urlencoded"),
            text: if method == "POST" {
                body
            } else {
                query.to_owned()
            },
            bearer: header("authorization")
                .trim_start_matches("Bearer ")
                .to_owned(),
            version: header("stripe-version"),
            account: header("stripe-account"),
            idempotency_key: idempotency_key.filter(|_| method == "POST"),
            request_id: format!("req_{}", token(14)),
        }
    }

    /// Answers, with the trouble that was ordered for it. Runs to its end even when the caller
    /// has gone: that is what makes a time-out dangerous.
    pub(super) async fn run(self, sim: Arc<Sim>) -> Reply {
        let fault = faults::meet(&mut sim.world(), &self.method, &self.path);
        let (reply, replayed) = match self.answer(&sim, fault.as_ref()).await {
            Ok(done) => done,
            Err(error) => ((error.status, error.answer(&self.request_id)), false),
        };
        let reply = self.reply(reply, replayed, fault.as_ref());
        self.log(&sim, &reply, fault.as_ref());
        reply
    }

    async fn answer(&self, sim: &Arc<Sim>, fault: Option<&Fault>) -> Result<((u16, Value), bool)> {
        let checked = self.check(sim)?;
        let memory = self.memory_key(&checked)?;
        if let Some(key) = &memory
            && let Some(answered) = self.begin(sim, key, &checked)?
        {
            return Ok(((answered.status, answered.body), true));
        }
        if let Some(fault) = fault.filter(|fault| fault.slow_ms > 0) {
            tokio::time::sleep(Duration::from_millis(fault.slow_ms)).await;
        }
        let before = fault.filter(|fault| fault.when == When::Before && fault.kind != Kind::Slow);
        let answer = match before {
            Some(fault) if fault.kind == Kind::Error500 => self.server_error(),
            // Nothing was done, and nothing is remembered.
            Some(_) => {
                self.forget(sim, memory.as_deref());
                return Ok((self.server_error(), false));
            }
            None => self.execute(sim, &checked),
        };
        let answer = match fault {
            Some(fault) if fault.kind == Kind::Error500 => self.server_error(),
            _ => answer,
        };
        self.remember(sim, memory.as_deref(), &checked, &answer);
        Ok((answer, false))
    }

    fn check(&self, sim: &Sim) -> Result<Checked> {
        let found = sim.contract.find(&self.method, &self.path);
        let (operation, ids) = found.ok_or_else(|| Error::unknown_url(&self.method, &self.path))?;
        let malformed = || Error::invalid("", "The request body is no form.");
        if !self.is_form {
            return Err(malformed());
        }
        let mut form = form::decode(&self.text).ok_or_else(malformed)?;
        let by_browser = self.by_browser(&form);
        let mut account = self.account.clone();
        match by_browser {
            true => {
                if account.is_empty() {
                    account = form.text("_stripe_account").to_owned();
                }
                self.check_publishable(sim, &form, &operation.name)?;
                check_client_secret(sim, &form, &account, ids.first())?;
                if let Value::Object(fields) = &mut form {
                    fields.retain(|name, _| {
                        !name.starts_with('_') && name != "key" && name != "client_secret"
                    });
                }
            }
            false => self.check_server(sim)?,
        }
        if account.is_empty() {
            account = PLATFORM.to_owned();
        } else if account != PLATFORM && !sim.world().known(&account) {
            return Err(calls::accounts::gone(&account));
        }
        if form.get("payment_method_types").is_some()
            && self.path.starts_with("/v1/payment_intents")
        {
            let message = "payment_method_types can no longer be sent; use dynamic payment methods or allowed_payment_method_types.";
            return Err(
                Error::invalid("payment_method_types_no_longer_supported", message)
                    .at("payment_method_types"),
            );
        }
        let params = sim.contract.schemas.read(&operation.request, &form, "")?;
        let (operation, response) = (operation.name.clone(), operation.response.clone());
        Ok(Checked {
            operation,
            ids,
            response,
            params,
            account,
            by_browser,
        })
    }

    fn by_browser(&self, form: &Value) -> bool {
        self.bearer.starts_with("pk_") || (self.bearer.is_empty() && form.get("key").is_some())
    }

    fn check_server(&self, sim: &Sim) -> Result<()> {
        if self.bearer.is_empty() {
            return Err(Error::unauthorized("You did not provide an API key."));
        }
        if self.bearer != sim.config.secret_key {
            return Err(Error::unauthorized(format!(
                "Invalid API Key provided: {}",
                mask(&self.bearer)
            )));
        }
        if self.version != sim.contract.version {
            let message = format!(
                "Send Stripe-Version: {} with every request, not '{}'.",
                sim.contract.version, self.version
            );
            return Err(Error::invalid("", message));
        }
        Ok(())
    }

    /// A browser may read an intent and confirm it, and nothing else.
    fn check_publishable(&self, sim: &Sim, form: &Value, operation: &str) -> Result<()> {
        let key = if self.bearer.is_empty() {
            form.text("key")
        } else {
            &self.bearer
        };
        if key != sim.config.publishable_key {
            return Err(Error::unauthorized(format!(
                "Invalid API Key provided: {}",
                mask(key)
            )));
        }
        let allowed = [
            "post /v1/payment_intents/{id}/confirm",
            "get /v1/payment_intents/{id}",
        ];
        match allowed.contains(&operation) {
            true => Ok(()),
            false => {
                let message = "This API call cannot be made with a publishable API key.";
                Err(Error::forbidden("secret_key_required", message))
            }
        }
    }

    fn memory_key(&self, checked: &Checked) -> Result<Option<String>> {
        match &self.idempotency_key {
            Some(key) if key.is_empty() || key.len() > KEY_LENGTH_MAX => {
                let message = format!("An Idempotency-Key has 1 to {KEY_LENGTH_MAX} characters.");
                Err(Error::invalid("", message))
            }
            Some(key) => Ok(Some(format!("{}|{key}", checked.account))),
            None => Ok(None),
        }
    }

    /// The stored answer, or the key is taken until this call ends.
    fn begin(&self, sim: &Sim, key: &str, checked: &Checked) -> Result<Option<Answered>> {
        let mut world = sim.world();
        let now = sim.now();
        if let Some(answered) = world
            .answers
            .get(key)
            .filter(|answered| answered.at + KEY_SECONDS > now)
        {
            return match answered.fingerprint == checked.fingerprint() {
                true => Ok(Some(answered.clone())),
                false => Err(Error::key_reused()),
            };
        }
        match world.in_flight.insert(key.to_owned()) {
            true => Ok(None),
            false => Err(Error::key_in_use()),
        }
    }

    fn forget(&self, sim: &Sim, key: Option<&str>) {
        if let Some(key) = key {
            sim.world().in_flight.remove(key);
        }
    }

    fn remember(&self, sim: &Sim, key: Option<&str>, checked: &Checked, answer: &(u16, Value)) {
        let Some(key) = key else { return };
        let answered = Answered {
            fingerprint: checked.fingerprint(),
            status: answer.0,
            body: answer.1.clone(),
            at: sim.now(),
        };
        let mut world = sim.world();
        world.in_flight.remove(key);
        world.answers.insert(key.to_owned(), answered);
    }

    fn execute(&self, sim: &Arc<Sim>, checked: &Checked) -> (u16, Value) {
        let request = json!({"id": self.request_id, "idempotency_key": self.idempotency_key});
        sim.scene(&checked.account, request, |scene| {
            let mut result =
                calls::answer(scene, &checked.operation, &checked.ids, &checked.params);
            if let Ok(answer) = &mut result
                && let Err(error) = calls::expand(scene, answer, &checked.params)
            {
                result = Err(error);
            }
            let (status, mut body, schema) = match result {
                Ok(answer) => (200, answer, &checked.response),
                Err(error) => (
                    error.status,
                    error.answer(&self.request_id),
                    scene.contract.schemas.get("error"),
                ),
            };
            let found = scene
                .contract
                .schemas
                .check(schema, &body, &checked.operation);
            scene.world.accuse(found);
            if checked.by_browser {
                hide_from_browser(&mut body);
            }
            (status, body)
        })
    }

    fn server_error(&self) -> (u16, Value) {
        (500, Error::server(500).answer(&self.request_id))
    }

    fn reply(&self, (status, body): (u16, Value), replayed: bool, fault: Option<&Fault>) -> Reply {
        let retry_after = fault.and_then(|fault| fault.retry_after);
        let json = |status, body| Reply::Json {
            status,
            body,
            request_id: self.request_id.clone(),
            replayed,
            retry_after,
        };
        let limited = |code: &str| (429, Error::rate_limited(code).answer(&self.request_id));
        match fault.map(|fault| fault.kind) {
            Some(Kind::Timeout) => Reply::Hang,
            Some(Kind::Cut) => Reply::Cut,
            Some(Kind::Html502) => Reply::Html(502),
            Some(Kind::Unavailable503) => json(503, Error::server(503).answer(&self.request_id)),
            Some(Kind::RateLimit429) => {
                let (status, body) = limited("rate_limit");
                json(status, body)
            }
            Some(Kind::LockTimeout429) => {
                let (status, body) = limited("lock_timeout");
                json(status, body)
            }
            Some(Kind::Error500 | Kind::Slow) | None => json(status, body),
        }
    }

    fn log(&self, sim: &Sim, reply: &Reply, fault: Option<&Fault>) {
        let (status, replayed) = match reply {
            Reply::Json {
                status, replayed, ..
            } => (*status, *replayed),
            Reply::Html(status) => (*status, false),
            Reply::Cut | Reply::Hang => (0, false),
        };
        let entry = json!({"at": sim.now(), "method": self.method, "path": self.path, "account": self.account,
            "key": mask(&self.bearer), "idempotency_key": self.idempotency_key, "request_id": self.request_id,
            "status": status, "replayed": replayed, "fault": fault.map(|fault| fault.kind)});
        tracing::info!(
            http.status = status,
            "{} {} answered {status}",
            self.method,
            self.path
        );
        sim.world().log.push(entry);
    }
}

impl Checked {
    fn fingerprint(&self) -> String {
        hex::encode(Sha256::digest(format!(
            "{} {:?} {}",
            self.operation, self.ids, self.params
        )))
    }
}

/// The secret opens the one intent that it belongs to.
fn check_client_secret(sim: &Sim, form: &Value, account: &str, id: Option<&String>) -> Result<()> {
    let account = if account.is_empty() {
        PLATFORM
    } else {
        account
    };
    let id = id.map(String::as_str).unwrap_or_default();
    let mut world = sim.world();
    let intent = world.book(account).find("payment_intent", id);
    match intent.is_some_and(|intent| intent.text("client_secret") == form.text("client_secret")) {
        true => Ok(()),
        false => Err(Error::missing("payment_intent", id)),
    }
}

/// Stripe shows a browser less of an intent than a server.
fn hide_from_browser(answer: &mut Value) {
    for path in ["", "/error/payment_intent"] {
        if let Some(Value::Object(intent)) = answer.pointer_mut(path) {
            intent.retain(|name, _| {
                !matches!(
                    name.as_str(),
                    "metadata" | "application_fee_amount" | "latest_charge" | "on_behalf_of"
                )
            });
        }
    }
}

fn mask(key: &str) -> String {
    let head: String = key.chars().take(8).collect();
    if head.is_empty() {
        head
    } else {
        format!("{head}***")
    }
}
