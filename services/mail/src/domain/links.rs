//! Where the links in mails lead: pages of the store, or of the platform's admin.

use form_urlencoded::byte_serialize;

use super::format::Lang;

/// What stands before the path of a store's page for who reads `reader`: nothing where that is the language
/// of the store. A storefront speaks Portuguese, and English to everybody else.
pub fn prefix(reader: Lang, store: Lang) -> &'static str {
    match (reader == Lang::Pt, store == Lang::Pt) {
        (true, false) => "/pt",
        (false, true) => "/en",
        (true, true) | (false, false) => "",
    }
}

/// An order's page. As everywhere below, `store` is the origin of the store's pages and what stands before
/// their paths.
pub fn order(store: &str, order: &str, token: &str) -> String {
    if token.is_empty() {
        return format!("{store}/orders/{order}");
    }
    format!("{store}/orders/{order}?token={}", escaped(token))
}

/// Where a customer confirms an address; the word opens an account.
pub fn account_verify(store: &str, word: &str) -> String {
    format!("{store}/account/verify?token={}", escaped(word))
}

/// Where a customer chooses a new password.
pub fn account_reset(store: &str, word: &str) -> String {
    format!("{store}/account/reset?token={}", escaped(word))
}

pub fn account_sign_in(store: &str) -> String {
    format!("{store}/account/sign-in")
}

pub fn account(store: &str) -> String {
    format!("{store}/account")
}

/// The withdrawal function of Directive 2011/83/EU Art. 11a, for guests too.
pub fn withdrawal(store: &str, number: &str) -> String {
    format!("{store}/withdrawal?order={}", escaped(number))
}

/// Not a page: `store` is the origin alone.
pub fn unsubscribe(store: &str, token: &str) -> String {
    format!("{store}/api/mail/store/unsubscribe/{token}")
}

/// An order in the admin panel.
pub fn admin_order(admin: &str, order: &str) -> String {
    format!("{admin}/orders/{order}")
}

pub fn admin_stock(admin: &str) -> String {
    format!("{admin}/stock")
}

pub fn admin_webhooks(admin: &str) -> String {
    format!("{admin}/settings/webhooks")
}

pub fn admin_domains(admin: &str) -> String {
    format!("{admin}/settings/domains")
}

pub fn admin_plan(admin: &str) -> String {
    format!("{admin}/settings/plan")
}

/// An address that a browser may follow from a mail; anything else is left out.
pub fn is_web(address: &str) -> bool {
    (address.starts_with("https://") || address.starts_with("http://"))
        && !address.chars().any(|c| c.is_control() || c.is_whitespace())
}

fn escaped(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_its_language_before_its_path_unless_it_is_the_stores() {
        let cases = [
            (Lang::Pt, Lang::Pt, ""),
            (Lang::En, Lang::Pt, "/en"),
            (Lang::Fr, Lang::Pt, "/en"),
            (Lang::Pt, Lang::En, "/pt"),
            (Lang::Pt, Lang::Es, "/pt"),
            (Lang::En, Lang::En, ""),
            // Both are shown the English pages.
            (Lang::En, Lang::Es, ""),
        ];
        for (reader, store, expected) in cases {
            assert_eq!(prefix(reader, store), expected, "{reader:?} in {store:?}");
        }
    }

    #[test]
    fn what_goes_into_an_address_cannot_leave_it() {
        assert_eq!(
            order("https://loja.example", "0198", "a&b=c d"),
            "https://loja.example/orders/0198?token=a%26b%3Dc+d"
        );
        assert!(is_web("https://cdn.example/logo.png"));
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "https://a\r\nb",
            "",
        ] {
            assert!(!is_web(bad), "{bad}");
        }
    }
}
