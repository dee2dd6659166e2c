//! Whom a document names.

use events::orders::v1::Order;
use kernel::TaxId;

/// Numbers that shops accept and that are nobody's.
const NO_NUMBER: [&str; 4] = [TaxId::FINAL_CONSUMER, "999999999", "000000000", "111111111"];
const PORTUGAL: &str = "PT";
/// What stands for an address that is not known.
const UNKNOWN: &str = "Desconhecida";
const UNKNOWN_POSTCODE: &str = "1000-100";
const UNNAMED: &str = "Consumidor Final";
/// Characters of names and addresses that are kept by the provider.
const CHARS_MAX: usize = 120;

/// The buyer as a document shows him. Personal data: never logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buyer {
    /// Nothing for the final consumer.
    pub tax_id: Option<String>,
    pub name: String,
    pub email: String,
    pub phone: String,
    pub address: String,
    pub city: String,
    /// `NNNN-NNN` in Portugal.
    pub postcode: String,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
    pub is_company: bool,
}

impl Buyer {
    pub fn of(order: &Order) -> Self {
        let address = order
            .billing_address
            .clone()
            .or_else(|| order.shipping_address.clone())
            .unwrap_or_default();
        let country = match address.country.trim() {
            "" => PORTUGAL.to_owned(),
            given => given.to_uppercase(),
        };
        let company = first([order.company.as_str(), address.company.as_str()]);
        let name = first([company, address.name.as_str(), UNNAMED]);
        let street = [address.line1.trim(), address.line2.trim()];
        let street: Vec<_> = street.into_iter().filter(|line| !line.is_empty()).collect();
        let number = first([order.tax_id.as_str(), address.tax_id.as_str()]);
        Self {
            tax_id: tax_id(number, &country),
            name: short(name),
            email: order.email.trim().to_owned(),
            phone: first([order.phone.as_str(), address.phone.as_str()]).to_owned(),
            address: short(first([street.join(", ").as_str(), UNKNOWN])),
            city: short(first([address.city.as_str(), UNKNOWN])),
            postcode: postcode(&address.postcode, &country),
            is_company: !company.is_empty(),
            country,
        }
    }

    pub fn vat(&self) -> &str {
        self.tax_id.as_deref().unwrap_or(TaxId::FINAL_CONSUMER)
    }
}

/// The number without the country in front where the country is Portugal; nothing for what stands
/// for "none".
fn tax_id(given: &str, country: &str) -> Option<String> {
    let bare: String = given.chars().filter(|c| !c.is_whitespace()).collect();
    let bare = bare.to_uppercase();
    let number = match country {
        PORTUGAL => bare.strip_prefix(PORTUGAL).unwrap_or(&bare),
        _ => bare.as_str(),
    };
    let is_number = !number.is_empty() && !NO_NUMBER.contains(&number);
    is_number.then(|| number.to_owned())
}

fn postcode(given: &str, country: &str) -> String {
    if country != PORTUGAL {
        return short(given.trim());
    }
    let digits: String = given.chars().filter(char::is_ascii_digit).collect();
    match (digits.get(..4), digits.get(4..)) {
        (Some(area), Some(street)) if street.len() <= 3 => format!("{area}-{street:0<3}"),
        _ => UNKNOWN_POSTCODE.to_owned(),
    }
}

fn first<const N: usize>(texts: [&str; N]) -> &str {
    let mut texts = texts.into_iter().map(str::trim);
    texts.find(|text| !text.is_empty()).unwrap_or_default()
}

fn short(text: &str) -> String {
    text.chars().take(CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::common::v1::Address;

    fn order(tax_id: &str, country: &str, postcode: &str) -> Order {
        Order {
            tax_id: tax_id.into(),
            billing_address: Some(Address {
                name: "Ana Silva".into(),
                line1: "Rua A 1".into(),
                city: "Lisboa".into(),
                postcode: postcode.into(),
                country: country.into(),
                ..Address::default()
            }),
            ..Order::default()
        }
    }

    #[test]
    fn what_is_no_number_is_the_final_consumer() {
        for (given, country, expected) in [
            ("", "PT", None),
            ("999999990", "PT", None),
            ("999 999 999", "PT", None),
            ("PT501442600", "PT", Some("501442600")),
            ("PT501442600", "ES", Some("PT501442600")),
            ("esb12345678", "ES", Some("ESB12345678")),
        ] {
            let buyer = Buyer::of(&order(given, country, "1000-100"));
            assert_eq!(buyer.tax_id.as_deref(), expected, "{given} {country}");
        }
    }

    #[test]
    fn portuguese_postcodes_have_seven_digits() {
        for (given, expected) in [
            ("4000-100", "4000-100"),
            ("4000", "4000-000"),
            ("4000 1", "4000-100"),
            ("", "1000-100"),
            ("12", "1000-100"),
            ("12345678", "1000-100"),
        ] {
            assert_eq!(
                Buyer::of(&order("", "PT", given)).postcode,
                expected,
                "{given}"
            );
        }
        assert_eq!(Buyer::of(&order("", "ES", "28001")).postcode, "28001");
    }

    #[test]
    fn nothing_known_is_still_a_buyer() {
        let buyer = Buyer::of(&Order::default());
        assert_eq!(
            (buyer.name.as_str(), buyer.address.as_str(), buyer.vat()),
            ("Consumidor Final", "Desconhecida", "999999990")
        );
    }
}
