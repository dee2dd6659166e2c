//! Names in DNS: whom to ask, and what a store's own domain has to point at.

use std::net::{IpAddr, SocketAddr};

use super::Env;

const PORT: u16 = 53;
const SERVERS_ACCEPTED: &str = "addresses such as 1.1.1.1 or 127.0.0.1:5353, split by commas";

#[derive(Clone, Debug)]
pub struct Dns {
    /// Asked in place of the machine's own resolvers.
    pub servers: Vec<SocketAddr>,
    /// Where the door is; without any, the addresses of `BASE_DOMAIN`.
    pub door_addresses: Vec<IpAddr>,
    /// `host:port` where the services find the door's TLS; without it, where a visitor does.
    pub door_tls: Option<String>,
}

pub(super) fn dns(env: &mut Env) -> Dns {
    let servers: Vec<String> = env.list_or("DNS_SERVERS", "", SERVERS_ACCEPTED);
    let servers: Option<Vec<SocketAddr>> = servers.iter().map(|text| server(text)).collect();
    Dns {
        servers: servers.unwrap_or_else(|| {
            env.fault(format!("DNS_SERVERS must be {SERVERS_ACCEPTED}"));
            Vec::new()
        }),
        door_addresses: env.list_or("DOOR_ADDRESSES", "", "IP addresses split by commas"),
        door_tls: env.text("DOOR_TLS"),
    }
}

fn server(text: &str) -> Option<SocketAddr> {
    let address: Result<IpAddr, _> = text.parse();
    let address = address.map(|address| SocketAddr::new(address, PORT));
    address.or_else(|_| text.parse()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_may_have_a_port_of_its_own() {
        assert_eq!(server("1.1.1.1"), Some(([1, 1, 1, 1], 53).into()));
        assert_eq!(
            server("127.0.0.1:5353"),
            Some(([127, 0, 0, 1], 5353).into())
        );
        assert_eq!(server("[::1]:53").map(|server| server.port()), Some(53));
        assert_eq!(server("dns.example"), None);
    }
}
