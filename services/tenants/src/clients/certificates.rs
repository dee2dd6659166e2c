//! Whether a host's certificate has come: before, a visitor would be warned away, so the store answers
//! there only from then on.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration as Patience;

use kernel::Config;
use time::{Duration, OffsetDateTime};

use crate::domain::hosts::HostName;
use crate::door;

const TLS_PORT: u16 = 443;
const PATIENCE: Patience = Patience::from_secs(3);
/// What the authority takes, where nobody can look.
const USUAL_TIME: Duration = Duration::minutes(2);
/// Answered at every host, whose store ever it is.
const PATH: &str = "/api/health";

/// How it is found out.
pub enum Certificates {
    /// The platform speaks plain HTTP.
    None,
    /// They come from an authority that is only for trying: no program believes them.
    Untrusted,
    /// By asking at the door as a visitor would, at this `host:port` or where the host leads.
    Asked { at: Option<String> },
}

impl Certificates {
    pub fn new(config: &Config) -> Self {
        match door::authority(config) {
            None => Self::None,
            Some(authority) if authority.is_trusted => Self::Asked {
                at: config.dns.door_tls.clone(),
            },
            Some(_) => Self::Untrusted,
        }
    }

    /// Whether the host speaks TLS under a certificate of its own; the door asks for it since `listed_at`.
    pub async fn is_there(
        &self,
        host: &HostName,
        door: &[IpAddr],
        (listed_at, now): (OffsetDateTime, OffsetDateTime),
    ) -> bool {
        match self {
            Self::None => true,
            Self::Untrusted => now >= listed_at + USUAL_TIME,
            Self::Asked { .. } if now < listed_at => false,
            Self::Asked { at } => {
                let addresses = match at {
                    Some(at) => tokio::net::lookup_host(at).await.map(Iterator::collect),
                    None => Ok(door
                        .iter()
                        .map(|ip| SocketAddr::new(*ip, TLS_PORT))
                        .collect()),
                };
                match addresses {
                    Ok(addresses) => answers(host, addresses).await,
                    Err(_) => false,
                }
            }
        }
    }
}

/// Any answer will do: without a certificate that a browser believes there is none.
async fn answers(host: &HostName, addresses: Vec<SocketAddr>) -> bool {
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .resolve_to_addrs(host.as_str(), &addresses)
        .build();
    let Ok(client) = client else { return false };
    let asked = client.get(format!("https://{host}{PATH}")).send();
    asked.await.is_ok()
}
