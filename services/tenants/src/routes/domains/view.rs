//! A domain as its merchant sees it: what has to stand in DNS, what stands there, and what is in the
//! way.

use std::collections::BTreeMap;
use std::net::IpAddr;

use kernel::DomainId;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::App;
use crate::domain::hosts::{HostName, proof_text};
use crate::domain::proof::{AUTHORITY, Problem, Seen, State};
use crate::store::domains::DomainRow;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DomainView {
    pub id: DomainId,
    #[schema(example = "xn--caf-dma.example.pt")]
    pub host: String,
    /// In its own alphabet.
    #[schema(example = "café.example.pt")]
    pub shown: String,
    pub url: String,
    /// `pending` until DNS proves it; then `verified`; `failing` when it has led elsewhere for hours;
    /// `lost` when the store answers there no more.
    #[schema(example = "verified")]
    pub state: String,
    /// The store's other hosts lead here.
    pub is_primary: bool,
    /// What has to stand in DNS.
    pub records: Vec<DnsRecord>,
    /// What is in the way, if anything.
    pub problem: Option<DomainProblem>,
    /// The same domain with or without `www.`, while the store does not have it: people type both.
    pub counterpart: Option<String>,
    /// From when on the certificate is asked for.
    #[serde(with = "time::serde::rfc3339::option")]
    pub certificate_at: Option<OffsetDateTime>,
    /// Since when it is there, and the store answers at the host.
    #[serde(with = "time::serde::rfc3339::option")]
    pub certified_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub checked_at: Option<OffsetDateTime>,
    /// When it is looked at again by itself.
    #[serde(with = "time::serde::rfc3339::option")]
    pub next_check_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub verified_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    pub version: i64,
}

/// A line of the domain's zone, as it is typed at the registrar.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DnsRecord {
    /// `TXT`, `CNAME`, `A` or `AAAA`.
    #[schema(example = "TXT")]
    pub kind: String,
    #[schema(example = "_stores-verify.shop.example.pt")]
    pub name: String,
    #[schema(example = "stores-verify=9f86d081884c7d65")]
    pub value: String,
    /// What stood there when it was last looked at.
    pub found: Vec<String>,
    /// Null while nobody has looked.
    pub is_right: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DomainProblem {
    /// `proof-missing`, `proof-wrong`, `address-missing`, `address-elsewhere`, `authority-refused`,
    /// `host-taken`, `proven-by-another` or `dns-away`.
    #[schema(example = "proof-missing")]
    pub code: String,
    /// What was expected and what was found.
    pub detail: String,
}

/// What a view needs beside the domain's row.
pub struct Around {
    pub app: App,
    /// What a CNAME has to name.
    pub target: String,
    pub door: Vec<IpAddr>,
    /// All hosts of the store.
    pub hosts: Vec<String>,
    pub listed: BTreeMap<String, Option<OffsetDateTime>>,
}

impl Around {
    pub fn view(&self, row: DomainRow) -> DomainView {
        let host = HostName::kept(row.host.clone());
        let state = State::of(&row.state);
        let seen: Option<Seen> = row
            .seen
            .as_ref()
            .and_then(|seen| serde_json::from_value(seen.clone()).ok());
        let problem = row.problem.as_deref().and_then(Problem::of);
        let counterpart = host.counterpart().map(|other| other.to_string());
        DomainView {
            id: DomainId::from_uuid(row.id),
            shown: host.shown(),
            url: self.app.url_at(&row.host),
            is_primary: row.is_primary,
            records: self.records(&host, &row, seen.as_ref()),
            problem: problem.map(|problem| DomainProblem {
                code: problem.code().to_owned(),
                detail: self.detail(&host, &row, (problem, &seen.unwrap_or_default())),
            }),
            counterpart: counterpart.filter(|other| !self.hosts.contains(other)),
            certificate_at: self
                .listed
                .get(&row.host)
                .copied()
                .flatten()
                .filter(|_| state.is_served()),
            certified_at: row.certified_at,
            checked_at: row.checked_at,
            next_check_at: row.next_check_at,
            verified_at: row.verified_at,
            created_at: row.created_at,
            version: row.version,
            state: row.state,
            host: row.host,
        }
    }

    /// The proof until it has served, and where the host has to lead: at a registered domain itself DNS
    /// takes addresses only.
    fn records(&self, host: &HostName, row: &DomainRow, seen: Option<&Seen>) -> Vec<DnsRecord> {
        let mut records = Vec::new();
        if !State::of(&row.state).is_served() {
            records.push(DnsRecord {
                kind: "TXT".to_owned(),
                name: host.proof_name(),
                value: proof_text(&row.token),
                found: seen.map_or_else(Vec::new, |seen| seen.texts.clone()),
                is_right: seen.map(|seen| seen.proves(&row.token)),
            });
        }
        let found = seen.map_or_else(Vec::new, |seen| {
            seen.addresses.iter().map(IpAddr::to_string).collect()
        });
        let record = |kind: &str, value: String| DnsRecord {
            kind: kind.to_owned(),
            name: host.to_string(),
            value,
            found: found.clone(),
            is_right: seen.map(|seen| seen.judge_served(&self.door).is_ok()),
        };
        if host.is_apex() {
            records.extend(self.door.iter().map(|address| match address {
                IpAddr::V4(_) => record("A", address.to_string()),
                IpAddr::V6(_) => record("AAAA", address.to_string()),
            }));
        } else {
            records.push(record("CNAME", self.target.clone()));
        }
        records
    }

    fn detail(
        &self,
        host: &HostName,
        row: &DomainRow,
        (problem, seen): (Problem, &Seen),
    ) -> String {
        let (name, text) = (host.proof_name(), proof_text(&row.token));
        let place = if host.is_apex() {
            format!("give it the address {}", listed(&self.door))
        } else {
            format!("give it a CNAME to {}", self.target)
        };
        match problem {
            Problem::ProofMissing => {
                format!("there is no TXT record at {name}; add one that says {text}")
            }
            Problem::ProofWrong => format!(
                "the TXT record at {name} says {}; it has to say {text}",
                listed(&seen.texts)
            ),
            Problem::AddressMissing => format!("{host} leads nowhere; {place}"),
            Problem::AddressElsewhere => format!(
                "{host} leads to {}; {place} and take every other address away",
                listed(&seen.addresses)
            ),
            Problem::AuthorityRefused => format!(
                "the CAA records of the domain let only {} give it certificates; add one for {AUTHORITY}",
                listed(seen.authorities.as_deref().unwrap_or_default())
            ),
            Problem::Taken => format!(
                "another store has {host}, and its proof stands at {name} beside yours; take the other text away"
            ),
            Problem::ProvenByAnother => format!(
                "another store has proven that {host} is its own; to have it back, put {text} in place of the other text at {name}"
            ),
            Problem::DnsAway => {
                format!("the name servers of {host} did not answer; it is looked at again soon")
            }
        }
    }
}

fn listed<T: ToString>(items: &[T]) -> String {
    if items.is_empty() {
        return "nobody".to_owned();
    }
    let items: Vec<String> = items.iter().map(T::to_string).collect();
    items.join(", ")
}
