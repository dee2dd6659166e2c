//! What DNS says of hosts that merchants bring. Nothing is remembered: who asks has just changed it.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use kernel::Config;
use tokio::sync::Mutex;

use crate::domain::hosts::HostName;
use crate::domain::proof::{AUTHORITY, Seen};

/// One question to one server; each is asked twice.
const QUESTION_TIME: Duration = Duration::from_secs(2);
/// Everything about one host together …
const LOOK_TIME: Duration = Duration::from_secs(5);
/// … and what may be left unanswered, or whether others answer: both are less than a request may take.
const OTHERS_TIME: Duration = Duration::from_secs(3);
/// How long the door's own addresses are believed.
const DOOR_AGE_MAX: Duration = Duration::from_secs(60);
/// Of what stands in a zone, no more is kept.
const RECORDS_MAX: usize = 20;
const TEXT_CHARS_MAX: usize = 255;
/// Labels above a host in which the authority looks for its permission.
const NAMES_MAX: usize = 6;

/// What was asked was not answered.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DnsAway {
    /// Nothing is answered to us: that says nothing of the host.
    #[error("DNS does not answer: {0}")]
    Everything(String),
    /// Others are found and the host is not: so it is for its visitors, and for the authority.
    #[error("the name servers of the domain do not answer: {0}")]
    Zone(String),
}

/// One question that was not answered, and why.
struct Unanswered(String);

pub struct Dns {
    resolver: Option<TokioResolver>,
    door_addresses: Vec<IpAddr>,
    base_domain: String,
    door: Mutex<Option<(Instant, Vec<IpAddr>)>>,
}

impl Dns {
    pub fn new(config: &Config) -> Self {
        let resolver = resolver(&config.dns.servers);
        if let Err(error) = &resolver {
            tracing::warn!(cause = %error, "No resolver is known: no store's own domain can be verified");
        }
        Self {
            resolver: resolver.ok(),
            door_addresses: config.dns.door_addresses.clone(),
            base_domain: config.base_domain.clone(),
            door: Mutex::new(None),
        }
    }

    /// What there is of a host at this moment.
    pub async fn look(&self, host: &HostName) -> Result<Seen, DnsAway> {
        let look = async {
            let (texts, addresses, authorities) = tokio::join!(
                self.texts(host.proof_name()),
                self.addresses(host.as_str()),
                tokio::time::timeout(OTHERS_TIME, self.authorities(host)),
            );
            Ok::<_, Unanswered>(Seen {
                texts: texts?,
                addresses: addresses?,
                authorities: authorities.unwrap_or(None),
            })
        };
        let looked = tokio::time::timeout(LOOK_TIME, look).await;
        let cause = match looked {
            Ok(Ok(seen)) => return Ok(seen),
            Ok(Err(Unanswered(cause))) => cause,
            Err(_) => "it took too long".to_owned(),
        };
        let others = tokio::time::timeout(OTHERS_TIME, self.addresses(AUTHORITY)).await;
        if matches!(others, Ok(Ok(addresses)) if !addresses.is_empty()) {
            return Err(DnsAway::Zone(cause));
        }
        Err(DnsAway::Everything(cause))
    }

    /// Where the platform's door is: what a host has to point at.
    pub async fn door(&self) -> Result<Vec<IpAddr>, DnsAway> {
        if !self.door_addresses.is_empty() {
            return Ok(self.door_addresses.clone());
        }
        let mut known = self.door.lock().await;
        let is_fresh = |(at, _): &&(Instant, Vec<IpAddr>)| at.elapsed() < DOOR_AGE_MAX;
        if let Some((_, addresses)) = known.as_ref().filter(is_fresh) {
            return Ok(addresses.clone());
        }
        let asked = tokio::time::timeout(LOOK_TIME, self.addresses(&self.base_domain)).await;
        match asked {
            Ok(Ok(addresses)) if !addresses.is_empty() => {
                *known = Some((Instant::now(), addresses.clone()));
                Ok(addresses)
            }
            // Better what was known than nothing: an address of the door seldom changes.
            _ => known
                .as_ref()
                .map(|(_, addresses)| addresses.clone())
                .ok_or_else(|| {
                    DnsAway::Everything("the platform's own domain has no address".to_owned())
                }),
        }
    }

    async fn texts(&self, name: String) -> Result<Vec<String>, Unanswered> {
        let records = self.records(&name, RecordType::TXT).await?;
        let texts = records.into_iter().filter_map(|record| match record {
            RData::TXT(text) => Some(text.txt_data.concat()),
            _ => None,
        });
        Ok(texts.take(RECORDS_MAX).map(|text| legible(&text)).collect())
    }

    async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, Unanswered> {
        let (four, six) = tokio::join!(
            self.records(name, RecordType::A),
            self.records(name, RecordType::AAAA),
        );
        let records = four?.into_iter().chain(six?);
        let addresses = records.filter_map(|record| match record {
            RData::A(address) => Some(IpAddr::V4(address.0)),
            RData::AAAA(address) => Some(IpAddr::V6(address.0)),
            _ => None,
        });
        Ok(addresses.take(RECORDS_MAX).collect())
    }

    /// Who may give certificates for a host (RFC 8659): what the nearest name says that says anything.
    /// Where that cannot be found out, it is the authority's to say no.
    async fn authorities(&self, host: &HostName) -> Option<Vec<String>> {
        for name in host.up_to_the_apex().into_iter().take(NAMES_MAX) {
            let records = self.records(name, RecordType::CAA).await.ok()?;
            let records = records.into_iter().filter_map(|record| match record {
                RData::CAA(record) => Some((record.tag.to_ascii_lowercase(), record.value)),
                _ => None,
            });
            let records: Vec<_> = records.take(RECORDS_MAX).collect();
            if records.is_empty() {
                continue;
            }
            let issue: Vec<_> = records.iter().filter(|(tag, _)| tag == "issue").collect();
            let names = issue.iter().map(|(_, value)| authority(value));
            return (!issue.is_empty()).then(|| names.filter(|name| !name.is_empty()).collect());
        }
        None
    }

    async fn records(&self, name: &str, kind: RecordType) -> Result<Vec<RData>, Unanswered> {
        let resolver = self.resolver.as_ref();
        let resolver = resolver.ok_or_else(|| Unanswered("no server is known".to_owned()))?;
        // With the root's dot: nobody's search list has a say.
        let name =
            Name::from_ascii(format!("{name}.")).map_err(|error| Unanswered(error.to_string()))?;
        match resolver.lookup(name, kind).await {
            Ok(found) => Ok(found
                .answers()
                .iter()
                .map(|record| record.data.clone())
                .collect()),
            Err(error) if error.is_no_records_found() => Ok(Vec::new()),
            Err(error) => Err(Unanswered(error.to_string())),
        }
    }
}

/// Asks these servers, or the machine's own.
fn resolver(servers: &[SocketAddr]) -> Result<TokioResolver, hickory_resolver::net::NetError> {
    let mut builder = if servers.is_empty() {
        TokioResolver::builder_tokio()?
    } else {
        let servers = servers.iter().map(name_server).collect();
        let config = ResolverConfig::from_name_servers(servers);
        TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
    };
    let options = builder.options_mut();
    options.timeout = QUESTION_TIME;
    options.attempts = 2;
    // A cache of no size would still keep an answer until it tidies up.
    options.cache_size = 0;
    options.positive_max_ttl = Some(Duration::ZERO);
    options.negative_max_ttl = Some(Duration::ZERO);
    options.use_hosts_file = ResolveHosts::Never;
    builder.build()
}

fn name_server(address: &SocketAddr) -> NameServerConfig {
    let mut server = NameServerConfig::udp_and_tcp(address.ip());
    for connection in &mut server.connections {
        connection.port = address.port();
    }
    server
}

/// A text of somebody else's zone, as it can be shown.
fn legible(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let chars = text.chars().filter(|char| !char.is_control());
    chars.take(TEXT_CHARS_MAX).collect()
}

/// `letsencrypt.org` of `letsencrypt.org; validationmethods=http-01`.
fn authority(value: &[u8]) -> String {
    let text = legible(value);
    let name = text.split(';').next().unwrap_or_default();
    name.trim().trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_zone_says_is_shown_as_text_and_no_more_of_it() {
        assert_eq!(legible(b"a\x00\x1b[31mb\xff"), "a[31mb\u{fffd}");
        assert_eq!(legible(&[b'x'; 1_000]).len(), TEXT_CHARS_MAX);
        assert_eq!(
            authority(b" LetsEncrypt.org ; accounturi=x"),
            "letsencrypt.org"
        );
        assert_eq!(authority(b";"), "");
    }
}
