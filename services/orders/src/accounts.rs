//! Customers' accounts: opening one, signing in and staying so, passwords, and the end of it all.
//!
//! Whether an address has an account is nobody's business but its owner's: registering and forgetting a
//! password do the same work and answer the same for every address, and what comes of it is said by mail.

mod erasing;
mod former;
mod passwords;
mod sessions;

pub use former::FormerShops;
pub use passwords::replaced;

use db::{Db, TenantTx};
use http_kit::auth::{
    IssuedToken, Match, NewPassword, OpaqueToken, Passwords, TokenIssuer, account_word,
};
use http_kit::{ApiError, Sessions};
use kernel::ticket::TicketKey;
use kernel::{Clock, CustomerId, Email, Locale, TenantId};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::jobs::write_to_customer::WriteToCustomer;
use crate::secret;
use crate::store::accounts::{self, AccountRow};
use crate::store::challenges::{self, ChallengeRow, RESET, VERIFY};
use crate::store::erasure;
use crate::store::orders::{self, OrderRow};
use crate::store::past::CustomerRow;
use crate::tell;

/// How long an address may be confirmed.
const VERIFY_LIFE: Duration = Duration::hours(24);
/// How long a new password may be chosen.
const RESET_LIFE: Duration = Duration::hours(1);

/// Everything that accounts need. Clones share it.
#[derive(Clone)]
pub struct Accounts {
    pub db: Db,
    pub clock: Clock,
    pub passwords: Passwords,
    pub issuer: TokenIssuer,
    /// This process's own picture: what ends here is refused here at once.
    pub sessions: Sessions,
    pub ticket_key: TicketKey,
    pub former: FormerShops,
    /// Life of an access token.
    pub token_life: Duration,
}

/// The account that opens when its address is confirmed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Registration {
    pub email: Email,
    pub first_name: String,
    pub last_name: String,
    pub marketing_consent: bool,
    pub password_hash: String,
}

/// What somebody sent to open an account.
pub struct NewAccount<'a> {
    pub email: &'a Email,
    pub password: &'a NewPassword,
    pub first_name: &'a str,
    pub last_name: &'a str,
    pub marketing_consent: bool,
    pub locale: Option<&'a Locale>,
}

/// Both tokens of a session.
pub struct SignedIn {
    pub access: IssuedToken,
    pub refresh: OpaqueToken,
    pub customer: CustomerRow,
}

impl Accounts {
    /// Notes what is to be confirmed; a job writes the mail.
    pub async fn register(&self, tenant: TenantId, new: NewAccount<'_>) -> Result<(), ApiError> {
        let registration = Registration {
            email: new.email.clone(),
            first_name: new.first_name.to_owned(),
            last_name: new.last_name.to_owned(),
            marketing_consent: new.marketing_consent,
            password_hash: self.passwords.hash(new.password).await?,
        };
        let registration = serde_json::to_value(registration).expect("it is plain data");
        let asked = self.challenge(tenant, (new.email, new.locale), VERIFY);
        let row = ChallengeRow {
            registration: Some(registration),
            ..asked.1
        };
        self.ask(tenant, asked.0, &row).await
    }

    /// Notes that a new password is asked for; a job writes the mail if there is an account.
    pub async fn forgot(
        &self,
        tenant: TenantId,
        email: &Email,
        locale: Option<&Locale>,
    ) -> Result<(), ApiError> {
        let (request, row) = self.challenge(tenant, (email, locale), RESET);
        self.ask(tenant, request, &row).await
    }

    fn challenge(
        &self,
        tenant: TenantId,
        (email, locale): (&Email, Option<&Locale>),
        purpose: &str,
    ) -> (Uuid, ChallengeRow) {
        let (request, now) = (Uuid::now_v7(), self.clock.now());
        let life = if purpose == RESET {
            RESET_LIFE
        } else {
            VERIFY_LIFE
        };
        let row = ChallengeRow {
            tenant_id: tenant.uuid(),
            hash: self.hash_of(tenant, request),
            purpose: purpose.to_owned(),
            email_key: email.as_str().to_owned(),
            locale: locale.map(ToString::to_string).unwrap_or_default(),
            registration: None,
            customer_id: None,
            replaces: None,
            told_at: None,
            created_at: now,
            expires_at: now + life,
        };
        (request, row)
    }

    async fn ask(
        &self,
        tenant: TenantId,
        request: Uuid,
        row: &ChallengeRow,
    ) -> Result<(), ApiError> {
        self.db
            .tenant(tenant, async |tx: &mut TenantTx| {
                challenges::create(tx, row).await?;
                let job = WriteToCustomer { request };
                ::jobs::enqueue(tx, &request.to_string(), &job).await?;
                Ok::<_, ApiError>(())
            })
            .await
    }

    /// What is kept of the word that a request's mail has in it.
    pub fn hash_of(&self, tenant: TenantId, request: Uuid) -> Vec<u8> {
        secret::hash(&account_word(&self.ticket_key, tenant, request))
    }

    /// Opens the account whose address this word confirms, and signs its owner in.
    ///
    /// Whoever confirms proves the password, too: somebody else may have registered the address with
    /// one of his own, and would share the account that its owner confirms.
    pub async fn verify(
        &self,
        tenant: TenantId,
        word: &str,
        password: &SecretString,
    ) -> Result<SignedIn, ApiError> {
        let (hash, now) = (secret::hash(word), self.clock.now());
        let find = async |tx: &mut TenantTx| challenges::find(tx, &hash, VERIFY).await;
        let asked = self.db.read(tenant, find).await?;
        let asked = asked.filter(|asked| asked.expires_at > now);
        let asked = asked.ok_or_else(wrong_word)?;
        let registration = asked.registration.clone().ok_or_else(wrong_word)?;
        let registration: Registration =
            serde_json::from_value(registration).map_err(|error| ApiError::internal(&error))?;
        let kept = &registration.password_hash;
        if self.passwords.verify(password, kept).await? == Match::No {
            return Err(another_password("/password"));
        }
        let outcome = self.db.tenant(tenant, async |tx: &mut TenantTx| {
            let words = challenges::lock_of_address(tx, &asked.email_key).await?;
            if words.iter().all(|word| word.hash != hash) {
                return Ok(None);
            }
            self.open_account(tx, (&asked, &words), registration, now)
                .await
        });
        outcome.await?.ok_or_else(wrong_word)
    }

    /// Who was a guest under this address is the account's owner from now on. No other word of the address
    /// opens anything after it.
    async fn open_account(
        &self,
        tx: &mut TenantTx,
        (taken, words): (&ChallengeRow, &[ChallengeRow]),
        registration: Registration,
        now: OffsetDateTime,
    ) -> Result<Option<SignedIn>, ApiError> {
        let new = customer_of(tx, taken, &registration, now);
        let id = accounts::ensure_customer(tx, &new).await?;
        let person = accounts::lock_person(tx, id).await?;
        let Some(person) = person.filter(|person| !person.can_sign_in()) else {
            challenges::delete(tx, &taken.hash).await?;
            return Ok(None);
        };
        let customer = CustomerRow {
            first_name: registration.first_name,
            last_name: registration.last_name,
            marketing_consent: registration.marketing_consent,
            ..person.customer
        };
        let account = AccountRow {
            tenant_id: customer.tenant_id,
            customer_id: customer.id,
            password_hash: registration.password_hash,
            nif: None,
            locale: taken.locale.clone(),
            consent_at: Some(now),
            verified_at: Some(now),
            created_at: now,
        };
        accounts::save_person(tx, &customer, &account).await?;
        challenges::delete_all(tx, words).await?;
        self.take_over(tx, &customer).await?;
        tell::account_mail(tx, tell::welcome(&customer, &account)).await?;
        Ok(Some(self.open_session(tx, customer, now).await?))
    }

    /// The orders that a guest left are the account's from now on, and whoever keeps something of them
    /// hears of it.
    async fn take_over(&self, tx: &mut TenantTx, customer: &CustomerRow) -> Result<(), ApiError> {
        let claimed = self.claim(tx, customer).await?;
        Ok(tell::orders_claimed(tx, &self.ticket_key, &claimed).await?)
    }

    /// The orders that a guest left under an address which its owner has proven, unless the owner had
    /// everything erased since.
    async fn claim(
        &self,
        tx: &TenantTx,
        customer: &CustomerRow,
    ) -> Result<Vec<OrderRow>, ApiError> {
        let mark = self.mark(tx.tenant(), &customer.email_key);
        let since = erasure::find_erased_at(tx, &mark).await?;
        let id = CustomerId::from_uuid(customer.id);
        Ok(orders::claim_of_guest(tx, &customer.email_key, id, since).await?)
    }

    /// Whether the owner of this address had everything erased: what another shop still knows of him
    /// does not come back.
    pub async fn was_erased(&self, tx: &TenantTx, email: &str) -> Result<bool, db::Error> {
        let mark = self.mark(tx.tenant(), &email.trim().to_lowercase());
        Ok(erasure::find_erased_at(tx, &mark).await?.is_some())
    }

    fn mark(&self, tenant: TenantId, key: &str) -> String {
        let mut subject = tenant.uuid().into_bytes().to_vec();
        subject.extend(key.as_bytes());
        self.ticket_key.word("erased", &subject)
    }
}

fn customer_of(
    tx: &TenantTx,
    taken: &ChallengeRow,
    registration: &Registration,
    now: OffsetDateTime,
) -> CustomerRow {
    CustomerRow {
        tenant_id: tx.tenant().uuid(),
        id: CustomerId::new().uuid(),
        email: registration.email.as_str().to_owned(),
        email_key: taken.email_key.clone(),
        username: String::new(),
        first_name: registration.first_name.clone(),
        last_name: registration.last_name.clone(),
        guest: false,
        groups: Vec::new(),
        marketing_consent: registration.marketing_consent,
        billing: None,
        shipping: None,
        created_at: now,
        old_password: None,
    }
}

fn wrong_word() -> ApiError {
    ApiError::unauthorized("invalid-account-token")
        .detail("the link has been used or has run out; ask for a new one")
}

/// 422 at the field of a password that is not the one which is kept.
fn another_password(pointer: &str) -> ApiError {
    let why = "the password is another one";
    let accepted = "the password that was chosen for this account";
    ApiError::invalid("wrong-password", why).at(pointer, "wrong", accepted)
}

pub fn session_over() -> ApiError {
    ApiError::unauthorized("session-ended").detail("sign in again")
}

/// 422 at the field of a password that may not be chosen.
pub fn refused_password(pointer: &str, accepted: &str) -> ApiError {
    ApiError::invalid("invalid-body", "the password is not acceptable")
        .at(pointer, "invalid", accepted)
}

pub fn address_as_password(pointer: &str) -> ApiError {
    refused_password(
        pointer,
        "your own e-mail address is the first that is tried; choose another",
    )
}
