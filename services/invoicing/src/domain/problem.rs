//! What keeps a document from being issued, who has to act, and how it is said to the merchant.

/// Who has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nobody: it is tried again by itself.
    Retry,
    /// The merchant mends something and asks for another try.
    Merchant,
    /// The platform's people.
    Platform,
}

impl Needs {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Merchant => "merchant",
            Self::Platform => "platform",
        }
    }
}

macro_rules! problems {
    ($($name:ident $word:literal $needs:ident $en:literal $pt:literal;)+) => {
        /// Why a document is not issued. The text in the code's place is what `{}` stands for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $($name),+ }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            pub const fn needs(self) -> Needs {
                match self { $(Self::$name => Needs::$needs),+ }
            }

            const fn texts(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($en, $pt)),+ }
            }
        }
    };
}

problems! {
    Busy "busy" Retry
        "Moloni does not answer as it should; the document is tried again by itself ({})."
        "O Moloni não responde como devia; o documento volta a ser tentado automaticamente ({}).";
    NotConfigured "not_configured" Merchant
        "Choose the company and the document series in the invoicing settings, then try again."
        "Escolha a empresa e a série de documentos nas definições de faturação e tente de novo.";
    NotConnected "not_connected" Merchant
        "The store is not connected to Moloni. Connect it in the invoicing settings; what waits follows by itself."
        "A loja não está ligada ao Moloni. Ligue-a nas definições de faturação; o que está à espera segue automaticamente.";
    ConnectionLost "connection_lost" Merchant
        "Moloni no longer accepts the store's access. Connect the store to Moloni again; the document follows by itself."
        "O Moloni deixou de aceitar o acesso da loja. Volte a ligar a loja ao Moloni; o documento segue automaticamente.";
    CompanyClosed "company_closed" Merchant
        "Moloni does not let the connected user into the chosen company. Give the user access or choose another company, then try again."
        "O Moloni não dá ao utilizador ligado acesso à empresa escolhida. Dê-lhe acesso ou escolha outra empresa e tente de novo.";
    TaxMissing "tax_missing" Merchant
        "Moloni has no active VAT of {}. Create it in Moloni, then try again."
        "O Moloni não tem um IVA ativo de {}. Crie-o no Moloni e tente de novo.";
    ExemptionMissing "exemption_missing" Merchant
        "A line without VAT needs an exemption reason. Choose one in the invoicing settings, then try again."
        "Uma linha sem IVA precisa de um motivo de isenção. Escolha-o nas definições de faturação e tente de novo.";
    ExemptionUnknown "exemption_unknown" Merchant
        "Moloni does not know the exemption reason {} that the order names. Choose the right one in the invoicing settings, then try again: this document takes it from there. Correct the product for orders to come."
        "O Moloni não conhece o motivo de isenção {} que a encomenda indica. Escolha o correto nas definições de faturação e tente de novo: este documento passa a usá-lo. Corrija o artigo para as próximas encomendas.";
    ProductHidden "product_hidden" Merchant
        "The product {} is inactive in Moloni. Make it active there, then try again."
        "O artigo {} está inativo no Moloni. Ative-o no Moloni e tente de novo.";
    CountryUnknown "country_unknown" Merchant
        "Moloni does not know the buyer's country {}. Issue the document in Moloni by hand."
        "O Moloni não conhece o país do comprador, {}. Emita o documento manualmente no Moloni.";
    BuyerRefused "buyer_refused" Merchant
        "Moloni does not accept the buyer's data ({}). Create the customer in Moloni with the same tax number, then try again."
        "O Moloni não aceita os dados do comprador ({}). Crie o cliente no Moloni com o mesmo NIF e tente de novo.";
    SeriesRefused "series_refused" Merchant
        "The series {} cannot be used for this kind of document: it needs AT's validation code for it. Choose another series or register it, then try again."
        "A série {} não pode ser usada para este tipo de documento: precisa do código de validação da AT. Escolha outra série ou comunique-a e tente de novo.";
    LaterDocument "later_document" Merchant
        "The series already has a document of a later day ({}). Choose another series or wait for that day, then try again."
        "A série já tem um documento de uma data posterior ({}). Escolha outra série ou espere por esse dia e tente de novo.";
    TotalDiffers "total_differs" Merchant
        "The draft in Moloni does not come to what was paid ({}). Correct the draft in Moloni, then try again."
        "O rascunho no Moloni não corresponde ao valor pago ({}). Corrija o rascunho no Moloni e tente de novo.";
    ClosedDiffers "closed_differs" Merchant
        "The document was closed in Moloni with another amount ({}). Correct it with a credit note in Moloni."
        "O documento foi fechado no Moloni com outro valor ({}). Corrija-o com uma nota de crédito no Moloni.";
    DraftGone "draft_gone" Merchant
        "The draft was deleted in Moloni. Try again to have it made anew."
        "O rascunho foi eliminado no Moloni. Tente de novo para que seja criado outra vez.";
    Annulled "annulled" Merchant
        "The document was annulled in Moloni. Issue another one there by hand."
        "O documento foi anulado no Moloni. Emita outro manualmente no Moloni.";
    LinesChanged "lines_changed" Merchant
        "The invoice's lines in Moloni are not the order's any more, or less is left of them than was refunded ({}). Make the credit note in Moloni by hand."
        "As linhas da fatura no Moloni já não são as da encomenda, ou resta menos do que foi devolvido ({}). Crie a nota de crédito manualmente no Moloni.";
    Refused "refused" Merchant
        "Moloni refuses the document ({}). Mend this in Moloni or in the settings, then try again."
        "O Moloni recusa o documento ({}). Corrija no Moloni ou nas definições e tente de novo.";
    CurrencyForeign "currency_foreign" Merchant
        "Orders in {} are not invoiced by the platform. Issue the document in Moloni by hand."
        "As encomendas em {} não são faturadas pela plataforma. Emita o documento manualmente no Moloni.";
    Twice "found_twice" Platform
        "Moloni has more than one document with this reference; the platform's team looks into it ({})."
        "O Moloni tem mais do que um documento com esta referência; a equipa da plataforma está a verificar ({}).";
    OrderUnclear "order_unclear" Platform
        "The order's amounts do not add up; the platform's team looks into it ({})."
        "Os valores da encomenda não batem certo; a equipa da plataforma está a verificar ({}).";
    KeyRefused "key_refused" Platform
        "Moloni does not accept the platform's key; the platform's team looks into it."
        "O Moloni não aceita a chave da plataforma; a equipa da plataforma está a verificar.";
    Sealed "sealed" Platform
        "The store's access to Moloni cannot be opened; the platform's team looks into it."
        "Não é possível abrir o acesso da loja ao Moloni; a equipa da plataforma está a verificar.";
}

impl Code {
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == word)
    }

    /// The sentence for a merchant, in Portuguese when the store's language is.
    pub fn text(self, locale: &str, detail: &str) -> String {
        let (english, portuguese) = self.texts();
        let text = if locale.starts_with("pt") {
            portuguese
        } else {
            english
        };
        text.replace("{}", detail)
    }
}

/// Something that keeps a document from being issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub code: Code,
    /// What the sentence names: a code, an amount, a reference. Never a buyer's data.
    pub detail: String,
}

impl Problem {
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_said_in_two_languages() {
        for code in Code::ALL {
            let (english, portuguese) = (code.text("en", "X"), code.text("pt-PT", "X"));
            assert_ne!(english, portuguese, "{code:?}");
            assert_eq!(english.contains('X'), portuguese.contains('X'), "{code:?}");
            assert!(!english.contains("{}") && !portuguese.contains("{}"));
            assert_eq!(Code::of_word(code.as_str()), Some(*code));
        }
    }
}
