//! Signing in and staying so: sessions, refresh tokens, passwords.

use db::{Db, TenantTx};
use http_kit::auth::{
    IssuedToken, Match, NewPassword, OpaqueToken, Passwords, REFRESH_LIFE, Refresh, SESSION_LIFE,
    Subject, TokenAudience, TokenIssuer,
};
use http_kit::{ApiError, Sessions, StaffState};
use kernel::{Clock, Email, SessionId, StaffId, TenantId};
use secrecy::SecretString;
use time::{Duration, OffsetDateTime};

use crate::domain::sessions::FIRST_PASSWORD_LIFE;
use crate::store::audit::{self, Entry};
use crate::store::sessions::{self, SessionRow};
use crate::store::staff::{self, OneTimeRow, StaffRow};
use crate::tell;

const FIRST_PASSWORD: &str = "first_password";

/// Everything that signing in needs. Clones share it.
#[derive(Clone)]
pub struct Identity {
    pub db: Db,
    pub clock: Clock,
    pub passwords: Passwords,
    pub issuer: TokenIssuer,
    /// This process's own picture: what ends here is refused here at once.
    pub sessions: Sessions,
    /// Life of an access token.
    pub token_life: Duration,
}

/// Both tokens of a session.
pub struct SignedIn {
    pub access: IssuedToken,
    pub refresh: OpaqueToken,
    pub staff: StaffRow,
}

pub enum Login {
    SignedIn(Box<SignedIn>),
    /// The password was right but temporary: this token lets its owner choose one, and nothing else.
    MustChoosePassword(OpaqueToken),
}

impl Identity {
    /// Compares e-mail and password. Every refusal is the same one and takes as long.
    pub async fn log_in(
        &self,
        tenant: TenantId,
        email: &Email,
        password: &SecretString,
    ) -> Result<Login, ApiError> {
        let turn = self.passwords.turn().await?;
        let found = self.db.read(tenant, async |tx: &mut TenantTx| {
            Ok::<_, ApiError>(staff::find_staff_by_email(tx, email.as_str()).await?)
        });
        let found = found.await?;
        let kept = found.as_ref().map(|row| row.password_hash.as_str());
        let outcome = turn.verify(password, kept).await?;
        let now = self.clock.now();
        let usable = |row: &StaffRow| {
            row.status == "active" && row.password_expires_at.is_none_or(|end| end > now)
        };
        let compared = match (found, &outcome) {
            (Some(row), Match::Yes | Match::Rehashed(_)) if usable(&row) => row,
            _ => return Err(wrong_login()),
        };
        let id = StaffId::from_uuid(compared.id);
        self.db
            .tenant(tenant, async |tx: &mut TenantTx| {
                let row = staff::lock_staff(tx, id).await?.filter(usable);
                let mut row = row.ok_or_else(wrong_login)?;
                // The comparison took a while. A password that was replaced meanwhile must not open a
                // session after all others were ended for it; what is kept now is compared next time.
                if row.password_hash != compared.password_hash {
                    return Err(ApiError::unavailable("try-again").retry_after(1));
                }
                if let Match::Rehashed(hash) = &outcome {
                    staff::save_rehashed(tx, id, hash).await?;
                    row.password_hash.clone_from(hash);
                }
                if row.password_expires_at.is_some() {
                    return Ok(Login::MustChoosePassword(one_time(tx, &row, now).await?));
                }
                Ok(Login::SignedIn(Box::new(
                    self.open_session(tx, row, now).await?,
                )))
            })
            .await
    }

    /// A new session of a person whose identity is proven.
    pub async fn open_session(
        &self,
        tx: &mut TenantTx,
        staff: StaffRow,
        now: OffsetDateTime,
    ) -> Result<SignedIn, ApiError> {
        let session = SessionId::new();
        let row = SessionRow {
            tenant_id: staff.tenant_id,
            id: session.uuid(),
            staff_id: staff.id,
            created_at: now,
            expires_at: now + SESSION_LIFE,
            ended_at: None,
            end_reason: None,
        };
        sessions::create_session(tx, &row).await?;
        let refresh = OpaqueToken::new(tx.tenant());
        sessions::create_refresh_token(tx, session, &refresh.hash(), now, now + REFRESH_LIFE)
            .await?;
        Ok(SignedIn {
            access: self.access_token(&staff, session)?,
            refresh,
            staff,
        })
    }

    /// The next pair of tokens. A token that comes again ends its session.
    pub async fn refresh(&self, token: &OpaqueToken) -> Result<SignedIn, ApiError> {
        let now = self.clock.now();
        let outcome = self.db.tenant(token.tenant, async |tx: &mut TenantTx| {
            let Some((session, state)) = sessions::lock_of_token(tx, &token.hash()).await? else {
                return Ok(None);
            };
            let id = SessionId::from_uuid(session.id);
            match state.decide(now) {
                Refresh::Over => return Ok(None),
                Refresh::Reused => {
                    tracing::warn!(tenant.id = %token.tenant, session.id = %id, "A refresh token came again");
                    self.end(tx, &session, "reuse", now).await?;
                    return Ok(None);
                }
                Refresh::Rotate => sessions::use_up_tokens(tx, id, now).await?,
                Refresh::Overlap => {}
            }
            let staff = staff::find_staff(tx, StaffId::from_uuid(session.staff_id)).await?;
            let Some(staff) = staff.filter(|row| row.status == "active") else { return Ok(None) };
            let next = OpaqueToken::new(token.tenant);
            let expires_at = session.expires_at.min(now + REFRESH_LIFE);
            sessions::create_refresh_token(tx, id, &next.hash(), now, expires_at).await?;
            Ok::<_, ApiError>(Some(SignedIn { access: self.access_token(&staff, id)?, refresh: next, staff }))
        });
        outcome.await?.ok_or_else(session_over)
    }

    /// Ends a session everywhere. Harmless when it has ended.
    pub async fn log_out(
        &self,
        tenant: TenantId,
        staff: StaffId,
        session: SessionId,
    ) -> Result<(), ApiError> {
        let now = self.clock.now();
        self.db
            .tenant(tenant, async |tx: &mut TenantTx| {
                if sessions::end_session(tx, session, "logout", now).await? {
                    tell::session_revoked(tx, staff.uuid(), session, now, self.token_life).await?;
                }
                Ok::<_, ApiError>(())
            })
            .await?;
        self.forget(session, now);
        Ok(())
    }

    /// Replaces a password by one of the person's choice; every session of theirs ends, a new one opens.
    pub async fn change_password(
        &self,
        tenant: TenantId,
        id: StaffId,
        current: &SecretString,
        chosen: &NewPassword,
    ) -> Result<SignedIn, ApiError> {
        let find = async |tx: &mut TenantTx| Ok::<_, ApiError>(staff::find_staff(tx, id).await?);
        let row = self.db.read(tenant, find).await?.ok_or_else(session_over)?;
        if self.passwords.verify(current, &row.password_hash).await? == Match::No {
            return Err(
                ApiError::invalid("wrong-password", "the current password is another one").at(
                    "/current_password",
                    "wrong",
                    "the password you sign in with",
                ),
            );
        }
        if chosen.is_address(&row.email) {
            return Err(address_as_password());
        }
        let hash = self.passwords.hash(chosen).await?;
        let (signed_in, ended) = self
            .db
            .tenant(tenant, async |tx: &mut TenantTx| {
                let now_kept = staff::lock_staff(tx, id).await?.ok_or_else(session_over)?;
                if now_kept.password_hash != row.password_hash {
                    return Err(ApiError::conflict(
                        "changed-meanwhile",
                        "the password was changed meanwhile",
                    ));
                }
                self.set_password(tx, now_kept, &hash).await
            })
            .await?;
        self.forget_all(&ended);
        Ok(signed_in)
    }

    /// The first password of one's own, with the token that a temporary password gave.
    pub async fn choose_first_password(
        &self,
        token: &OpaqueToken,
        chosen: &NewPassword,
    ) -> Result<SignedIn, ApiError> {
        let find = async |tx: &mut TenantTx| {
            let hash = token.hash();
            Ok::<_, ApiError>(staff::find_one_time_hash(tx, &hash, FIRST_PASSWORD).await?)
        };
        let temporary = self.db.read(token.tenant, find).await?;
        if let Some(temporary) = temporary
            && self.passwords.is_kept(chosen, &temporary).await?
        {
            return Err(refused_password(
                "this is the temporary password; choose another",
            ));
        }
        let hash = self.passwords.hash(chosen).await?;
        let now = self.clock.now();
        let outcome = self.db.tenant(token.tenant, async |tx: &mut TenantTx| {
            let taken = staff::take_one_time(tx, &token.hash(), FIRST_PASSWORD).await?;
            let Some(taken) = taken.filter(|taken| taken.expires_at > now) else {
                return Ok(None);
            };
            let row = staff::lock_staff(tx, StaffId::from_uuid(taken.staff_id)).await?;
            let bound =
                |row: &StaffRow| row.status == "active" && row.password_hash == taken.password_hash;
            match row.filter(bound) {
                Some(row) if chosen.is_address(&row.email) => Err(address_as_password()),
                Some(row) => self.set_password(tx, row, &hash).await.map(Some),
                None => Ok::<_, ApiError>(None),
            }
        });
        let (signed_in, ended) = outcome.await?.ok_or_else(|| {
            ApiError::unauthorized("invalid-change-token")
                .detail("sign in again with the temporary password")
        })?;
        self.forget_all(&ended);
        self.remember(&signed_in.staff);
        Ok(signed_in)
    }

    /// Ends every session of a person in the transaction, and says which: once it is committed they
    /// go to [`forget_all`](Self::forget_all).
    pub async fn end_all(
        &self,
        tx: &mut TenantTx,
        id: StaffId,
        reason: &str,
    ) -> Result<Vec<SessionId>, ApiError> {
        let now = self.clock.now();
        let ended = sessions::end_all_sessions(tx, id, reason, now).await?;
        for session in &ended {
            tell::session_revoked(tx, id.uuid(), *session, now, self.token_life).await?;
        }
        Ok(ended)
    }

    /// This process knows at once what others hear in a moment.
    pub fn remember(&self, row: &StaffRow) {
        let Ok(role) = row.role.parse() else { return };
        let state = StaffState {
            tenant: TenantId::from_uuid(row.tenant_id),
            role,
            perms_version: row.perms_version,
            active: row.status == "active",
            version: row.version,
        };
        self.sessions.set_staff(StaffId::from_uuid(row.id), state);
    }

    async fn set_password(
        &self,
        tx: &mut TenantTx,
        mut row: StaffRow,
        hash: &str,
    ) -> Result<(SignedIn, Vec<SessionId>), ApiError> {
        let (id, now) = (StaffId::from_uuid(row.id), self.clock.now());
        staff::save_password(tx, id, hash, now).await?;
        if row.password_expires_at.is_some() {
            // Whoever was invited works here from now on.
            row.version += 1;
            row.changed_at = now;
            row.password_expires_at = None;
            hash.clone_into(&mut row.password_hash);
            staff::save_staff(tx, &row).await?;
            tell::staff_changed(tx, &row).await?;
        }
        let ended = self.end_all(tx, id, "password").await?;
        let entry = Entry {
            actor: format!("staff:{id}"),
            action: "password.change".into(),
            target: format!("staff:{id}"),
            ..Entry::default()
        };
        audit::append(tx, now, entry).await?;
        Ok((self.open_session(tx, row, now).await?, ended))
    }

    async fn end(
        &self,
        tx: &mut TenantTx,
        session: &SessionRow,
        reason: &str,
        now: OffsetDateTime,
    ) -> Result<(), ApiError> {
        let id = SessionId::from_uuid(session.id);
        if sessions::end_session(tx, id, reason, now).await? {
            tell::session_revoked(tx, session.staff_id, id, now, self.token_life).await?;
        }
        self.forget(id, now);
        Ok(())
    }

    fn access_token(&self, staff: &StaffRow, session: SessionId) -> Result<IssuedToken, ApiError> {
        let tenant = TenantId::from_uuid(staff.tenant_id);
        let role = staff
            .role
            .parse()
            .map_err(|error: kernel::Invalid| ApiError::internal(&error))?;
        let platform = tenant == TenantId::PLATFORM;
        Ok(self.issuer.issue(&Subject {
            id: staff.id,
            session,
            tenant,
            role,
            perms_version: staff.perms_version,
            audience: if platform {
                TokenAudience::Sysadmin
            } else {
                TokenAudience::Staff
            },
        }))
    }

    /// The tokens of these sessions are refused here from now on.
    pub fn forget_all(&self, ended: &[SessionId]) {
        let now = self.clock.now();
        for session in ended {
            self.forget(*session, now);
        }
    }

    fn forget(&self, session: SessionId, now: OffsetDateTime) {
        self.sessions
            .revoke(session, (now + self.token_life).unix_timestamp());
    }
}

async fn one_time(
    tx: &mut TenantTx,
    row: &StaffRow,
    now: OffsetDateTime,
) -> Result<OpaqueToken, ApiError> {
    let token = OpaqueToken::new(tx.tenant());
    let kept = OneTimeRow {
        tenant_id: row.tenant_id,
        hash: token.hash(),
        staff_id: row.id,
        purpose: FIRST_PASSWORD.to_owned(),
        password_hash: row.password_hash.clone(),
        expires_at: now + FIRST_PASSWORD_LIFE,
    };
    staff::create_one_time(tx, &kept).await?;
    Ok(token)
}

fn wrong_login() -> ApiError {
    ApiError::unauthorized("wrong-credentials").detail(
        "e-mail and password do not belong together here, or a temporary password has run out",
    )
}

/// 422 at the field of the new password.
pub fn refused_password(accepted: &str) -> ApiError {
    ApiError::invalid("invalid-body", "the new password is not acceptable").at(
        "/new_password",
        "invalid",
        accepted,
    )
}

fn address_as_password() -> ApiError {
    refused_password("your own e-mail address is the first that is tried; choose another")
}

fn session_over() -> ApiError {
    ApiError::unauthorized("session-ended").detail("sign in again")
}
