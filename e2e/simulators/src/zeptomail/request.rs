//! From the JSON of a call to mails that can be accepted; strict, field by field.

use super::errors::{Refusal, Result};
use super::world::{Address, Agent, Attachment, CachedFile};
use crate::json::Json as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const KNOWN: [&str; 16] = [
    "from",
    "to",
    "cc",
    "bcc",
    "reply_to",
    "subject",
    "htmlbody",
    "textbody",
    "track_clicks",
    "track_opens",
    "client_reference",
    "mime_headers",
    "attachments",
    "inline_images",
    "bounce_address",
    "merge_info",
];
const TO_MAX: usize = 340;
const BATCH_MAX: usize = 500;
const COPIES_MAX: usize = 100;
const REPLY_TO_MAX: usize = 40;
const ATTACHMENTS_MAX: usize = 60;
const REFERENCE_LENGTH_MAX: usize = 50;
const SUBJECT_LENGTH_MAX: usize = 998;
const ADDRESS_LENGTH_MAX: usize = 254;
/// Of the whole message, with what base64 adds.
pub(super) const MESSAGE_BYTES_MAX: usize = 15 * 1024 * 1024;
const BLOCKED: [&str; 14] = [
    "bat", "cmd", "com", "exe", "hta", "jar", "js", "lnk", "msi", "ps1", "reg", "scr", "vbe", "vbs",
];
const TYPES: [(&str, &str); 10] = [
    ("csv", "text/csv"),
    ("gif", "image/gif"),
    ("html", "text/html"),
    ("ics", "text/calendar"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("txt", "text/plain"),
    ("xml", "application/xml"),
];

/// A call that is right.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) from: Address,
    /// Each with what is merged for it in a batch.
    pub(super) to: Vec<(Address, Map<String, Value>)>,
    pub(super) cc: Vec<Address>,
    pub(super) bcc: Vec<Address>,
    pub(super) reply_to: Vec<Address>,
    pub(super) bounce_address: String,
    pub(super) subject: String,
    pub(super) html: String,
    pub(super) text: String,
    pub(super) client_reference: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) attachments: Vec<Attachment>,
}

/// What a request is read against.
pub(super) struct Reader<'a> {
    pub(super) agent: &'a Agent,
    pub(super) files: &'a BTreeMap<String, CachedFile>,
    pub(super) is_batch: bool,
}

impl Reader<'_> {
    pub(super) fn read(&self, body: &[u8]) -> Result<Request> {
        if body.len() > MESSAGE_BYTES_MAX {
            return Err(Refusal::of("TOO_LARGE", "message"));
        }
        let tree: Value =
            serde_json::from_slice(body).map_err(|_| Refusal::of("SM_101", "body"))?;
        let Value::Object(fields) = &tree else {
            return Err(Refusal::of("SM_101", "body"));
        };
        if let Some(unknown) = fields.keys().find(|name| !KNOWN.contains(&name.as_str())) {
            return Err(Refusal::of("SM_101", unknown));
        }
        let request = Request {
            from: self.sender(&tree)?,
            to: self.to(&tree)?,
            cc: nested(&tree, "cc", COPIES_MAX)?,
            bcc: nested(&tree, "bcc", COPIES_MAX)?,
            reply_to: reply_to(&tree)?,
            bounce_address: self.bounce_address(&tree)?,
            subject: text(&tree, "subject", SUBJECT_LENGTH_MAX)?,
            html: text(&tree, "htmlbody", MESSAGE_BYTES_MAX)?,
            text: text(&tree, "textbody", MESSAGE_BYTES_MAX)?,
            client_reference: text(&tree, "client_reference", REFERENCE_LENGTH_MAX)?,
            headers: headers(&tree)?,
            attachments: self.attachments(&tree)?,
        };
        flags(&tree)?;
        request.check()?;
        Ok(request)
    }

    fn sender(&self, tree: &Value) -> Result<Address> {
        let from = tree.part("from");
        if from.text("address").is_empty() {
            return Err(Refusal::missing("from"));
        }
        let from = address(from, "from")?;
        match self.agent.may_send_from(&from.address) {
            true => Ok(from),
            false => Err(Refusal::with_value("SM_111", "from", &from.address)),
        }
    }

    /// Must be the agent's own, such as `bounce@bounce.loja.example`.
    fn bounce_address(&self, tree: &Value) -> Result<String> {
        let given = text(tree, "bounce_address", ADDRESS_LENGTH_MAX)?;
        let domain = given.rsplit('@').next().unwrap_or_default();
        let mut parents = domain
            .match_indices('.')
            .map(|(at, _)| domain.get(at + 1..));
        let own = self.agent.may_send_from(&given)
            || parents.any(|parent| parent.is_some_and(|parent| self.agent.may_send_from(parent)));
        match given.is_empty() || own {
            true => Ok(given),
            false => Err(Refusal::with_value("SM_113", "bounce_address", &given)),
        }
    }

    fn to(&self, tree: &Value) -> Result<Vec<(Address, Map<String, Value>)>> {
        let most = if self.is_batch { BATCH_MAX } else { TO_MAX };
        let shared = merge_info(tree)?.unwrap_or_default();
        let mut recipients = Vec::new();
        for (one, given) in nested(tree, "to", most)?.into_iter().zip(list(tree, "to")?) {
            let own = merge_info(given)?;
            recipients.push((one, own.unwrap_or_else(|| shared.clone())));
        }
        let merges = tree.get("merge_info").is_some()
            || list(tree, "to")?
                .iter()
                .any(|one| one.get("merge_info").is_some());
        match merges && !self.is_batch {
            true => Err(Refusal::of("SM_101", "merge_info")),
            false => Ok(recipients),
        }
    }

    fn attachments(&self, tree: &Value) -> Result<Vec<Attachment>> {
        let mut attachments = Vec::new();
        for field in ["attachments", "inline_images"] {
            for given in list(tree, field)? {
                attachments.push(self.attachment(given, field)?);
            }
        }
        match attachments.len() > ATTACHMENTS_MAX {
            true => Err(Refusal::of("SM_127", "attachments")),
            false => Ok(attachments),
        }
    }

    fn attachment(&self, given: &Value, field: &str) -> Result<Attachment> {
        let is_inline = field == "inline_images";
        let cached = match given.text("file_cache_key") {
            "" => None,
            key => Some(
                self.files
                    .get(key)
                    .ok_or_else(|| Refusal::with_value("UE_106", field, key))?,
            ),
        };
        let content = cached.map_or(given.text("content"), |file| &file.content);
        let name = match (given.text("name"), cached) {
            ("", Some(file)) => &file.name,
            (name, _) => name,
        };
        let cid = given.text("cid");
        if content.is_empty() || (is_inline && cid.is_empty()) || (!is_inline && name.is_empty()) {
            return Err(Refusal::missing(field));
        }
        let bytes = STANDARD
            .decode(content)
            .map_err(|_| Refusal::with_value("SM_113", field, name))?;
        let mime_type = given.text("mime_type");
        if !fits(name, mime_type, &bytes) {
            return Err(Refusal::with_value("SM_120", field, name));
        }
        Ok(Attachment {
            name: if name.is_empty() { cid } else { name }.to_owned(),
            mime_type: if mime_type.is_empty() {
                guess(name)
            } else {
                mime_type
            }
            .to_owned(),
            cid: is_inline.then(|| cid.to_owned()),
            content: content.to_owned(),
        })
    }
}

impl Request {
    fn check(&self) -> Result<()> {
        if self.to.is_empty() && self.cc.is_empty() && self.bcc.is_empty() {
            return Err(Refusal::missing("to"));
        }
        if self.subject.trim().is_empty() {
            return Err(Refusal::missing("subject"));
        }
        if self.html.is_empty() && self.text.is_empty() {
            return Err(Refusal::missing("htmlbody"));
        }
        let files: usize = self.attachments.iter().map(|one| one.content.len()).sum();
        match self.html.len() + self.text.len() + files > MESSAGE_BYTES_MAX {
            true => Err(Refusal::of("TOO_LARGE", "message")),
            false => Ok(()),
        }
    }
}

fn list<'a>(tree: &'a Value, field: &str) -> Result<&'a [Value]> {
    match tree.get(field) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(list)) => Ok(list),
        Some(_) => Err(Refusal::of("SM_113", field)),
    }
}

/// `[{"email_address": {"address": …, "name": …}}]`
fn nested(tree: &Value, field: &str, most: usize) -> Result<Vec<Address>> {
    let given = list(tree, field)?;
    if given.len() > most {
        return Err(Refusal::of("SM_127", field));
    }
    given
        .iter()
        .map(|one| address(one.part("email_address"), field))
        .collect()
}

/// `[{"address": …, "name": …}]`: not nested here.
fn reply_to(tree: &Value) -> Result<Vec<Address>> {
    let given = list(tree, "reply_to")?;
    if given.len() > REPLY_TO_MAX {
        return Err(Refusal::of("SM_127", "reply_to"));
    }
    given.iter().map(|one| address(one, "reply_to")).collect()
}

fn address(given: &Value, field: &str) -> Result<Address> {
    let (address, name) = (given.text("address"), given.text("name"));
    match is_address(address) {
        true => Ok(Address {
            address: address.into(),
            name: name.into(),
        }),
        false => Err(Refusal::with_value("SM_113", field, address)),
    }
}

pub(super) fn is_address(text: &str) -> bool {
    let plain = text.len() <= ADDRESS_LENGTH_MAX
        && text
            .chars()
            .all(|letter| letter.is_ascii_graphic() && !"<>,;\"".contains(letter));
    let parts: Vec<_> = text.split('@').collect();
    plain
        && matches!(parts.as_slice(), [local, domain] if !local.is_empty()
            && domain.contains('.') && domain.split('.').all(|label| !label.is_empty()))
}

fn text(tree: &Value, field: &str, most: usize) -> Result<String> {
    match tree.get(field) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) if text.chars().count() <= most => Ok(text.clone()),
        Some(Value::String(_)) => Err(Refusal::of("SM_129", field)),
        Some(_) => Err(Refusal::of("SM_113", field)),
    }
}

fn flags(tree: &Value) -> Result<()> {
    let wrong = ["track_clicks", "track_opens"]
        .into_iter()
        .find(|flag| tree.get(flag).is_some_and(|value| !value.is_boolean()));
    wrong.map_or(Ok(()), |flag| Err(Refusal::of("SM_113", flag)))
}

fn merge_info(given: &Value) -> Result<Option<Map<String, Value>>> {
    match given.get("merge_info") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(map)) => Ok(Some(map.clone())),
        Some(_) => Err(Refusal::of("SM_113", "merge_info")),
    }
}

fn headers(tree: &Value) -> Result<BTreeMap<String, String>> {
    let wrong = || Refusal::of("SM_113", "mime_headers");
    let given = match tree.get("mime_headers") {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(given) => given.as_object().ok_or_else(wrong)?,
    };
    let token = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let header = |(name, value): (&String, &Value)| {
        let value = value.as_str().filter(|value| !value.contains(['\r', '\n']));
        let value = value.filter(|_| token(name)).ok_or_else(wrong)?;
        Ok((name.clone(), value.to_owned()))
    };
    given.iter().map(header).collect()
}

fn extension(name: &str) -> String {
    name.rsplit_once('.')
        .map(|(_, end)| end.to_lowercase())
        .unwrap_or_default()
}

fn guess(name: &str) -> &'static str {
    let ending = extension(name);
    let known = TYPES.iter().find(|(known, _)| *known == ending);
    known.map_or("application/octet-stream", |(_, kind)| kind)
}

/// Not blocked, and what it says it is.
fn fits(name: &str, mime_type: &str, bytes: &[u8]) -> bool {
    let ending = extension(name);
    if BLOCKED.contains(&ending.as_str()) {
        return false;
    }
    let expected = guess(name);
    let said = mime_type.split(';').next().unwrap_or_default().trim();
    let agrees = said.is_empty()
        || expected == "application/octet-stream"
        || said == expected
        || (expected == "application/xml" && said == "text/xml");
    agrees && (said != "application/pdf" || bytes.starts_with(b"%PDF"))
}

#[cfg(test)]
mod tests {
    use super::{fits, is_address};

    #[test]
    fn an_address_has_two_parts_and_a_dot_behind() {
        assert!(is_address("ana+1@loja.example.pt"));
        for wrong in [
            "",
            "ana",
            "ana@loja",
            "@loja.pt",
            "a@b@c.pt",
            "ana@loja..pt",
            "a b@c.pt",
            "ção@c.pt",
        ] {
            assert!(!is_address(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_file_is_what_it_says() {
        assert!(fits("f.pdf", "application/pdf", b"%PDF-1.4"));
        assert!(!fits("f.pdf", "application/pdf", b"<html>"));
        assert!(!fits("f.pdf", "image/png", b"%PDF-1.4"));
        assert!(!fits("f.exe", "application/octet-stream", b"MZ"));
        assert!(fits("f.unknown", "x/y", b""));
    }
}
