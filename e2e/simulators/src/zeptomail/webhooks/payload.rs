//! The JSON of an event.

use super::super::world::{Address, Mail};
use super::Event;
use crate::json::Json as _;
use crate::random::digits;
use serde_json::{Value, json};
use time::OffsetDateTime;

/// `odd` takes the other shapes that were seen: an object for an array, and the reverse.
pub(super) fn of(mail: &Mail, event: Event, recipient: &str, odd: bool) -> Value {
    let name = event.name();
    let info = info(mail, odd);
    let details = details(mail, event, recipient);
    let object = match event {
        Event::FeedbackLoop => "fbl_complaint",
        _ => name,
    };
    let data = match odd {
        true => json!({"details": details, "object": object}),
        false => json!([{"details": [details], "object": object}]),
    };
    let message = json!({"email_info": info, "event_data": data, "request_id": mail.request_id});
    json!({
        "event_name": if odd { json!(name) } else { json!([name]) },
        "event_message": if odd { message } else { json!([message]) },
        "mailagent_key": mail.agent,
        "webhook_request_id": digits(32),
    })
}

fn info(mail: &Mail, odd: bool) -> Value {
    json!({
        "email_reference": mail.email_reference,
        "client_reference": mail.client_reference,
        "is_smtp_trigger": mail.by_smtp,
        "subject": mail.subject,
        "bounce_address": mail.bounce_address,
        "from": mail.from,
        "to": nested(&mail.to, odd),
        "cc": nested(&mail.cc, odd),
        "bcc": nested(&mail.bcc, odd),
        "reply_to": mail.reply_to,
        "tag": "",
        "processed_time": moment(mail.at),
        "object": "email",
    })
}

fn nested(addresses: &[Address], odd: bool) -> Vec<Value> {
    let one = |address: &Address| match odd {
        true => json!({"email_address": [address]}),
        false => json!({"email_address": address}),
    };
    addresses.iter().map(one).collect()
}

fn details(mail: &Mail, event: Event, recipient: &str) -> Value {
    let bounced = |reason: &str, diagnostic: &str| {
        json!({"reason": reason, "bounced_recipient": recipient, "time": moment(mail.at),
               "diagnostic_message": diagnostic})
    };
    match event {
        Event::HardBounce => bounced(
            "invalid_recipient",
            "550 5.1.1 The email account that you tried to reach does not exist",
        ),
        Event::SoftBounce => bounced("mailbox_full", "452 4.2.2 The recipient's mailbox is full"),
        Event::Delivered => json!({"time": moment(mail.at), "recipient": recipient}),
        Event::FeedbackLoop => {
            json!({"time": moment(mail.at), "recipient": recipient, "reason": "abuse"})
        }
        Event::Open => seen(mail),
        Event::Click => {
            let mut seen = seen(mail);
            seen.set("clicked_link", first_link(&mail.html));
            seen
        }
    }
}

fn seen(mail: &Mail) -> Value {
    json!({"time": moment(mail.at), "modified_time": moment(mail.at),
           "email_client": {"name": "Gmail", "version": ""}, "browser": {"name": "Chrome", "version": "150"},
           "operating_system": {"name": "Android", "version": "17"}, "device": {"name": "Mobile"},
           "ip_location_info": {"ip_address": "192.0.2.1", "country_code": "PT", "country_name": "Portugal"},
           "user_agent": "Mozilla/5.0"})
}

fn first_link(html: &str) -> &str {
    let (_, rest) = html.split_once("href=\"").unwrap_or_default();
    rest.split('"').next().unwrap_or_default()
}

/// `2026-07-06T10:20:30Z`
fn moment(unix: i64) -> String {
    let format = &time::format_description::well_known::Rfc3339;
    let at = OffsetDateTime::from_unix_timestamp(unix).ok();
    at.and_then(|at| at.format(format).ok()).unwrap_or_default()
}
