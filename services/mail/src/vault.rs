//! What must not lie open in the tables: addresses, mails, bodies, secrets; and the marks by which an
//! address is found again without being kept.

use std::sync::Arc;

use db::{Sealer, SealingFailed, TenantTx};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use hmac::{Hmac, KeyInit as _, Mac as _};
use kernel::config::SealingKey;
use kernel::{Email, TenantId};
use moka::sync::Cache;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use crate::store::settings;

/// Keeps the keys apart from every other use of the same secrets.
pub const PURPOSE: &str = "mail: sealed columns";
/// Stores whose key of marks is kept in memory.
const KEYS_MAX: u64 = 10_000;
/// What every gzip stream begins with (RFC 1952 §2.3.1), and no JSON.
const GZIP: [u8; 2] = [0x1f, 0x8b];
const KEY_BYTES: usize = 32;
/// Characters of a proof in an address: 128 bits as hexadecimal digits.
const PROOF_CHARS: usize = 32;

/// Something sealed that does not open: a key is gone, or the row is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sealed data do not open; is the key that sealed them among SEALING_KEYS?")]
pub struct Unopened;

/// Which column of which row something lies in.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub tenant: TenantId,
    pub column: &'static str,
    pub row: &'a str,
}

impl Place<'_> {
    pub(crate) fn name(&self) -> String {
        format!("{}/{}/{}", self.tenant, self.column, self.row)
    }
}

/// Clones share it.
#[derive(Clone)]
pub struct Vault {
    sealer: Arc<Sealer>,
    keys: Cache<TenantId, MarkKey>,
}

impl Vault {
    pub fn new(keys: &[SealingKey]) -> Result<Self, kernel::Invalid> {
        Ok(Self {
            sealer: Arc::new(Sealer::new(PURPOSE, keys)?),
            keys: Cache::new(KEYS_MAX),
        })
    }

    /// # Errors
    /// When there is no key to seal with.
    pub fn seal(&self, place: Place<'_>, thing: &impl Serialize) -> Result<Vec<u8>, SealingFailed> {
        let plain = serde_json::to_vec(thing).map_err(|_| SealingFailed)?;
        self.seal_bytes(place, &plain)
    }

    pub fn seal_bytes(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, SealingFailed> {
        self.sealer.seal(&place.name(), plain)
    }

    /// # Errors
    /// When it was sealed elsewhere or with a key that is gone.
    pub fn open<T: DeserializeOwned>(
        &self,
        place: Place<'_>,
        sealed: &[u8],
    ) -> Result<T, Unopened> {
        serde_json::from_slice(&self.open_bytes(place, sealed)?).map_err(|_| Unopened)
    }

    pub fn open_bytes(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, Unopened> {
        self.sealer.open(&place.name(), sealed).ok_or(Unopened)
    }

    /// Seals what is long and repeats itself, such as HTML, in a fraction of its bytes.
    ///
    /// # Errors
    /// When there is no key to seal with.
    pub fn seal_packed(
        &self,
        place: Place<'_>,
        thing: &impl Serialize,
    ) -> Result<Vec<u8>, SealingFailed> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        serde_json::to_writer(&mut packer, thing).map_err(|_| SealingFailed)?;
        let packed = packer.finish().map_err(|_| SealingFailed)?;
        self.seal_bytes(place, &packed)
    }

    /// Opens what was sealed packed, and also what was sealed as it was.
    ///
    /// # Errors
    /// When it was sealed elsewhere or with a key that is gone.
    pub fn open_packed<T: DeserializeOwned>(
        &self,
        place: Place<'_>,
        sealed: &[u8],
    ) -> Result<T, Unopened> {
        let plain = self.open_bytes(place, sealed)?;
        let read = if plain.starts_with(&GZIP) {
            serde_json::from_reader(GzDecoder::new(plain.as_slice()))
        } else {
            serde_json::from_slice(&plain)
        };
        read.map_err(|_| Unopened)
    }

    /// The store's own key of marks, made when it is first asked for.
    pub async fn mark_key(&self, tx: &TenantTx) -> Result<MarkKey, VaultError> {
        let tenant = tx.tenant();
        if let Some(key) = self.keys.get(&tenant) {
            return Ok(key);
        }
        let place = Place {
            tenant,
            column: "mail_setting.address_key",
            row: "",
        };
        let mut fresh = [0_u8; KEY_BYTES];
        rand::fill(&mut fresh);
        let sealed = settings::ensure(tx, &self.seal_bytes(place, &fresh)?).await?;
        let key = MarkKey(self.open_bytes(place, &sealed)?);
        // Kept once it is surely there: this transaction may still be undone.
        if key.0 != fresh {
            self.keys.insert(tenant, key.clone());
        }
        Ok(key)
    }
}

/// Why something cannot be sealed, opened or marked.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error(transparent)]
    Unopened(#[from] Unopened),
    #[error(transparent)]
    Sealing(#[from] SealingFailed),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<VaultError> for bus::HandleError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Db(error) => error.into(),
            VaultError::Unopened(_) | VaultError::Sealing(_) => Self::Retry(error.into()),
        }
    }
}

impl From<VaultError> for http_kit::ApiError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Db(error) => error.into(),
            VaultError::Unopened(_) | VaultError::Sealing(_) => Self::internal(&error),
        }
    }
}

/// Makes the marks of one store's addresses: the same address has another mark in every store.
#[derive(Clone)]
pub struct MarkKey(Vec<u8>);

impl MarkKey {
    pub fn mark(&self, address: &Email) -> Vec<u8> {
        self.mac("address", address.as_str())
    }

    /// Proves that whoever shows it was sent the message.
    pub fn proof(&self, message: &str) -> String {
        hex::encode(self.mac("unsubscribe", message))
            .chars()
            .take(PROOF_CHARS)
            .collect()
    }

    fn mac(&self, purpose: &str, text: &str) -> Vec<u8> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> Vault {
        let key = SealingKey {
            kid: "1".into(),
            secret: "one".to_owned().into(),
        };
        Vault::new(&[key]).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_in_its_own_row_only() {
        let vault = vault();
        let (a, b) = (TenantId::new(), TenantId::new());
        let place = |tenant, row| Place {
            tenant,
            column: "message.address",
            row,
        };
        let sealed = vault.seal(place(a, "1"), &"ana@example.pt").unwrap();
        assert_eq!(
            vault.open::<String>(place(a, "1"), &sealed).unwrap(),
            "ana@example.pt"
        );
        assert!(vault.open::<String>(place(b, "1"), &sealed).is_err());
        assert!(vault.open::<String>(place(a, "2"), &sealed).is_err());
    }

    #[test]
    fn what_is_packed_is_smaller_and_what_was_not_opens_all_the_same() {
        let vault = vault();
        let place = Place {
            tenant: TenantId::new(),
            column: "message.rendered",
            row: "1",
        };
        let words = "<td style=\"color:#333\">".repeat(400);
        let (packed, plain) = (
            vault.seal_packed(place, &words).unwrap(),
            vault.seal(place, &words).unwrap(),
        );
        assert!(packed.len() * 10 < plain.len(), "{}", packed.len());
        for sealed in [packed, plain] {
            assert_eq!(vault.open_packed::<String>(place, &sealed).unwrap(), words);
        }
    }

    #[test]
    fn marks_are_a_stores_own() {
        let (a, b) = (MarkKey(vec![1; 32]), MarkKey(vec![2; 32]));
        let ana: Email = "ana@example.pt".parse().unwrap();
        assert_eq!(a.mark(&ana), a.mark(&ana));
        assert_ne!(a.mark(&ana), b.mark(&ana));
        assert_eq!(a.proof("m").len(), PROOF_CHARS);
        assert_ne!(a.proof("m"), a.proof("n"));
    }
}
