//! Passwords that are forgotten, changed and asked for once more.

use db::TenantTx;
use http_kit::ApiError;
use http_kit::auth::{Match, NewPassword};
use kernel::{CustomerId, SessionId, TenantId};
use secrecy::SecretString;
use time::OffsetDateTime;

use super::{Accounts, SignedIn, address_as_password, another_password, session_over, wrong_word};
use crate::secret;
use crate::store::accounts::{self, AccountRow, Kept, Person};
use crate::store::challenges::{self, ChallengeRow, RESET};
use crate::store::past::CustomerRow;

impl Accounts {
    /// A password of the person's choice for one that was forgotten; every session ends, a new one opens.
    pub async fn reset(
        &self,
        tenant: TenantId,
        word: &str,
        chosen: &NewPassword,
    ) -> Result<SignedIn, ApiError> {
        let (hash, now) = (secret::hash(word), self.clock.now());
        let find = async |tx: &mut TenantTx| challenges::find(tx, &hash, RESET).await;
        let asked = self.db.read(tenant, find).await?;
        let asked = asked.filter(|asked| asked.customer_id.is_some() && asked.expires_at > now);
        let asked = asked.ok_or_else(wrong_word)?;
        if chosen.is_address(&asked.email_key) {
            return Err(address_as_password("/password"));
        }
        let made = self.passwords.hash(chosen).await?;
        let outcome = self.db.tenant(tenant, async |tx: &mut TenantTx| {
            let words = challenges::lock_of_address(tx, &asked.email_key).await?;
            let Some(word) = words.iter().find(|word| word.hash == hash) else {
                return Ok(None);
            };
            let Some(id) = word.customer_id.map(CustomerId::from_uuid) else {
                return Ok(None);
            };
            let bound = |person: &Person| {
                word.replaces.as_ref() == Some(&replaced(person))
                    && word.email_key == person.customer.email_key
            };
            let person = accounts::lock_person(tx, id).await?;
            let Some(person) = person.filter(bound) else {
                challenges::delete(tx, &hash).await?;
                return Ok(None);
            };
            let account = AccountRow {
                verified_at: Some(now),
                ..with_password(&person, &made, now)
            };
            self.set_password(tx, (person.customer, &account), &words, "reset")
                .await
                .map(Some)
        });
        let (signed_in, ended) = outcome.await?.ok_or_else(wrong_word)?;
        self.forget_all(&ended, now);
        Ok(signed_in)
    }

    /// Another password; every session of the person ends, a new one opens.
    pub async fn change_password(
        &self,
        tenant: TenantId,
        id: CustomerId,
        current: &SecretString,
        chosen: &NewPassword,
    ) -> Result<SignedIn, ApiError> {
        let compared = self
            .proven(tenant, id, (current, "/current_password"))
            .await?;
        if chosen.is_address(&compared.customer.email_key) {
            return Err(address_as_password("/new_password"));
        }
        let (made, now) = (self.passwords.hash(chosen).await?, self.clock.now());
        let (signed_in, ended) = self
            .db
            .tenant(tenant, async |tx: &mut TenantTx| {
                let (person, words) = self.still(tx, &compared).await?;
                let account = with_password(&person, &made, now);
                self.set_password(tx, (person.customer, &account), &words, "password")
                    .await
            })
            .await?;
        self.forget_all(&ended, now);
        Ok(signed_in)
    }

    /// The person, who has just said the right password.
    pub(super) async fn proven(
        &self,
        tenant: TenantId,
        id: CustomerId,
        (password, pointer): (&SecretString, &str),
    ) -> Result<Person, ApiError> {
        let find = async |tx: &mut TenantTx| accounts::find_person(tx, id).await;
        let person = self.db.read(tenant, find).await?;
        let person = person.ok_or_else(session_over)?;
        let Kept::Ours(hash) = person.kept() else {
            return Err(session_over());
        };
        if self.passwords.verify(password, hash).await? == Match::No {
            return Err(another_password(pointer));
        }
        Ok(person)
    }

    /// The same person under the lock, whose password is still the one that was compared; with all that
    /// was asked for the address.
    pub(super) async fn still(
        &self,
        tx: &TenantTx,
        compared: &Person,
    ) -> Result<(Person, Vec<ChallengeRow>), ApiError> {
        let words = challenges::lock_of_address(tx, &compared.customer.email_key).await?;
        let person = accounts::lock_person(tx, compared.id()).await?;
        let person = person.ok_or_else(session_over)?;
        if person.kept() == compared.kept() {
            return Ok((person, words));
        }
        Err(ApiError::conflict(
            "changed-meanwhile",
            "the password was changed meanwhile",
        ))
    }

    async fn set_password(
        &self,
        tx: &mut TenantTx,
        (customer, account): (CustomerRow, &AccountRow),
        words: &[ChallengeRow],
        reason: &str,
    ) -> Result<(SignedIn, Vec<SessionId>), ApiError> {
        let (id, now) = (CustomerId::from_uuid(customer.id), self.clock.now());
        accounts::save_person(tx, &customer, account).await?;
        challenges::delete_all(tx, words).await?;
        if account.verified_at == Some(now) {
            self.take_over(tx, &customer).await?;
        }
        let ended = self.end_all(tx, id, reason, now).await?;
        Ok((self.open_session(tx, customer, now).await?, ended))
    }
}

/// Which password a reset replaces: it works for no other.
pub fn replaced(person: &Person) -> Vec<u8> {
    match person.kept() {
        Kept::Ours(kept) | Kept::Old(kept) => secret::hash(kept),
        Kept::Nothing => secret::hash(""),
    }
}

pub(super) fn with_password(person: &Person, hash: &str, now: OffsetDateTime) -> AccountRow {
    let new = || AccountRow {
        tenant_id: person.customer.tenant_id,
        customer_id: person.customer.id,
        password_hash: String::new(),
        nif: None,
        locale: String::new(),
        consent_at: None,
        verified_at: None,
        created_at: now,
    };
    AccountRow {
        password_hash: hash.to_owned(),
        ..person.account.clone().unwrap_or_else(new)
    }
}
