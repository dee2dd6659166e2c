//! Names of hosts that merchants bring: what was typed becomes the one form in which it is kept, or
//! is refused.

use std::fmt;
use std::net::Ipv4Addr;

/// DNS takes 253 characters; the name under which the proof stands needs some of them.
pub const CHARS_MAX: usize = 230;
/// What is typed in another alphabet is shorter than what it becomes.
const TYPED_BYTES_MAX: usize = 1_000;
const WWW: &str = "www.";
/// Stands before a host where its proof is looked for.
const PROOF: &str = "_stores-verify";
/// Begins the text of a proof, so that whoever reads the zone later knows whose it is.
const PROOF_TEXT: &str = "stores-verify=";

const _: () = assert!(CHARS_MAX + PROOF.len() < 253);

/// A host of the public internet, as DNS knows it: lower case labels of letters, digits and inner
/// hyphens, joined by dots. Nothing else is ever in it, whatever it is written into.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HostName(String);

/// Why a text is no host that a store can have; each says what would be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadHost {
    #[error("a domain such as shop.example.com, without https://, port or path")]
    Form,
    #[error("a domain, not an address of numbers")]
    Address,
    #[error("a domain of your own; the platform's already lead to the stores")]
    Ours,
    #[error("a domain that you have registered; this ending belongs to a registry")]
    Registry,
    #[error("a domain of the public internet; this ending is none")]
    NotPublic,
}

impl HostName {
    /// Reads what somebody typed. `base_domain` is the platform's own, without a port.
    ///
    /// # Errors
    /// What would be accepted in its place.
    pub fn parse(typed: &str, base_domain: &str) -> Result<Self, BadHost> {
        let typed = typed.trim();
        let typed = typed.strip_suffix('.').unwrap_or(typed);
        if typed.len() > TYPED_BYTES_MAX {
            return Err(BadHost::Form);
        }
        let host = idna::domain_to_ascii_strict(typed).map_err(|_| BadHost::Form)?;
        if ends_in_a_number(&host) {
            return Err(BadHost::Address);
        }
        if !is_plain(&host) {
            return Err(BadHost::Form);
        }
        if is_within(&host, base_domain) || is_within(base_domain, &host) {
            return Err(BadHost::Ours);
        }
        let ending = psl::suffix(host.as_bytes()).filter(|ending| ending.is_known());
        if ending.is_none() {
            return Err(BadHost::NotPublic);
        }
        if psl::domain_str(&host).is_none() {
            return Err(BadHost::Registry);
        }
        Ok(Self(host))
    }

    /// A host that was read when it was kept.
    pub const fn kept(host: String) -> Self {
        Self(host)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As people write it, in its own alphabet.
    pub fn shown(&self) -> String {
        idna::domain_to_unicode(&self.0).0
    }

    /// Whether it is what was registered, with nothing before it. DNS has no CNAME there.
    pub fn is_apex(&self) -> bool {
        psl::domain_str(&self.0) == Some(self.0.as_str())
    }

    /// With `www.` before a registered domain, or without it: people type both.
    pub fn counterpart(&self) -> Option<Self> {
        if self.is_apex() {
            let other = format!("{WWW}{}", self.0);
            return (other.len() <= CHARS_MAX).then_some(Self(other));
        }
        let bare = Self(self.0.strip_prefix(WWW)?.to_owned());
        bare.is_apex().then_some(bare)
    }

    /// Where the text of the proof has to stand.
    pub fn proof_name(&self) -> String {
        format!("{PROOF}.{}", self.0)
    }

    /// The host and those above it, up to what was registered.
    pub fn up_to_the_apex(&self) -> Vec<&str> {
        let apex = psl::domain_str(&self.0).unwrap_or(&self.0);
        let mut names = vec![self.0.as_str()];
        let mut rest = self.0.as_str();
        while let Some((_, above)) = rest.split_once('.').filter(|_| rest != apex) {
            names.push(above);
            rest = above;
        }
        names
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text that proves, at the name of the proof, that a domain is the store's.
pub fn proof_text(token: &str) -> String {
    format!("{PROOF_TEXT}{token}")
}

/// How many domains these hosts are: with and without `www.` is one.
pub fn count_domains<'h>(hosts: impl Iterator<Item = &'h str>) -> usize {
    let bare = hosts.map(|host| host.strip_prefix(WWW).unwrap_or(host));
    bare.collect::<std::collections::BTreeSet<_>>().len()
}

/// Whether a text is made as hosts are, so that it means nothing else wherever it is written.
pub fn is_plain(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= CHARS_MAX && host.contains('.') && host.split('.').all(is_label)
}

/// Browsers take such a host for an IPv4 address, or for a broken one.
fn ends_in_a_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_number = !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit());
    let is_hex = last
        .strip_prefix("0x")
        .is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
    is_number || is_hex || host.parse::<Ipv4Addr>().is_ok()
}

fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BASE: &str = "store.example.com";

    fn read(typed: &str) -> Result<String, BadHost> {
        HostName::parse(typed, BASE).map(|host| host.0)
    }

    #[test]
    fn what_was_typed_is_kept_in_one_form() {
        for (typed, kept) in [
            ("shop.example.pt", "shop.example.pt"),
            ("  WWW.Example.PT. ", "www.example.pt"),
            ("Bücher.pt", "xn--bcher-kva.pt"),
            ("café.com.br", "xn--caf-dma.com.br"),
            ("ＳＨＯＰ.example.pt", "shop.example.pt"),
            ("shop。example。pt", "shop.example.pt"),
            ("a.b.c.example.co.uk", "a.b.c.example.co.uk"),
        ] {
            assert_eq!(read(typed).as_deref(), Ok(kept), "{typed}");
        }
        assert_eq!(
            HostName::kept("xn--caf-dma.com.br".into()).shown(),
            "café.com.br"
        );
    }

    #[test]
    fn what_no_store_can_have_is_refused() {
        let long = format!("{}.pt", "a".repeat(64));
        let longer = format!("{}pt", "abcdefgh.".repeat(30));
        for (typed, why) in [
            ("", BadHost::Form),
            (".", BadHost::Form),
            ("shop", BadHost::Form),
            ("localhost", BadHost::Form),
            ("https://shop.example.pt", BadHost::Form),
            ("shop.example.pt/", BadHost::Form),
            ("shop.example.pt:443", BadHost::Form),
            ("me@shop.example.pt", BadHost::Form),
            ("*.example.pt", BadHost::Form),
            ("_dmarc.example.pt", BadHost::Form),
            ("shop..example.pt", BadHost::Form),
            ("-shop.example.pt", BadHost::Form),
            ("shop-.example.pt", BadHost::Form),
            ("shop example.pt", BadHost::Form),
            ("`) || PathPrefix(`/", BadHost::Form),
            ("shop.example.pt`)||Host(`bank.pt", BadHost::Form),
            ("shop\u{202e}.example.pt", BadHost::Form),
            ("shop\u{0}.example.pt", BadHost::Form),
            (&long, BadHost::Form),
            (&longer, BadHost::Form),
            ("127.0.0.1", BadHost::Address),
            ("1.2.3", BadHost::Address),
            ("a.0x7f", BadHost::Address),
            ("[::1]", BadHost::Form),
            ("store.example.com", BadHost::Ours),
            ("demo.store.example.com", BadHost::Ours),
            ("EXAMPLE.com", BadHost::Ours),
            ("com", BadHost::Form),
            ("co.uk", BadHost::Registry),
            ("github.io", BadHost::Registry),
            ("shop.localhost", BadHost::NotPublic),
            ("shop.internal", BadHost::NotPublic),
        ] {
            assert_eq!(read(typed), Err(why), "{typed}");
        }
    }

    #[test]
    fn with_and_without_www_belong_together() {
        let other = |host: &str| {
            let other = HostName::kept(host.to_owned()).counterpart();
            other.map(|host| host.0)
        };
        assert_eq!(other("example.pt").as_deref(), Some("www.example.pt"));
        assert_eq!(other("www.example.co.uk").as_deref(), Some("example.co.uk"));
        assert_eq!(other("shop.example.pt"), None);
        assert_eq!(other("www.shop.example.pt"), None);
        let hosts = ["example.pt", "www.example.pt", "shop.example.pt"];
        assert_eq!(count_domains(hosts.into_iter()), 2);
    }

    #[test]
    fn the_names_above_a_host_end_with_what_was_registered() {
        let host = HostName::kept("a.b.example.co.uk".to_owned());
        let names = ["a.b.example.co.uk", "b.example.co.uk", "example.co.uk"];
        assert_eq!(host.up_to_the_apex(), names);
        assert_eq!(
            HostName::kept("example.pt".into()).up_to_the_apex(),
            ["example.pt"]
        );
        assert_eq!(host.proof_name(), "_stores-verify.a.b.example.co.uk");
    }

    proptest! {
        /// Whatever is typed: what is kept has no character that means anything in a rule, and is
        /// the form of itself.
        #[test]
        fn nothing_gets_into_a_rule(typed in "\\PC{0,80}") {
            if let Ok(host) = read(&typed) {
                prop_assert!(is_plain(&host), "{host}");
                prop_assert_eq!(read(&host), Ok(host.clone()));
            }
        }

        #[test]
        fn whatever_stands_around_a_host_is_refused_or_gone(
            before in "[`'\"(){}|&!<>$\\\\;,:/?#%@* \t\r\n]{0,4}",
            after in "[`'\"(){}|&!<>$\\\\;,:/?#%@* \t\r\n]{1,4}",
        ) {
            let kept = read(&format!("{before}shop.example.pt{after}"));
            let is_blank = format!("{before}{after}").trim().is_empty();
            prop_assert_eq!(kept.is_ok(), is_blank);
        }

        #[test]
        fn capitals_and_the_roots_dot_change_nothing(label in "[a-z0-9]{1,20}") {
            let plain = read(&format!("{label}.example.pt"));
            prop_assert_eq!(&plain, &read(&format!("{}.EXAMPLE.pt.", label.to_uppercase())));
            prop_assert!(plain.is_ok());
        }
    }
}
