//! A proforma's words, in the store's language.

/// The words of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub title: &'static str,
    /// That it is no fiscal document.
    pub mark: &'static str,
    pub number: &'static str,
    pub order: &'static str,
    pub date: &'static str,
    pub tax_number: &'static str,
    pub shipping: &'static str,
    pub tax: &'static str,
    pub total: &'static str,
}

const PORTUGUESE: Words = Words {
    title: "Proforma",
    mark: "Este documento não serve de fatura: não é um documento fiscal.",
    number: "N.º",
    order: "Encomenda",
    date: "Data",
    tax_number: "NIF",
    shipping: "Portes de envio",
    tax: "IVA incluído",
    total: "Total",
};

const ENGLISH: Words = Words {
    title: "Proforma",
    mark: "This is not an invoice and not a fiscal document.",
    number: "No.",
    order: "Order",
    date: "Date",
    tax_number: "Tax number",
    shipping: "Shipping",
    tax: "VAT included",
    total: "Total",
};

const SPANISH: Words = Words {
    title: "Proforma",
    mark: "Este documento no es una factura ni un documento fiscal.",
    number: "N.º",
    order: "Pedido",
    date: "Fecha",
    tax_number: "NIF",
    shipping: "Gastos de envío",
    tax: "IVA incluido",
    total: "Total",
};

const FRENCH: Words = Words {
    title: "Proforma",
    mark: "Ce document n'est ni une facture ni un document fiscal.",
    number: "N°",
    order: "Commande",
    date: "Date",
    tax_number: "N° fiscal",
    shipping: "Livraison",
    tax: "TVA incluse",
    total: "Total",
};

impl Words {
    /// English where there is no better.
    pub(super) fn of(locale: &str) -> Self {
        match locale.get(..2) {
            Some("pt") => PORTUGUESE,
            Some("es") => SPANISH,
            Some("fr") => FRENCH,
            _ => ENGLISH,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stores_language_is_spoken() {
        assert_eq!(Words::of("pt-PT"), PORTUGUESE);
        assert_eq!(Words::of("de"), ENGLISH);
        assert_eq!(Words::of(""), ENGLISH);
    }
}
