//! SMTP, step by step: only what happens after the whole mail was handed over can be in doubt.

use std::str::FromStr;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use form_urlencoded::parse;
use lettre::Message;
use lettre::address::Address;
use lettre::message::header::{HeaderName, HeaderValue, Headers};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use outbound::{Breaker, Url};
use secrecy::{ExposeSecret, SecretString};

use super::Outgoing;
use crate::domain::answers::{MEND, Outcome, Pause};

/// For each step; a server that takes longer has not answered.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Carries our reference to where ZeptoMail's webhooks bring it back.
const REFERENCE: &str = "X-TM-Client-Ref";

/// A server to hand mails to.
pub struct Smtp {
    host: String,
    port: u16,
    /// TLS from the first byte; else it is asked for, and must be given unless the server is here.
    implicit_tls: bool,
    is_local: bool,
    credentials: Option<Credentials>,
    breaker: Breaker,
}

/// How far a mail got.
enum Step {
    Connecting,
    SigningIn,
    Sender,
    Recipient,
    Handing,
}

impl Smtp {
    /// `smtp://USER:PASSWORD@HOST:PORT`, or `smtps`.
    ///
    /// # Errors
    /// When it is no such address.
    pub fn new(url: &SecretString) -> anyhow::Result<Self> {
        let wrong = "SMTP_URL must be smtp://USER:PASSWORD@HOST:PORT, or smtps://…";
        let url = Url::parse(url.expose_secret()).map_err(|_| anyhow::anyhow!(wrong))?;
        let implicit_tls = match url.scheme() {
            "smtps" => true,
            "smtp" => false,
            _ => anyhow::bail!(wrong),
        };
        let host = url.host_str().context(wrong)?.to_owned();
        let password = url.password().map(decoded);
        let credentials =
            password.map(|password| Credentials::new(decoded(url.username()), password));
        Ok(Self {
            port: url.port().unwrap_or(if implicit_tls { 465 } else { 587 }),
            is_local: matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]"),
            host,
            implicit_tls,
            credentials,
            breaker: Breaker::default(),
        })
    }

    pub async fn send(&self, mail: &Outgoing) -> Outcome {
        if !self.breaker.allows() {
            return Outcome::NotNow {
                problem: "server_away".to_owned(),
                after: None,
            };
        }
        let Ok((message, from, to)) = message(mail) else {
            return Outcome::Refused("unsendable".to_owned());
        };
        let mut step = Step::Connecting;
        let outcome = match self.hand_over(&mut step, &message, from, to).await {
            Ok(()) => Outcome::Accepted(String::new()),
            Err(error) => read(&step, &error),
        };
        match outcome.is_trouble() {
            true => self.breaker.failed(),
            false => self.breaker.succeeded(),
        }
        outcome
    }

    /// Signs in and goes away.
    ///
    /// # Errors
    /// Why no mail would be taken.
    pub async fn check(&self) -> Result<(), String> {
        let mut step = Step::Connecting;
        match self.sign_in(&mut step).await {
            Ok(mut connection) => {
                connection.abort().await;
                Ok(())
            }
            Err(error) => Err(match read(&step, &error) {
                Outcome::Paused { reason, .. } => reason,
                Outcome::NotNow { problem, .. }
                | Outcome::Unknown(problem)
                | Outcome::Refused(problem) => problem,
                Outcome::Accepted(_) | Outcome::SenderRefused => "no_answer".to_owned(),
            }),
        }
    }

    async fn sign_in(&self, step: &mut Step) -> Result<AsyncSmtpConnection, Error> {
        let mut connection = self.connect().await?;
        *step = Step::SigningIn;
        if let Some(credentials) = &self.credentials {
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
                .await?;
        }
        Ok(connection)
    }

    async fn hand_over(
        &self,
        step: &mut Step,
        message: &[u8],
        from: Address,
        to: Address,
    ) -> Result<(), Error> {
        let mut connection = self.sign_in(step).await?;
        *step = Step::Sender;
        connection
            .command(Mail::new(Some(from), Vec::new()))
            .await?;
        *step = Step::Recipient;
        connection.command(Rcpt::new(to, Vec::new())).await?;
        connection.command(Data).await?;
        *step = Step::Handing;
        connection.message(message).await?;
        connection.abort().await;
        Ok(())
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let hello = ClientId::default();
        let tls = || TlsParameters::new(self.host.trim_matches(['[', ']']).to_owned());
        let at_once = if self.implicit_tls {
            Some(tls()?)
        } else {
            None
        };
        let server = (self.host.trim_matches(['[', ']']), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(TIMEOUT), &hello, at_once, None)
                .await?;
        let must_encrypt = !self.implicit_tls && !self.is_local;
        if must_encrypt || connection.can_starttls() {
            connection.starttls(tls()?, &hello).await?;
        }
        Ok(connection)
    }
}

/// Lines are at most 78 characters of ASCII: everything else is encoded, so every server takes it.
fn message(mail: &Outgoing) -> anyhow::Result<(Vec<u8>, Address, Address)> {
    let from = Address::from_str(&mail.from)?;
    let to = Address::from_str(&mail.to)?;
    let named = |name: &str, address: &Address| {
        Mailbox::new(
            Some(name.to_owned()).filter(|name| !name.is_empty()),
            address.clone(),
        )
    };
    let mut builder = Message::builder()
        .from(named(&mail.from_name, &from))
        .to(named(&mail.to_name, &to))
        .date(SystemTime::from(mail.at))
        .message_id(Some(format!("<{}@{}>", mail.id, from.domain())))
        .subject(mail.subject.clone());
    if let Some(reply_to) = &mail.reply_to {
        builder = builder.reply_to(named(&mail.from_name, &Address::from_str(reply_to)?));
    }
    let mut message = builder.multipart(MultiPart::alternative_plain_html(
        mail.text.clone(),
        mail.html.clone(),
    ))?;
    let reference = [(REFERENCE, mail.id.to_string())];
    for (name, value) in mail.headers().into_iter().chain(reference) {
        put(message.headers_mut(), name, value)?;
    }
    Ok((message.formatted(), from, to))
}

fn put(headers: &mut Headers, name: &str, value: String) -> anyhow::Result<()> {
    let name = HeaderName::new_from_ascii(name.to_owned())?;
    headers.insert_raw(HeaderValue::new(name, value));
    Ok(())
}

/// Source: RFC 5321 §4.2; contracts/zeptomail, SMTP answers.
fn read(step: &Step, error: &Error) -> Outcome {
    let code = error
        .status()
        .map(|code| code.to_string())
        .unwrap_or_default();
    let problem = if code.is_empty() {
        "no_answer".to_owned()
    } else {
        format!("smtp_{code}")
    };
    let paused = |reason: String| Outcome::Paused {
        reason,
        pause: Pause::For(MEND),
    };
    let permanent = error.is_permanent();
    match step {
        Step::SigningIn if permanent || error.is_client() => paused(problem),
        Step::Sender if permanent => Outcome::SenderRefused,
        // ZeptoMail looks at the sender when it has the whole mail.
        Step::Handing if code == "553" => Outcome::SenderRefused,
        Step::Recipient | Step::Handing if permanent => Outcome::Refused(problem),
        Step::Handing if !error.is_transient() => Outcome::Unknown(problem),
        Step::Connecting if error.is_client() || error.is_tls() => paused("smtp_tls".to_owned()),
        Step::Connecting | Step::SigningIn | Step::Sender | Step::Recipient | Step::Handing => {
            Outcome::NotNow {
                problem,
                after: None,
            }
        }
    }
}

/// A part of an address without its escapes.
fn decoded(text: &str) -> String {
    let field = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    let first = parse(field.as_bytes()).next();
    first
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_hold_any_password() {
        assert_eq!(decoded("a%40b+c%26&d%3D"), "a@b+c&&d=");
        let smtp = |url: &str| Smtp::new(&url.to_owned().into());
        assert_eq!(smtp("smtps://u:p@mail.example").unwrap().port, 465);
        assert_eq!(smtp("smtp://u:p@mail.example").unwrap().port, 587);
        for bad in ["mail.example", "http://mail.example", "smtp://"] {
            let error = smtp(bad).err().unwrap().to_string();
            assert!(error.starts_with("SMTP_URL must be"), "{error}");
        }
    }
}
