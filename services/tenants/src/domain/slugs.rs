//! Names that no store may have.

/// Labels that the platform, its mail or its operators use or may come to use, and those that a
/// shopper would take for the platform itself.
const RESERVED: [&str; 52] = [
    "abuse",
    "account",
    "accounts",
    "admin",
    "administrator",
    "api",
    "app",
    "assets",
    "auth",
    "autoconfig",
    "autodiscover",
    "billing",
    "blog",
    "cdn",
    "dashboard",
    "dev",
    "docs",
    "email",
    "ftp",
    "grafana",
    "help",
    "hostmaster",
    "imap",
    "internal",
    "localhost",
    "login",
    "mail",
    "media",
    "metrics",
    "mx",
    "ns1",
    "ns2",
    "pay",
    "payments",
    "pop",
    "postmaster",
    "proxy",
    "root",
    "s3",
    "secure",
    "security",
    "smtp",
    "staging",
    "static",
    "status",
    "store",
    "stores",
    "support",
    "sysadmin",
    "traefik",
    "uat",
    "www",
];

/// Whether a store may not be called so: a reserved word, or what DNS reads as another alphabet.
pub fn is_reserved(slug: &str) -> bool {
    RESERVED.binary_search(&slug).is_ok() || slug.starts_with("xn--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_so_that_each_word_is_found() {
        assert!(RESERVED.is_sorted());
        assert!(RESERVED.into_iter().all(is_reserved));
        assert!(is_reserved("xn--pypal-4ve"));
        assert!(!is_reserved("defenseopsairsoft"));
    }
}
