//! ZeptoMail's sending API: one mail to one person a call, as one wrong address would fail them all.

use std::time::Duration;

use outbound::Breaker;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue, RETRY_AFTER};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::Outgoing;
use crate::domain::answers::{self, Outcome};

/// A call takes no longer; what became of one that does is not known.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest answer that is read.
const ANSWER_BYTES_MAX: usize = 64 * 1_024;
const SCHEME: &str = "Zoho-enczapikey";
/// What the breaker's pause is about.
const REST: time::Duration = time::Duration::seconds(5);

pub struct ZeptoMail {
    http: reqwest::Client,
    breaker: Breaker,
    authorization: HeaderValue,
    url: String,
}

impl ZeptoMail {
    /// `key` with or without the scheme in front of it.
    ///
    /// # Errors
    /// When the key cannot be a header, or the machine has no usable TLS.
    pub fn new(key: &SecretString, base: &str) -> anyhow::Result<Self> {
        let key = key.expose_secret().trim();
        let token = match key.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case(SCHEME) => token.trim(),
            _ => key,
        };
        let mut authorization = HeaderValue::from_str(&format!("{SCHEME} {token}"))
            .map_err(|_| anyhow::anyhow!("ZEPTOMAIL_API_KEY must be visible ASCII characters"))?;
        authorization.set_sensitive(true);
        Ok(Self {
            http: outbound::client()?,
            breaker: Breaker::default(),
            authorization,
            url: format!("{}/email", base.trim_end_matches('/')),
        })
    }

    pub async fn send(&self, mail: &Outgoing) -> Outcome {
        if !self.breaker.allows() {
            return Outcome::NotNow {
                problem: "provider_away".to_owned(),
                after: Some(REST),
            };
        }
        let outcome = self.ask(&body(mail)).await;
        match outcome.is_trouble() {
            true => self.breaker.failed(),
            false => self.breaker.succeeded(),
        }
        outcome
    }

    /// Asks for a mail that is none: whoever may send hears that its fields are missing.
    ///
    /// # Errors
    /// Why no mail would be taken.
    pub async fn check(&self) -> Result<(), String> {
        match self.ask(&json!({})).await {
            Outcome::Accepted(_) | Outcome::Refused(_) | Outcome::SenderRefused => Ok(()),
            Outcome::Paused { reason, .. } => Err(reason),
            Outcome::NotNow { problem, .. } | Outcome::Unknown(problem) => Err(problem),
        }
    }

    async fn ask(&self, body: &Value) -> Outcome {
        let asked = self
            .http
            .post(&self.url)
            .header(AUTHORIZATION, self.authorization.clone())
            .header(ACCEPT, "application/json")
            .timeout(TIMEOUT)
            .json(body)
            .send()
            .await;
        match asked {
            Ok(answer) => read(answer).await,
            Err(error) if error.is_connect() => Outcome::NotNow {
                problem: "no_connection".to_owned(),
                after: None,
            },
            Err(error) if error.is_builder() => Outcome::Refused("unsendable".to_owned()),
            Err(_) => Outcome::Unknown("no_answer".to_owned()),
        }
    }
}

async fn read(mut answer: reqwest::Response) -> Outcome {
    let status = answer.status().as_u16();
    let retry_after = answer.headers().get(RETRY_AFTER).cloned();
    let retry_after = retry_after.as_ref().and_then(|value| value.to_str().ok());
    let mut body = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= ANSWER_BYTES_MAX => {
                body.extend_from_slice(&chunk)
            }
            Ok(None) => return answers::read(status, retry_after, &body),
            Ok(Some(_)) | Err(_) => return Outcome::Unknown("answer_broken".to_owned()),
        }
    }
}

/// Source: contracts/zeptomail, request (single). Whether a mail was opened is not tracked.
fn body(mail: &Outgoing) -> Value {
    let headers: Map<String, Value> = mail
        .headers()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::String(value)))
        .collect();
    let mut body = json!({
        "from": { "address": mail.from, "name": mail.from_name },
        "to": [{ "email_address": { "address": mail.to, "name": mail.to_name } }],
        "subject": mail.subject,
        "htmlbody": mail.html,
        "textbody": mail.text,
        "track_clicks": false,
        "track_opens": false,
        "client_reference": mail.id.to_string(),
        "mime_headers": headers,
    });
    if let (Some(reply_to), Value::Object(fields)) = (&mail.reply_to, &mut body) {
        fields.insert(
            "reply_to".to_owned(),
            json!([{ "address": reply_to, "name": mail.from_name }]),
        );
    }
    body
}
