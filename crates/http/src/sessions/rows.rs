//! `revoked_session` and `staff_view` as they are kept in memory.

use db::{Db, SystemTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{SessionId, StaffId, TenantId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::StaffState;
use crate::permissions::Role;

diesel::table! {
    revoked_session (tenant_id, session_id) {
        tenant_id -> Uuid,
        session_id -> Uuid,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    staff_view (tenant_id, staff_id) {
        tenant_id -> Uuid,
        staff_id -> Uuid,
        role -> Text,
        perms_version -> Integer,
        active -> Bool,
        version -> BigInt,
    }
}

type Revoked = Vec<(SessionId, i64)>;
type Staff = Vec<(StaffId, StaffState)>;

pub(super) async fn list_all(db: &Db, now: OffsetDateTime) -> Result<(Revoked, Staff), db::Error> {
    db.system(
        "load ended sessions and staff",
        async |tx: &mut SystemTx| {
            let revoked: Vec<(Uuid, OffsetDateTime)> = revoked_session::table
                .filter(revoked_session::expires_at.gt(now))
                .select((revoked_session::session_id, revoked_session::expires_at))
                .load(&mut tx.conn())
                .await?;
            let staff: Vec<(Uuid, Uuid, String, i32, bool, i64)> =
                staff_view::table.load(&mut tx.conn()).await?;
            Ok::<_, db::Error>((
                revoked
                    .into_iter()
                    .map(|(id, at)| (SessionId::from_uuid(id), at.unix_timestamp()))
                    .collect(),
                staff.into_iter().map(staff_of).collect(),
            ))
        },
    )
    .await
}

fn staff_of(row: (Uuid, Uuid, String, i32, bool, i64)) -> (StaffId, StaffState) {
    let (tenant, id, role, perms_version, active, version) = row;
    let role = role.parse();
    let state = StaffState {
        tenant: TenantId::from_uuid(tenant),
        // A role that this program does not know may do nothing.
        active: active && role.is_ok(),
        role: role.unwrap_or(Role::Viewer),
        perms_version: i64::from(perms_version),
        version,
    };
    (StaffId::from_uuid(id), state)
}
