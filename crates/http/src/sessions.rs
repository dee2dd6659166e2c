//! Which tokens ended before their time: revoked sessions and staff whose permissions changed.

use std::sync::Arc;

use dashmap::DashMap;
use db::Db;
use events::tenants::v1::{StaffChanged, StaffStatus};
use kernel::{Clock, SessionId, StaffId, TenantId};

use crate::auth::Claims;
use crate::permissions::Role;

mod rows;

/// What a staff member may do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaffState {
    pub tenant: TenantId,
    pub role: Role,
    pub perms_version: i64,
    pub active: bool,
    pub version: i64,
}

impl StaffState {
    /// The state that an event tells. A role that this program does not know may do nothing.
    pub(crate) fn of_event(tenant: TenantId, event: &StaffChanged) -> Self {
        let role = event.role.parse();
        Self {
            tenant,
            active: event.status() == StaffStatus::Active && role.is_ok(),
            role: role.unwrap_or(Role::Viewer),
            perms_version: event.perms_version,
            version: event.version,
        }
    }
}

/// Revocations and staff in memory. Clones share them.
///
/// A restart of the broker delays news by at most the time between two reloads (30 s).
#[derive(Clone)]
pub struct Sessions(Arc<Shared>);

struct Shared {
    /// Session → unix second when its last token ends by itself.
    revoked: DashMap<SessionId, i64>,
    staff: DashMap<StaffId, StaffState>,
    db: Option<Db>,
    clock: Clock,
}

impl Sessions {
    pub fn new(db: Option<Db>, clock: Clock) -> Self {
        Self(Arc::new(Shared {
            revoked: DashMap::new(),
            staff: DashMap::new(),
            db,
            clock,
        }))
    }

    /// Reads `revoked_session` and `staff_view`, and forgets what has run out.
    pub async fn load(&self) -> Result<(), db::Error> {
        let now = self.0.clock.unix();
        self.0.revoked.retain(|_, expires_at| *expires_at > now);
        let Some(db) = &self.0.db else { return Ok(()) };
        let (revoked, staff) = rows::list_all(db, self.0.clock.now()).await?;
        for (session, expires_at) in revoked {
            self.revoke(session, expires_at);
        }
        for (id, state) in staff {
            self.set_staff(id, state);
        }
        Ok(())
    }

    /// Refuses the session's tokens from now on; `expires_at` (unix seconds) is when they would
    /// have ended by themselves.
    pub fn revoke(&self, session: SessionId, expires_at: i64) {
        self.0.revoked.insert(session, expires_at);
    }

    pub fn set_staff(&self, id: StaffId, state: StaffState) {
        let mut entry = self.0.staff.entry(id).or_insert(state);
        if entry.version <= state.version {
            *entry = state;
        }
    }

    /// Whether a genuine token still counts.
    pub fn allows(&self, claims: &Claims) -> bool {
        if self.0.revoked.contains_key(&claims.sid) {
            return false;
        }
        match self.0.staff.get(&StaffId::from_uuid(claims.sub)) {
            Some(staff) => {
                staff.active
                    && staff.tenant == claims.tenant
                    && staff.role == claims.role
                    && claims.perms_version >= staff.perms_version
            }
            // News of a new member may be on its way; the signature vouches for it.
            None => true,
        }
    }
}
