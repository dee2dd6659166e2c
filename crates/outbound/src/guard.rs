//! Which addresses may be reached at all.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Why an address is not asked; fit for the eyes of whoever typed it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// What may be reached: what is public, and what the operator listed.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// `host:port`, lower case.
    allowed: HashSet<String>,
    /// The hosts of `allowed`: reachable at the listed ports alone.
    hosts: HashSet<String>,
    http: bool,
}

/// Special-purpose blocks that are no public host's (IANA's registry, RFC 6890): first address and
/// prefix length.
const SPECIAL_V4: [(Ipv4Addr, u32); 17] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 31, 196, 0), 24),
    (Ipv4Addr::new(192, 52, 193, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(192, 175, 48, 0), 24),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    // Multicast, reserved and broadcast.
    (Ipv4Addr::new(224, 0, 0, 0), 3),
];

/// Blocks within the global unicast space (2000::/3) that are no public host's: protocol assignments
/// with Teredo, documentation, 6to4 (it hides a version 4 address).
const SPECIAL_V6: [(Ipv6Addr, u32); 5] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

impl Guard {
    /// `allowed` are `host:port` pairs that are exempt; `http` lets plain HTTP pass too.
    pub fn new(allowed: &[String], http: bool) -> Self {
        let allowed: HashSet<String> = allowed.iter().map(|pair| pair.to_lowercase()).collect();
        let hosts = allowed.iter().filter_map(|pair| pair.rsplit_once(':'));
        Self {
            hosts: hosts.map(|(host, _)| host.to_owned()).collect(),
            allowed,
            http,
        }
    }

    /// Reads an address and looks at what can be seen without asking a name server.
    ///
    /// # Errors
    /// When it is none, or one that is never reached.
    pub fn check(&self, address: &str) -> Result<Url, Refused> {
        let refused = |why: &str| Err(Refused(why.to_owned()));
        let Ok(url) = Url::parse(address.trim()) else {
            return refused("an address such as https://shop.example");
        };
        let exempt = self.is_exempt(&url);
        match url.scheme() {
            "https" => {}
            "http" if self.http || exempt => {}
            _ => return refused("an address that begins with https://"),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refused("an address without a user name in it");
        }
        if exempt {
            return Ok(url);
        }
        match url.host() {
            Some(Host::Ipv4(ip)) if is_public(ip.into()) => Ok(url),
            Some(Host::Ipv6(ip)) if is_public(ip.into()) => Ok(url),
            Some(Host::Domain(name)) if self.may_be_public(name) => Ok(url),
            _ => refused("an address of the public internet"),
        }
    }

    /// Whether a name may resolve to `ip`.
    pub(crate) fn may_connect(&self, name: &str, ip: IpAddr) -> bool {
        self.hosts.contains(&name.to_lowercase()) || is_public(ip)
    }

    fn is_exempt(&self, url: &Url) -> bool {
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return false;
        };
        self.allowed.contains(&format!("{host}:{port}"))
    }

    /// A name that public name servers could know. An exempt host is reached at its listed ports only.
    fn may_be_public(&self, name: &str) -> bool {
        let name = name.trim_end_matches('.').to_lowercase();
        let last = name.rsplit('.').next().unwrap_or_default();
        let inside = [
            "localhost",
            "local",
            "internal",
            "localdomain",
            "home",
            "lan",
            "arpa",
        ];
        name.contains('.') && !inside.contains(&last) && !self.hosts.contains(&name)
    }
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !SPECIAL_V4.iter().any(|(block, length)| {
            let shift = 32 - length;
            ip.to_bits() >> shift == block.to_bits() >> shift
        }),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(mapped) => is_public(mapped.into()),
            None => {
                let global = ip.to_bits() >> 125 == 1;
                global
                    && !SPECIAL_V6.iter().any(|(block, length)| {
                        let shift = 128 - length;
                        ip.to_bits() >> shift == block.to_bits() >> shift
                    })
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &[&str] = &[
        "http://shop.example",
        "ftp://shop.example",
        "file:///etc/passwd",
        "gopher://127.0.0.1",
        "javascript:alert(1)",
        "//shop.example",
        "shop.example",
        "",
        "https://",
        "https://user@shop.example",
        "https://user:password@shop.example",
        "https://localhost",
        "https://localhost.",
        "https://LOCALHOST",
        "https://shop.localhost",
        "https://printer.local",
        "https://metadata.google.internal",
        "https://metadata",
        "https://router.lan",
        "https://1.0.0.127.in-addr.arpa",
        "https://0",
        "https://0.0.0.0",
        "https://127.0.0.1",
        "https://127.1",
        "https://2130706433",
        "https://0x7f000001",
        "https://0x7f.1",
        "https://0177.0.0.1",
        "https://017700000001",
        "https://127.0.0.1.",
        "https://①②⑦.⓪.⓪.①",
        "https://%31%32%37.0.0.1",
        "https://10.0.0.1",
        "https://10.255.255.255",
        "https://100.64.0.1",
        "https://100.127.255.254",
        "https://169.254.169.254",
        "https://169.254.169.254.",
        "https://2852039166",
        "https://172.16.0.1",
        "https://172.31.255.255",
        "https://192.0.0.170",
        "https://192.0.2.1",
        "https://192.88.99.1",
        "https://192.168.1.1",
        "https://198.18.0.1",
        "https://198.19.255.255",
        "https://198.51.100.7",
        "https://203.0.113.7",
        "https://224.0.0.1",
        "https://239.255.255.255",
        "https://240.0.0.1",
        "https://255.255.255.255",
        "https://[::]",
        "https://[::1]",
        "https://[::ffff:127.0.0.1]",
        "https://[::ffff:7f00:1]",
        "https://[::ffff:a00:1]",
        "https://[::127.0.0.1]",
        "https://[64:ff9b::7f00:1]",
        "https://[64:ff9b:1::1]",
        "https://[100::1]",
        "https://[2001::1]",
        "https://[2001:db8::1]",
        "https://[2002:7f00:1::]",
        "https://[3fff::1]",
        "https://[5f00::1]",
        "https://[fc00::1]",
        "https://[fd12:3456::1]",
        "https://[fe80::1]",
        "https://[fec0::1]",
        "https://[ff02::1]",
    ];

    #[test]
    fn what_is_not_public_is_refused_however_it_is_written() {
        let guard = Guard::default();
        for address in HOSTILE {
            assert!(guard.check(address).is_err(), "{address}");
        }
    }

    #[test]
    fn the_public_internet_is_open() {
        let guard = Guard::default();
        for address in [
            "https://shop.example/wp-json/wc/v3?x=1",
            "https://shop.example:8443",
            "https://loja.example.pt.",
            "https://xn--caf-dma.example",
            "https://1.1.1.1",
            "https://172.32.0.1",
            "https://100.128.0.1",
            "https://[2606:4700::1111]",
            "https://[2a00:1450:4003::1]",
        ] {
            assert!(guard.check(address).is_ok(), "{address}");
        }
        let open = Guard::new(&[], true);
        assert!(open.check("http://shop.example").is_ok());
        assert!(open.check("http://127.0.0.1").is_err());
    }

    #[test]
    fn what_the_operator_listed_is_open_at_its_port_alone() {
        let guard = Guard::new(
            &["127.0.0.1:9050".into(), "Shop.Localhost:9050".into()],
            false,
        );
        for open in ["http://127.0.0.1:9050/x", "http://shop.localhost:9050"] {
            assert!(guard.check(open).is_ok(), "{open}");
        }
        for closed in [
            "http://127.0.0.1:5432",
            "https://127.0.0.1",
            "http://shop.localhost:80",
            "http://user@127.0.0.1:9050",
        ] {
            assert!(guard.check(closed).is_err(), "{closed}");
        }
        assert!(guard.may_connect("shop.localhost", [127, 0, 0, 1].into()));
        assert!(!guard.may_connect("shop.example", [127, 0, 0, 1].into()));
    }
}
