//! Signing in, staying so, and the end of it.

use bus::projections;
use db::TenantTx;
use http_kit::auth::{
    Match, OpaqueToken, REFRESH_LIFE, Refresh, SESSION_LIFE, Subject, TokenAudience,
};
use http_kit::{ApiError, Role};
use kernel::{CustomerId, Email, SessionId, TenantId};
use secrecy::SecretString;
use time::OffsetDateTime;

use super::passwords::with_password;
use super::{Accounts, SignedIn, session_over};
use crate::domain::old_password;
use crate::store::accounts::{self, Kept, Person};
use crate::store::customer_sessions::{self as sessions, RefreshRow, SessionRow};
use crate::store::past::CustomerRow;
use crate::tell;

impl Accounts {
    /// Compares e-mail and password. Every refusal is the same one and takes as long: one argon2, and one of
    /// each kind of old hash that the store has.
    pub async fn log_in(
        &self,
        tenant: TenantId,
        email: &Email,
        password: &SecretString,
    ) -> Result<SignedIn, ApiError> {
        let turn = self.passwords.turn().await?;
        let found = self.db.read(tenant, async |tx: &mut TenantTx| {
            let found = accounts::find_person_by_email(tx, email.as_str()).await?;
            let old = found.as_ref().and_then(|person| person.kept().old());
            let works = self.former.works(tx, old).await?;
            Ok::<_, db::Error>((found, works))
        });
        let (found, works) = found.await?;
        let kept = found.as_ref().map_or(Kept::Nothing, Person::kept);
        let old = kept.old().map(str::to_owned);
        let aside =
            move |text: &str| old_password::verify_among(text.trim(), old.as_deref(), &works);
        let outcome = turn.verify_after(aside, password, kept.ours()).await?;
        let (Some(compared), Match::Yes | Match::Rehashed(_)) = (found, &outcome) else {
            return Err(wrong_login());
        };
        let now = self.clock.now();
        self.db
            .tenant(tenant, async |tx: &mut TenantTx| {
                let person = accounts::lock_person(tx, compared.id()).await?;
                let person = person.ok_or_else(wrong_login)?;
                // The comparison took a while; what is kept now is compared next time.
                if person.kept() != compared.kept() {
                    return Err(ApiError::unavailable("try-again").retry_after(1));
                }
                if let Match::Rehashed(hash) = &outcome {
                    let account = with_password(&person, hash, now);
                    accounts::save_person(tx, &person.customer, &account).await?;
                }
                self.open_session(tx, person.customer, now).await
            })
            .await
    }

    /// The next pair of tokens. A token that comes again ends its session.
    pub async fn refresh(
        &self,
        tenant: TenantId,
        token: &OpaqueToken,
    ) -> Result<SignedIn, ApiError> {
        let now = self.clock.now();
        let outcome = self.db.tenant(tenant, async |tx: &mut TenantTx| {
            let Some((session, state)) = sessions::lock_of_token(tx, &token.hash()).await? else {
                return Ok(None);
            };
            let id = session.session_id();
            match state.decide(now) {
                Refresh::Over => return Ok(None),
                Refresh::Reused => {
                    tracing::warn!(tenant.id = %tenant, session.id = %id, "A customer's refresh token came again");
                    self.end(tx, &session, "reuse", now).await?;
                    return Ok(None);
                }
                Refresh::Rotate => sessions::use_up_tokens(tx, id, now).await?,
                Refresh::Overlap => {}
            }
            let Some(person) = accounts::find_person(tx, session.customer()).await? else {
                return Ok(None);
            };
            let until = session.expires_at;
            Ok::<_, ApiError>(Some(self.tokens(tx, id, person.customer, (now, until)).await?))
        });
        outcome.await?.ok_or_else(session_over)
    }

    /// Ends the session of a refresh token everywhere. Harmless when it has ended or is none.
    pub async fn log_out(&self, tenant: TenantId, token: &OpaqueToken) -> Result<(), ApiError> {
        let now = self.clock.now();
        self.db
            .tenant(tenant, async |tx: &mut TenantTx| {
                let found = sessions::lock_of_token(tx, &token.hash()).await?;
                if let Some((session, _)) = found {
                    self.end(tx, &session, "logout", now).await?;
                }
                Ok(())
            })
            .await
    }

    pub(super) async fn open_session(
        &self,
        tx: &mut TenantTx,
        customer: CustomerRow,
        now: OffsetDateTime,
    ) -> Result<SignedIn, ApiError> {
        let id = SessionId::new();
        let row = SessionRow {
            tenant_id: customer.tenant_id,
            id: id.uuid(),
            customer_id: customer.id,
            created_at: now,
            expires_at: now + SESSION_LIFE,
            ended_at: None,
            end_reason: None,
        };
        sessions::create_session(tx, &row).await?;
        self.tokens(tx, id, customer, (now, row.expires_at)).await
    }

    pub(super) async fn tokens(
        &self,
        tx: &mut TenantTx,
        session: SessionId,
        customer: CustomerRow,
        (now, until): (OffsetDateTime, OffsetDateTime),
    ) -> Result<SignedIn, ApiError> {
        let refresh = OpaqueToken::new(tx.tenant());
        let row = RefreshRow {
            tenant_id: customer.tenant_id,
            hash: refresh.hash(),
            session_id: session.uuid(),
            created_at: now,
            expires_at: until.min(now + REFRESH_LIFE),
        };
        sessions::create_refresh_token(tx, &row).await?;
        let access = self.issuer.issue(&Subject {
            id: customer.id,
            session,
            tenant: tx.tenant(),
            role: Role::Customer,
            perms_version: 1,
            audience: TokenAudience::Shopper,
        });
        Ok(SignedIn {
            access,
            refresh,
            customer,
        })
    }

    pub(super) async fn end(
        &self,
        tx: &mut TenantTx,
        session: &SessionRow,
        reason: &str,
        now: OffsetDateTime,
    ) -> Result<(), ApiError> {
        let id = session.session_id();
        if sessions::end_session(tx, id, reason, now).await? {
            self.tell_ended(tx, (session.customer(), id), now).await?;
        }
        self.forget_all(&[id], now);
        Ok(())
    }

    pub(super) async fn end_all(
        &self,
        tx: &mut TenantTx,
        customer: CustomerId,
        reason: &str,
        now: OffsetDateTime,
    ) -> Result<Vec<SessionId>, ApiError> {
        let ended = sessions::end_all_sessions(tx, customer, reason, now).await?;
        for session in &ended {
            self.tell_ended(tx, (customer, *session), now).await?;
        }
        Ok(ended)
    }

    async fn tell_ended(
        &self,
        tx: &mut TenantTx,
        (customer, session): (CustomerId, SessionId),
        now: OffsetDateTime,
    ) -> Result<(), ApiError> {
        let delivery =
            tell::session_revoked(tx, (customer, session), (now, self.token_life)).await?;
        projections::customer_session_revoked(tx, delivery)
            .await
            .map_err(|error| ApiError::internal(&format!("{error:?}")))
    }

    pub(super) fn forget_all(&self, ended: &[SessionId], now: OffsetDateTime) {
        for session in ended {
            self.sessions
                .revoke(*session, (now + self.token_life).unix_timestamp());
        }
    }
}

fn wrong_login() -> ApiError {
    ApiError::unauthorized("invalid-credentials")
        .detail("e-mail and password do not belong together here")
}
