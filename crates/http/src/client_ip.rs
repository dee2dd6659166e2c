//! The address of the client behind proxies that are trusted.

use std::net::IpAddr;

use actix_web::http::header::HeaderMap;
use kernel::Invalid;

/// Networks whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug)]
pub struct TrustedProxies(Vec<Network>);

#[derive(Clone, Copy, Debug)]
struct Network {
    address: u128,
    mask: u128,
}

impl TrustedProxies {
    /// Reads CIDRs such as `10.0.0.0/8`.
    pub fn parse(texts: &[String]) -> Result<Self, Invalid> {
        texts
            .iter()
            .map(|text| network(text))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn trusts(&self, ip: IpAddr) -> bool {
        let bits = bits(ip);
        self.0
            .iter()
            .any(|network| bits & network.mask == network.address)
    }

    /// The peer, or when that is a trusted proxy, the rightmost address in `X-Forwarded-For` that
    /// is not one: what stands further left was written by the client itself.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trusts(peer) {
            return peer;
        }
        let lines: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .filter_map(|value| value.to_str().ok())
            .collect();
        let mut client = peer;
        for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            match hop.trim().parse::<IpAddr>() {
                Ok(ip) if self.trusts(ip) => client = ip,
                Ok(ip) => return ip,
                Err(_) => return client,
            }
        }
        client
    }
}

fn network(text: &str) -> Result<Network, Invalid> {
    let bad = || {
        Invalid::new(format!(
            "TRUSTED_PROXIES: {text} is not a network such as 10.0.0.0/8"
        ))
    };
    let (address, length) = text.split_once('/').unwrap_or((text, ""));
    let ip: IpAddr = address.parse().map_err(|_| bad())?;
    let (width, offset) = if ip.is_ipv4() { (32, 96) } else { (128, 0) };
    let length: u32 = if length.is_empty() {
        width
    } else {
        length.parse().map_err(|_| bad())?
    };
    if length > width {
        return Err(bad());
    }
    let mask = u128::MAX.checked_shl(128 - (length + offset)).unwrap_or(0);
    Ok(Network {
        address: bits(ip) & mask,
        mask,
    })
}

/// IPv4 as its mapped IPv6 address, so that both compare alike.
fn bits(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let trusted = ["127.0.0.1/32", "10.0.0.0/8", "::1"].map(str::to_owned);
        let mut headers = HeaderMap::new();
        for line in forwarded {
            let value = HeaderValue::from_str(line).unwrap();
            headers.append(HeaderName::from_static("x-forwarded-for"), value);
        }
        let proxies = TrustedProxies::parse(&trusted).unwrap();
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(client("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client("127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            client("::ffff:127.0.0.1", &["198.51.100.1"]),
            "198.51.100.1"
        );
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
    }

    #[test]
    fn what_the_client_wrote_itself_does_not_count() {
        assert_eq!(
            client("127.0.0.1", &["1.1.1.1, 198.51.100.1, 10.2.3.4"]),
            "198.51.100.1"
        );
        assert_eq!(
            client("127.0.0.1", &["1.1.1.1", "198.51.100.1"]),
            "198.51.100.1"
        );
        assert_eq!(
            client("127.0.0.1", &["198.51.100.1, nonsense"]),
            "127.0.0.1"
        );
    }

    #[test]
    fn a_wrong_network_is_refused() {
        for bad in ["10.0.0.0/33", "x", "10.0.0.0/-1"] {
            assert!(TrustedProxies::parse(&[bad.to_owned()]).is_err(), "{bad}");
        }
    }
}
