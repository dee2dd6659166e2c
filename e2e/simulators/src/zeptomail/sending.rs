//! Accepting a mail: it is kept for the inbox, and what becomes of it is told by webhook.

use super::errors::{Refusal, Result};
use super::request::{Reader, Request};
use super::webhooks::{self, Event};
use super::world::{Mail, World};
use crate::json::Json as _;
use crate::random::digits;
use serde_json::{Map, Value, json};

/// Who sends what, when.
pub(super) struct Sending<'a> {
    pub(super) agent: &'a str,
    pub(super) request_id: &'a str,
    /// Seconds since 1970.
    pub(super) now: i64,
    pub(super) is_batch: bool,
}

/// One mail for all recipients of a single call, one for each of a batch.
pub(super) fn send(world: &mut World, sending: &Sending<'_>, body: &[u8]) -> Result<Value> {
    let agent = world.agents.get(sending.agent);
    let reader = Reader {
        agent: agent.ok_or_else(|| Refusal::of("SERR_157", "authorization"))?,
        files: &world.files,
        is_batch: sending.is_batch,
    };
    let request = reader.read(body)?;
    match sending.is_batch {
        false => accept(world, mail(sending, &request)),
        true => {
            for (recipient, merged) in &request.to {
                let mut private = mail(sending, &request);
                private.to = vec![recipient.clone()];
                merge(&mut private, merged);
                accept(world, private);
            }
        }
    }
    Ok(
        json!({"data": [{"code": "EM_104", "additional_info": [], "message": "Email request received"}],
              "message": "OK", "request_id": sending.request_id, "object": "email"}),
    )
}

fn mail(sending: &Sending<'_>, request: &Request) -> Mail {
    Mail {
        id: 0,
        at: sending.now,
        agent: sending.agent.into(),
        by_smtp: false,
        request_id: sending.request_id.into(),
        email_reference: reference(),
        client_reference: request.client_reference.clone(),
        from: request.from.clone(),
        to: request.to.iter().map(|(one, _)| one.clone()).collect(),
        cc: request.cc.clone(),
        bcc: request.bcc.clone(),
        reply_to: request.reply_to.clone(),
        bounce_address: request.bounce_address.clone(),
        subject: request.subject.clone(),
        html: request.html.clone(),
        text: request.text.clone(),
        headers: request.headers.clone(),
        attachments: request.attachments.clone(),
        events: Vec::new(),
    }
}

/// A new `email_reference`.
pub(super) fn reference() -> String {
    format!("{}.{}.m1.{}", digits(8), digits(16), digits(32))
}

/// Puts `{{name}}` in; a key that is not there is printed as it stands.
fn merge(mail: &mut Mail, values: &Map<String, Value>) {
    for text in [
        &mut mail.subject,
        &mut mail.html,
        &mut mail.text,
        &mut mail.client_reference,
    ] {
        for (key, value) in values {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            *text = text.replace(&format!("{{{{{key}}}}}"), &value);
        }
    }
}

/// Keeps a mail, and decides by each recipient's name what becomes of it.
pub(super) fn accept(world: &mut World, mail: Mail) {
    let id = world.keep(mail.clone());
    for recipient in mail.recipients() {
        let address = recipient.address.to_lowercase();
        let agent = world.agents.get_mut(&mail.agent);
        let dropped = agent
            .as_ref()
            .is_some_and(|agent| agent.suppressed.contains(&address));
        if dropped {
            continue;
        }
        let events = fate(&address);
        if let Some(agent) = agent.filter(|_| events.iter().any(|event| event.suppresses())) {
            agent.suppressed.insert(address.clone());
        }
        for event in events {
            webhooks::happen(world, id, *event, &recipient.address);
        }
    }
}

/// What happens to a mail, told by the first word of the address: `bounce+7@…`, `soft@…`.
fn fate(address: &str) -> &'static [Event] {
    let word = address
        .split(|letter: char| !letter.is_ascii_alphabetic())
        .next();
    match word.unwrap_or_default() {
        "bounce" | "hard" | "hardbounce" => &[Event::HardBounce],
        "soft" | "softbounce" => &[Event::SoftBounce],
        "complain" | "complaint" | "spam" => &[Event::Delivered, Event::FeedbackLoop],
        "open" => &[Event::Delivered, Event::Open],
        "click" => &[Event::Delivered, Event::Open, Event::Click],
        "silent" => &[],
        _ => &[Event::Delivered],
    }
}

/// `POST /v1.1/files?name=…`: the raw bytes become a key.
pub(super) fn cache_file(world: &mut World, name: &str, bytes: &[u8]) -> Result<Value> {
    use base64::Engine as _;
    if name.is_empty() {
        return Err(Refusal::missing("name"));
    }
    if bytes.is_empty() {
        return Err(Refusal::missing("file"));
    }
    let content = base64::engine::general_purpose::STANDARD.encode(bytes);
    let key = format!("{}-{}", digits(12), digits(32));
    let file = super::world::CachedFile {
        name: name.into(),
        content,
    };
    world.files.insert(key.clone(), file);
    let mut answer = json!({"data": [{"code": "EM_104", "additional_info": [], "message": "File uploaded"}],
                            "message": "OK", "object": "file"});
    answer.set("file_cache_key", key);
    Ok(answer)
}
