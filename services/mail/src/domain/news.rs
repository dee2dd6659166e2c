//! What ZeptoMail tells of mails, read from the shapes it comes in.
//! Source: contracts/zeptomail, webhooks: lists where the documents show objects, and the reverse.

use serde_json::Value;
use uuid::Uuid;

const REASON_CHARS_MAX: usize = 200;
/// Things that one webhook may tell.
const NEWS_MAX: usize = 1_000;

/// What happened to a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Happening {
    Delivered,
    SoftBounce,
    HardBounce,
    Complaint,
    Opened,
    Clicked,
}

impl Happening {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::SoftBounce => "soft_bounce",
            Self::HardBounce => "hard_bounce",
            Self::Complaint => "complaint",
            Self::Opened => "opened",
            Self::Clicked => "clicked",
        }
    }

    /// Names are spelled in several ways; only their letters count.
    fn of(name: &str) -> Option<Self> {
        let letters: String = name
            .chars()
            .filter(char::is_ascii_alphabetic)
            .collect::<String>()
            .to_ascii_lowercase();
        match letters.strip_prefix("email").unwrap_or(&letters) {
            "delivered" | "delivery" => Some(Self::Delivered),
            "softbounce" | "softbounced" => Some(Self::SoftBounce),
            "hardbounce" | "hardbounced" => Some(Self::HardBounce),
            "feedbackloop" | "fblcomplaint" | "complaint" | "spam" => Some(Self::Complaint),
            "open" | "opened" => Some(Self::Opened),
            "linkclick" | "click" | "clicked" => Some(Self::Clicked),
            _ => None,
        }
    }
}

/// One thing that happened to one of our mails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Our reference: the message.
    pub message: Uuid,
    pub happening: Happening,
    /// The provider's words for a bounce; may name the address, so it never leaves the database.
    pub reason: String,
}

/// The id of the webhook itself, by which a repeat is known.
pub fn id_of(payload: &Value) -> Option<String> {
    let id = payload.get("webhook_request_id").and_then(Value::as_str)?;
    ((1..=200).contains(&id.len()) && id.is_ascii()).then(|| id.to_owned())
}

/// What of it is about mails of ours. Unknown events and others' mails are left out.
pub fn read(payload: &Value) -> Vec<News> {
    let names = list(payload.get("event_name"));
    let names: Vec<&str> = names.into_iter().filter_map(Value::as_str).collect();
    let mut news = Vec::new();
    for message in list(payload.get("event_message")) {
        let info = message.get("email_info");
        let reference = info.and_then(|info| info.get("client_reference"));
        let reference = reference
            .and_then(Value::as_str)
            .and_then(|text| text.parse().ok());
        let Some(reference) = reference else { continue };
        let data = list(message.get("event_data"));
        let told = data.iter().filter_map(|data| {
            let name = data.get("object").and_then(Value::as_str);
            let happening = name.and_then(Happening::of);
            let happening =
                happening.or_else(|| names.iter().find_map(|name| Happening::of(name)))?;
            Some(News {
                message: reference,
                happening,
                reason: reason(data),
            })
        });
        news.extend(told);
        if data.is_empty() {
            let happening = names.iter().find_map(|name| Happening::of(name));
            news.extend(happening.map(|happening| News {
                message: reference,
                happening,
                reason: String::new(),
            }));
        }
    }
    news.truncate(NEWS_MAX);
    news
}

fn reason(data: &Value) -> String {
    let details = list(data.get("details"));
    let words = ["reason", "diagnostic_message"];
    let found = details.iter().find_map(|detail| {
        words
            .iter()
            .find_map(|word| detail.get(word).and_then(Value::as_str))
    });
    let text = found.unwrap_or_default();
    text.chars()
        .filter(|c| !c.is_control())
        .take(REASON_CHARS_MAX)
        .collect()
}

fn list(value: Option<&Value>) -> Vec<&Value> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(list)) => list.iter().collect(),
        Some(one) => vec![one],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str = "01980000-0000-7000-8000-000000000001";

    #[test]
    fn lists_and_objects_are_read_alike() {
        let detail = json!({ "reason": "mailbox\nunknown" });
        let tidy = json!({ "event_name": ["hardbounce"], "event_message": [{
            "email_info": { "client_reference": ID },
            "event_data": [{ "object": "hardbounce", "details": [detail] }] }] });
        let odd = json!({ "event_name": "email_hard bounce", "event_message": {
            "email_info": { "client_reference": ID }, "event_data": { "details": detail } } });
        for payload in [tidy, odd] {
            let news = read(&payload);
            assert_eq!(news.len(), 1);
            assert_eq!(news[0].happening, Happening::HardBounce);
            assert_eq!(news[0].reason, "mailboxunknown");
        }
    }

    #[test]
    fn what_is_not_ours_or_not_known_is_left_out() {
        for payload in [
            json!(null),
            json!([]),
            json!({ "event_name": 7 }),
            json!({ "event_name": ["hardbounce"], "event_message": [{ "email_info": { "client_reference": "x" } }] }),
            json!({ "event_name": ["new_thing"], "event_message": [{ "email_info": { "client_reference": ID } }] }),
            json!({ "event_name": ["delivered"], "event_message": "x" }),
        ] {
            assert!(read(&payload).is_empty(), "{payload}");
        }
    }

    #[test]
    fn complaints_come_under_two_names() {
        for name in ["feedbackloop", "fbl_complaint"] {
            assert_eq!(Happening::of(name), Some(Happening::Complaint));
        }
    }
}
