//! Everything the double remembers: agents, the mails that it took, and the webhooks on their way.

use super::webhooks::{Delivery, Hook, Rules};
use crate::faults::{Fault, glob};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How many mails the inbox keeps, and calls `/_sim/log` remembers.
const MAILS_MAX: usize = 5_000;
const LOG_MAX: usize = 2_000;

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct World {
    /// By key: `mailagent_key` of the webhooks.
    pub(super) agents: BTreeMap<String, Agent>,
    pub(super) mails: Vec<Mail>,
    last_mail: u64,
    /// Base64 contents by file cache key.
    pub(super) files: BTreeMap<String, CachedFile>,
    #[serde(skip)]
    pub(super) deliveries: BTreeMap<u64, Delivery>,
    #[serde(skip)]
    pub(super) due: Vec<u64>,
    #[serde(skip)]
    pub(super) rules: Rules,
    #[serde(skip)]
    pub(super) settings: Settings,
    #[serde(skip)]
    pub(super) faults: Vec<Fault>,
    #[serde(skip)]
    pub(super) log: Vec<Value>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Agent {
    pub(super) token: String,
    /// Globs over the domains that it may send from.
    pub(super) domains: Vec<String>,
    pub(super) hook: Hook,
    /// Addresses that are taken and dropped: they bounced hard, or complained.
    #[serde(default)]
    pub(super) suppressed: BTreeSet<String>,
    /// A cause that refuses everything until a moment, in seconds since 1970.
    #[serde(default)]
    pub(super) standing: Option<(String, i64)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CachedFile {
    pub(super) name: String,
    pub(super) content: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Address {
    pub(super) address: String,
    #[serde(default)]
    pub(super) name: String,
}

/// A mail that was accepted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Mail {
    pub(super) id: u64,
    /// Seconds since 1970.
    pub(super) at: i64,
    pub(super) agent: String,
    pub(super) by_smtp: bool,
    /// One per call, also for a batch.
    pub(super) request_id: String,
    pub(super) email_reference: String,
    pub(super) client_reference: String,
    pub(super) from: Address,
    pub(super) to: Vec<Address>,
    pub(super) cc: Vec<Address>,
    pub(super) bcc: Vec<Address>,
    pub(super) reply_to: Vec<Address>,
    pub(super) bounce_address: String,
    pub(super) subject: String,
    pub(super) html: String,
    pub(super) text: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) attachments: Vec<Attachment>,
    /// Names of the events that were sent, each with its recipient.
    pub(super) events: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Attachment {
    pub(super) name: String,
    pub(super) mime_type: String,
    /// Of an inline image.
    pub(super) cid: Option<String>,
    /// Base64.
    pub(super) content: String,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// Errors without the outer `error`, as one library reads them.
    pub(super) errors_at_top: bool,
    /// Webhooks with objects where arrays are documented, and the reverse.
    pub(super) odd_shapes: bool,
    /// Added to the time of every signature, in seconds.
    pub(super) signature_offset_seconds: i64,
}

impl Agent {
    pub(super) fn may_send_from(&self, address: &str) -> bool {
        let domain = address
            .rsplit('@')
            .next()
            .unwrap_or_default()
            .to_lowercase();
        self.domains.iter().any(|pattern| glob(pattern, &domain))
    }
}

impl Mail {
    /// Everybody who gets it.
    pub(super) fn recipients(&self) -> impl Iterator<Item = &Address> {
        self.to.iter().chain(&self.cc).chain(&self.bcc)
    }
}

impl World {
    pub(super) fn keep(&mut self, mut mail: Mail) -> u64 {
        self.last_mail += 1;
        mail.id = self.last_mail;
        if self.mails.len() >= MAILS_MAX {
            self.mails.remove(0);
        }
        self.mails.push(mail);
        self.last_mail
    }

    pub(super) fn mail(&self, id: u64) -> Option<&Mail> {
        self.mails.iter().find(|mail| mail.id == id)
    }

    pub(super) fn note(&mut self, entry: Value) {
        if self.log.len() >= LOG_MAX {
            self.log.remove(0);
        }
        self.log.push(entry);
    }

    /// The agent that a token belongs to.
    pub(super) fn agent_of(&self, token: &str) -> Option<&str> {
        let mut agents = self.agents.iter();
        let known = agents.find(|(_, agent)| !token.is_empty() && agent.token == token);
        known.map(|(key, _)| key.as_str())
    }

    /// How often each recipient got each message, for tests that count.
    pub(super) fn effects(&self) -> Value {
        let mut counts: BTreeMap<(&str, &str, &str), u32> = BTreeMap::new();
        for mail in &self.mails {
            for recipient in mail.recipients() {
                let key = (
                    mail.client_reference.as_str(),
                    recipient.address.as_str(),
                    mail.subject.as_str(),
                );
                *counts.entry(key).or_default() += 1;
            }
        }
        let rows: Vec<_> = counts
            .iter()
            .map(|((reference, to, subject), count)| {
                json!({"client_reference": reference, "to": to, "subject": subject, "count": count})
            })
            .collect();
        json!({"accepted": self.mails.len(), "mails": rows})
    }
}
