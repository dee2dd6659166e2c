//! Which tax falls where.

use rust_decimal::Decimal;

/// Slug and name; the standard class is an empty text inside products.
pub(in crate::woocommerce) const TAX_CLASSES: [(&str, &str); 4] = [
    ("standard", "Standard rate"),
    ("reduced-rate", "Reduced rate"),
    ("taxa-intermedia", "Taxa intermédia"),
    ("zero-rate", "Zero rate"),
];

#[derive(Debug)]
pub(in crate::woocommerce) struct Rate {
    pub(in crate::woocommerce) id: u64,
    pub(in crate::woocommerce) country: &'static str,
    pub(in crate::woocommerce) state: &'static str,
    pub(in crate::woocommerce) postcodes: &'static [&'static str],
    pub(in crate::woocommerce) cities: &'static [&'static str],
    /// Ten-thousandths of a per cent.
    units: i64,
    pub(in crate::woocommerce) name: &'static str,
    pub(in crate::woocommerce) class: &'static str,
    pub(in crate::woocommerce) priority: u64,
    pub(in crate::woocommerce) compound: bool,
    pub(in crate::woocommerce) shipping: bool,
}

const PLAIN: Rate = Rate {
    id: 0,
    country: "PT",
    state: "",
    postcodes: &[],
    cities: &[],
    units: 230_000,
    name: "IVA",
    class: "standard",
    priority: 1,
    compound: false,
    shipping: true,
};
const AZORES: &[&str] = &["9500...9999"];
const MADEIRA: &[&str] = &["9000...9499"];

static RATES: [Rate; 12] = [
    Rate {
        id: 1,
        postcodes: AZORES,
        units: 160_000,
        name: "IVA Açores",
        ..PLAIN
    },
    Rate {
        id: 2,
        postcodes: MADEIRA,
        units: 220_000,
        name: "IVA Madeira",
        ..PLAIN
    },
    Rate { id: 3, ..PLAIN },
    Rate {
        id: 4,
        postcodes: AZORES,
        units: 40_000,
        name: "IVA Açores red.",
        class: "reduced-rate",
        ..PLAIN
    },
    Rate {
        id: 5,
        postcodes: MADEIRA,
        units: 40_000,
        name: "IVA Madeira red.",
        class: "reduced-rate",
        ..PLAIN
    },
    Rate {
        id: 6,
        units: 60_000,
        name: "IVA red.",
        class: "reduced-rate",
        ..PLAIN
    },
    Rate {
        id: 7,
        units: 130_000,
        name: "IVA int.",
        class: "taxa-intermedia",
        ..PLAIN
    },
    Rate {
        id: 8,
        units: 0,
        name: "IVA isento",
        class: "zero-rate",
        ..PLAIN
    },
    Rate {
        id: 9,
        country: "ES",
        units: 210_000,
        name: "IVA ES",
        ..PLAIN
    },
    Rate {
        id: 10,
        country: "US",
        state: "NY",
        postcodes: &["10001", "10002"],
        cities: &["NEW YORK"],
        units: 88_750,
        name: "NY sales tax",
        shipping: false,
        ..PLAIN
    },
    Rate {
        id: 11,
        country: "CA",
        units: 50_000,
        name: "GST",
        ..PLAIN
    },
    Rate {
        id: 12,
        country: "CA",
        state: "QC",
        units: 99_750,
        name: "QST",
        priority: 2,
        compound: true,
        ..PLAIN
    },
];

pub(in crate::woocommerce) fn rates() -> &'static [Rate] {
    &RATES
}

impl Rate {
    pub(in crate::woocommerce) fn percent(&self) -> Decimal {
        Decimal::new(self.units, 4)
    }

    /// What is multiplied with an amount.
    pub(super) fn part(&self) -> Decimal {
        Decimal::new(self.units, 6)
    }

    /// `PT-IVA-1`.
    pub(super) fn code(&self) -> String {
        let parts = [self.country, self.state, self.name].map(str::to_uppercase);
        let parts: Vec<_> = parts
            .iter()
            .filter(|part| !part.is_empty())
            .cloned()
            .collect();
        format!("{}-{}", parts.join("-"), self.priority)
    }
}

/// Where an order goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::woocommerce) enum Region {
    Mainland,
    Azores,
    Madeira,
    Spain,
    NewYork,
}

impl Region {
    pub(in crate::woocommerce) fn of(country: &str, postcode: &str) -> Self {
        let number = postcode
            .get(..4)
            .and_then(|head| head.parse().ok())
            .unwrap_or(0);
        match (country, number) {
            ("ES", _) => Self::Spain,
            ("PT", 9500..=9999) => Self::Azores,
            ("PT", 9000..=9499) => Self::Madeira,
            _ => Self::Mainland,
        }
    }

    pub(in crate::woocommerce) fn currency(self) -> &'static str {
        match self {
            Self::NewYork => "USD",
            _ => "EUR",
        }
    }

    /// The rate for a product's class; none where the shop has forgotten to set one.
    pub(super) fn rate(self, class: &str) -> Option<&'static Rate> {
        let id = match (self, class) {
            (Self::Azores, "") => 1,
            (Self::Madeira, "") => 2,
            (Self::Mainland, "") => 3,
            (Self::Azores, "reduced-rate") => 4,
            (Self::Madeira, "reduced-rate") => 5,
            (Self::Mainland, "reduced-rate") => 6,
            (Self::Mainland | Self::Azores | Self::Madeira, "taxa-intermedia") => 7,
            (Self::Mainland | Self::Azores | Self::Madeira, "zero-rate") => 8,
            (Self::Spain, "") => 9,
            (Self::NewYork, "") => 10,
            _ => return None,
        };
        RATES.iter().find(|rate| rate.id == id)
    }
}
