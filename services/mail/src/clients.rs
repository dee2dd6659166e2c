//! The ways by which mails leave.

mod smtp;
mod zeptomail;

use kernel::Config;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::answers::Outcome;
use smtp::Smtp;
use zeptomail::ZeptoMail;

/// A mail as a transport takes it. Nothing of it is ever logged.
pub struct Outgoing {
    /// Our reference, which comes back in the provider's webhooks.
    pub id: Uuid,
    pub from: String,
    pub from_name: String,
    pub reply_to: Option<String>,
    pub to: String,
    pub to_name: String,
    pub subject: String,
    pub html: String,
    pub text: String,
    /// Where one click unsubscribes (RFC 8058).
    pub unsubscribe_url: Option<String>,
    pub at: OffsetDateTime,
}

impl Outgoing {
    /// Headers beside the usual ones.
    fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("X-Stores-Message", self.id.to_string()),
            ("Auto-Submitted", "auto-generated".to_owned()),
        ];
        if let Some(url) = &self.unsubscribe_url {
            headers.push(("List-Unsubscribe", format!("<{url}>")));
            headers.push((
                "List-Unsubscribe-Post",
                "List-Unsubscribe=One-Click".to_owned(),
            ));
        }
        headers
    }
}

/// The one that the configuration names: SMTP when there is an address of it, else ZeptoMail.
pub enum Transport {
    ZeptoMail(Box<ZeptoMail>),
    Smtp(Box<Smtp>),
    /// Mails wait.
    None,
}

impl Transport {
    /// # Errors
    /// When the settings cannot be used.
    pub fn of(config: &Config) -> anyhow::Result<Self> {
        if let Some(url) = &config.mail.smtp_url {
            return Ok(Self::Smtp(Box::new(Smtp::new(url)?)));
        }
        match &config.mail.zeptomail_key {
            Some(key) => Ok(Self::ZeptoMail(Box::new(ZeptoMail::new(
                key,
                &config.mail.zeptomail_base,
            )?))),
            None => Ok(Self::None),
        }
    }

    /// As in tables; nothing when there is none.
    pub fn name(&self) -> Option<&'static str> {
        match self {
            Self::ZeptoMail(_) => Some("zeptomail"),
            Self::Smtp(_) => Some("smtp"),
            Self::None => None,
        }
    }

    pub async fn send(&self, mail: &Outgoing) -> Outcome {
        match self {
            Self::ZeptoMail(client) => client.send(mail).await,
            Self::Smtp(client) => client.send(mail).await,
            Self::None => Outcome::NotNow {
                problem: "no_transport".to_owned(),
                after: None,
            },
        }
    }

    /// Whether mails could leave: the provider answers and takes the key. No mail is sent.
    ///
    /// # Errors
    /// In a word, when they could not.
    pub async fn check(&self) -> Result<(), String> {
        match self {
            Self::ZeptoMail(client) => client.check().await,
            Self::Smtp(client) => client.check().await,
            Self::None => Err("no_transport".to_owned()),
        }
    }
}
