//! The payment ticket: what `orders` lets a browser carry to `payments`, so that neither calls the other.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{Email, Money, OrderId, TenantId};

/// Longer tickets are refused before anything is computed.
const TICKET_BYTES_MAX: usize = 2_048;
const PREFIX: &str = "pt1";

/// A placed order's right to be paid: this amount, for this order of this tenant, until `expires_at`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentTicket {
    pub tenant: TenantId,
    pub order: OrderId,
    pub order_number: String,
    pub total: Money,
    /// For the receipt and for fraud checks of the provider.
    pub email: Email,
    /// Unix seconds.
    pub expires_at: i64,
    /// The checkout's `traceparent` (W3C Trace Context), so that the payment belongs to its trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    #[error("the payment ticket is not one of ours")]
    Forged,
    #[error("the payment ticket has expired; ask for a new one at the order")]
    Expired,
}

/// Signs and opens tickets: HMAC-SHA256 over the JSON (RFC 2104), compared in constant time.
#[derive(Clone)]
pub struct TicketKey(SecretSlice<u8>);

impl TicketKey {
    pub fn new(key: Vec<u8>) -> Self {
        Self(key.into())
    }

    pub fn sign(&self, ticket: &PaymentTicket) -> String {
        let json = serde_json::to_vec(ticket).expect("a ticket is plain data");
        let body = URL_SAFE_NO_PAD.encode(json);
        let tag = URL_SAFE_NO_PAD.encode(self.mac(&body).finalize().into_bytes());
        format!("{PREFIX}.{body}.{tag}")
    }

    pub fn open(&self, text: &str, now_unix: i64) -> Result<PaymentTicket, TicketError> {
        if text.len() > TICKET_BYTES_MAX {
            return Err(TicketError::Forged);
        }
        let mut parts = text.split('.');
        let (Some(PREFIX), Some(body), Some(tag), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(TicketError::Forged);
        };
        let tag = URL_SAFE_NO_PAD
            .decode(tag)
            .map_err(|_| TicketError::Forged)?;
        self.mac(body)
            .verify_slice(&tag)
            .map_err(|_| TicketError::Forged)?;
        let json = URL_SAFE_NO_PAD
            .decode(body)
            .map_err(|_| TicketError::Forged)?;
        let ticket: PaymentTicket =
            serde_json::from_slice(&json).map_err(|_| TicketError::Forged)?;
        if ticket.expires_at <= now_unix {
            return Err(TicketError::Expired);
        }
        Ok(ticket)
    }

    /// A word that only a holder of this key can make, the same whenever it is made for the same purpose
    /// and subject: what opens a thing can be told again and need not be stored.
    pub fn word(&self, purpose: &str, subject: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret())
            .expect("HMAC takes a key of any length");
        // No ticket begins like this, so neither can ever stand for the other.
        mac.update(b"word.");
        mac.update(purpose.as_bytes());
        mac.update(b".");
        mac.update(subject);
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    fn mac(&self, body: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret())
            .expect("HMAC takes a key of any length");
        mac.update(PREFIX.as_bytes());
        mac.update(b".");
        mac.update(body.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    fn ticket() -> PaymentTicket {
        PaymentTicket {
            tenant: TenantId::new(),
            order: OrderId::new(),
            order_number: "1001".into(),
            total: Money::new(4_990, Currency::EUR),
            email: "ana@example.pt".parse().unwrap(),
            expires_at: 1_000,
            traceparent: None,
        }
    }

    #[test]
    fn a_ticket_opens_with_its_own_key_only() {
        let key = TicketKey::new(b"one".to_vec());
        let signed = key.sign(&ticket());
        assert!(key.open(&signed, 999).is_ok());
        assert_eq!(key.open(&signed, 1_000), Err(TicketError::Expired));
        assert_eq!(
            TicketKey::new(b"two".to_vec()).open(&signed, 1),
            Err(TicketError::Forged)
        );
    }

    #[test]
    fn a_word_belongs_to_its_key_its_purpose_and_its_subject() {
        let (one, two) = (
            TicketKey::new(b"one".to_vec()),
            TicketKey::new(b"two".to_vec()),
        );
        let word = one.word("order", b"1");
        assert_eq!(word, one.word("order", b"1"));
        let others = [
            one.word("order", b"2"),
            one.word("cart", b"1"),
            two.word("order", b"1"),
        ];
        assert!(!others.contains(&word));
        assert_eq!(word.len(), 43, "256 bits");
    }

    #[test]
    fn a_ticket_with_any_changed_byte_is_refused() {
        let key = TicketKey::new(b"one".to_vec());
        let signed = key.sign(&ticket()).into_bytes();
        for i in 0..signed.len() {
            let mut forged = signed.clone();
            forged[i] = if forged[i] == b'A' { b'B' } else { b'A' };
            if forged != signed {
                let text = String::from_utf8(forged).unwrap();
                assert!(key.open(&text, 1).is_err(), "byte {i} may be changed");
            }
        }
    }
}
