//! What a sysadmin asks for when a store is provisioned: read as a whole, so that every wrong field
//! is named in one answer.

use kernel::{Country, Currency, Email, Invalid, Locale, Phone, Slug, TaxId};
use serde_json::Value;

use super::iso;
use super::slugs::is_reserved;

const NAME_CHARS_MAX: usize = 120;
pub const NAME_ACCEPTED: &str = "a name has 1 to 120 characters on one line";
const TRIAL_DAYS_MAX: i64 = 90;

/// The fields as they came; null for those that did not.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub name: Value,
    pub slug: Value,
    pub email: Value,
    pub plan: Value,
    pub template_id: Value,
    pub country: Value,
    pub locale: Value,
    pub currency: Value,
    pub tax_number: Value,
    pub trial_days: Value,
    pub owner_name: Value,
    pub contact_phone: Value,
    /// Names of fields that are none.
    pub unknown: Vec<String>,
}

/// What the fields are compared with.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub plans: Vec<String>,
    pub templates: Vec<String>,
    pub slug_is_taken: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTenant {
    pub name: String,
    pub slug: Slug,
    pub email: Email,
    pub plan: String,
    pub template_id: String,
    pub country: Country,
    pub locale: Locale,
    pub currency: Currency,
    pub tax_number: Option<String>,
    /// The plan's own when it is not said.
    pub trial_days: Option<i64>,
    pub owner_name: Option<String>,
    pub contact_phone: Option<Phone>,
}

/// One wrong field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub field: String,
    pub code: &'static str,
    pub accepted: String,
}

impl Asked {
    /// The slug, if it is one: whether it is taken has to be looked up first.
    pub fn slug(&self) -> Option<Slug> {
        self.slug.as_str()?.parse().ok()
    }

    /// # Errors
    /// All wrong fields.
    pub fn read(&self, known: &Known) -> Result<NewTenant, Vec<Wrong>> {
        let mut wrongs = Reader(Vec::new());
        let country = wrongs.existing(
            ("country", &self.country),
            |country: &Country| iso::is_country(country.as_str()),
            "a country of ISO 3166, such as PT",
        );
        let country = country.unwrap_or_else(|| "PT".parse().expect("PT is a country"));
        let portuguese = country.as_str() == "PT";
        let read = (
            wrongs.name("name", &self.name),
            wrongs.slug(&self.slug, known.slug_is_taken),
            wrongs.required::<Email>("email", &self.email),
            wrongs.one_of("plan", &self.plan, &known.plans),
            wrongs.one_of("template_id", &self.template_id, &known.templates),
        );
        let locale = wrongs.existing(
            ("locale", &self.locale),
            |locale: &Locale| iso::is_locale(locale.as_str()),
            "a language of ISO 639-1 with an optional region of ISO 3166, such as pt-PT or en",
        );
        let currency = wrongs.existing(
            ("currency", &self.currency),
            |currency: &Currency| iso::is_currency(currency.as_str()),
            "a currency of ISO 4217, such as EUR",
        );
        let tax_number = wrongs.tax_number(&self.tax_number, portuguese);
        let trial_days = wrongs.trial_days(&self.trial_days);
        let owner_name = match &self.owner_name {
            Value::Null => None,
            value => wrongs.name("owner_name", value),
        };
        let contact_phone = wrongs.optional("contact_phone", &self.contact_phone);
        for field in &self.unknown {
            wrongs.wrong::<()>(
                field,
                "unknown-field",
                "this field is not known here; leave it out",
            );
        }
        match read {
            (Some(name), Some(slug), Some(email), Some(plan), Some(template_id))
                if wrongs.0.is_empty() =>
            {
                Ok(NewTenant {
                    name,
                    slug,
                    email,
                    plan,
                    template_id,
                    country,
                    locale: locale.unwrap_or_else(|| "pt-PT".parse().expect("pt-PT is a locale")),
                    currency: currency.unwrap_or(Currency::EUR),
                    tax_number,
                    trial_days,
                    owner_name,
                    contact_phone,
                })
            }
            _ => Err(wrongs.0),
        }
    }
}

/// A store's or a person's name without the spaces around it, if it is one.
pub fn name_of(text: &str) -> Option<String> {
    let name = text.trim();
    let fits =
        (1..=NAME_CHARS_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    fits.then(|| name.to_owned())
}

pub const FOREIGN_TAX_NUMBER_ACCEPTED: &str = "2 to 20 letters, digits and hyphens";

/// A tax number of another country than Portugal, of which only the form is known.
pub fn foreign_tax_number(text: &str) -> Option<String> {
    let number = text.trim();
    let fits = (2..=20).contains(&number.len())
        && number
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-');
    fits.then(|| number.to_owned())
}

/// Reads fields and gathers what is wrong with them.
struct Reader(Vec<Wrong>);

impl Reader {
    fn wrong<T>(&mut self, field: &str, code: &'static str, accepted: &str) -> Option<T> {
        self.0.push(Wrong {
            field: field.to_owned(),
            code,
            accepted: accepted.to_owned(),
        });
        None
    }

    fn text<'a>(&mut self, field: &'static str, value: &'a Value) -> Option<&'a str> {
        match value {
            Value::Null => self.wrong(field, "missing", "this field is required"),
            Value::String(text) => Some(text),
            _ => self.wrong(field, "wrong-type", "this field is a text"),
        }
    }

    fn required<T: std::str::FromStr<Err = Invalid>>(
        &mut self,
        field: &'static str,
        value: &Value,
    ) -> Option<T> {
        match self.text(field, value)?.parse() {
            Ok(value) => Some(value),
            Err(error) => self.wrong(field, "invalid", &error.to_string()),
        }
    }

    fn optional<T: std::str::FromStr<Err = Invalid>>(
        &mut self,
        field: &'static str,
        value: &Value,
    ) -> Option<T> {
        if value.is_null() {
            None
        } else {
            self.required(field, value)
        }
    }

    fn name(&mut self, field: &'static str, value: &Value) -> Option<String> {
        let text = self.text(field, value)?;
        name_of(text).or_else(|| self.wrong(field, "invalid", NAME_ACCEPTED))
    }

    /// A code that may be left out, and stands for something when it is there.
    fn existing<T: std::str::FromStr<Err = Invalid>>(
        &mut self,
        (field, value): (&'static str, &Value),
        exists: impl Fn(&T) -> bool,
        accepted: &str,
    ) -> Option<T> {
        let code = self.optional(field, value)?;
        if exists(&code) {
            Some(code)
        } else {
            self.wrong(field, "unknown", accepted)
        }
    }

    fn slug(&mut self, value: &Value, is_taken: bool) -> Option<Slug> {
        let slug: Slug = self.required("slug", value)?;
        if is_reserved(slug.as_str()) {
            self.wrong(
                "slug",
                "reserved",
                "this word is kept for the platform; choose another",
            )
        } else if is_taken {
            self.wrong(
                "slug",
                "taken",
                "another store has this slug; choose another",
            )
        } else {
            Some(slug)
        }
    }

    fn one_of(&mut self, field: &'static str, value: &Value, known: &[String]) -> Option<String> {
        let key = self.text(field, value)?;
        if known.iter().any(|name| name == key) {
            Some(key.to_owned())
        } else {
            self.wrong(field, "unknown", &format!("one of: {}", known.join(", ")))
        }
    }

    /// A Portuguese number is checked by its digits, others by their form only.
    fn tax_number(&mut self, value: &Value, portuguese: bool) -> Option<String> {
        if value.is_null() {
            return None;
        }
        if portuguese {
            return self
                .required::<TaxId>("tax_number", value)
                .map(String::from);
        }
        let number = self.text("tax_number", value)?;
        foreign_tax_number(number)
            .or_else(|| self.wrong("tax_number", "invalid", FOREIGN_TAX_NUMBER_ACCEPTED))
    }

    fn trial_days(&mut self, value: &Value) -> Option<i64> {
        match value {
            Value::Null => None,
            Value::Number(number) => match number.as_i64() {
                Some(days) if (0..=TRIAL_DAYS_MAX).contains(&days) => Some(days),
                _ => self.wrong("trial_days", "out-of-range", "a whole number from 0 to 90"),
            },
            _ => self.wrong("trial_days", "wrong-type", "this field is a number"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn known() -> Known {
        Known {
            plans: vec!["starter".into(), "business".into()],
            templates: vec!["tactical".into()],
            slug_is_taken: false,
        }
    }

    fn guide() -> Asked {
        Asked {
            name: json!("DefenseOps Airsoft"),
            slug: json!("defenseopsairsoft"),
            email: json!("admin@defenseops.pt"),
            plan: json!("business"),
            template_id: json!("tactical"),
            ..Asked::default()
        }
    }

    fn wrong_fields(asked: &Asked, known: &Known) -> Vec<(String, &'static str)> {
        let wrongs = asked.read(known).unwrap_err();
        wrongs
            .into_iter()
            .map(|wrong| (wrong.field, wrong.code))
            .collect()
    }

    #[test]
    fn the_guides_call_is_enough() {
        let store = guide().read(&known()).unwrap();
        assert_eq!(store.slug.as_str(), "defenseopsairsoft");
        assert_eq!(
            (store.country.as_str(), store.locale.as_str()),
            ("PT", "pt-PT")
        );
        assert_eq!(store.currency, Currency::EUR);
        assert_eq!(store.trial_days, None);
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let asked = Asked {
            name: json!("two\nlines"),
            slug: json!("Not A Slug"),
            email: json!(7),
            plan: json!("gold"),
            country: json!("Portugal"),
            trial_days: json!(365),
            tax_number: json!("123456780"),
            unknown: vec!["colour".into()],
            ..Asked::default()
        };
        let wrong = wrong_fields(&asked, &known());
        let expected = [
            ("country", "invalid"),
            ("name", "invalid"),
            ("slug", "invalid"),
            ("email", "wrong-type"),
            ("plan", "unknown"),
            ("template_id", "missing"),
            ("tax_number", "invalid"),
            ("trial_days", "out-of-range"),
            ("colour", "unknown-field"),
        ];
        let wrong: Vec<_> = wrong
            .iter()
            .map(|(field, code)| (field.as_str(), *code))
            .collect();
        assert_eq!(wrong, expected);
    }

    #[test]
    fn a_code_that_nothing_has_is_refused() {
        let asked = Asked {
            country: json!("ZZ"),
            locale: json!("zz-ZZ"),
            currency: json!("ZZZ"),
            ..guide()
        };
        let wrong = wrong_fields(&asked, &known());
        let expected = ["country", "locale", "currency"].map(|name| (name.to_owned(), "unknown"));
        assert_eq!(wrong, expected);
        assert_eq!((name_of("  "), name_of(" a ")), (None, Some("a".into())));
    }

    #[test]
    fn a_slug_is_free_and_not_reserved() {
        let taken = Known {
            slug_is_taken: true,
            ..known()
        };
        assert_eq!(wrong_fields(&guide(), &taken), [("slug".into(), "taken")]);
        let admin = Asked {
            slug: json!("admin"),
            ..guide()
        };
        assert_eq!(
            wrong_fields(&admin, &known()),
            [("slug".into(), "reserved")]
        );
    }
}
