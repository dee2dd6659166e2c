//! Decides what somebody is told who registered or forgot a password: out of the request's sight, so that
//! it answers the same, and as fast, for every address.

use db::TenantTx;
use events::orders::v1::{AccountMailKind, AccountMailRequested};
use events::to_us;
use jobs::{Job, JobError, Task};
use kernel::TenantId;
use serde::{Deserialize, Serialize};
use time::Duration;
use uuid::Uuid;

use crate::accounts::replaced;
use crate::app::App;
use crate::store::accounts::{self, Person};
use crate::store::challenges::{self, ChallengeRow, RESET};
use crate::tell;

/// Mails of a kind that one address gets within [`WITHIN`]: who types another's again and again
/// annoys nobody.
const MAILS_MAX: usize = 5;
const WITHIN: Duration = Duration::hours(1);

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WriteToCustomer {
    pub request: Uuid,
}

impl Job for WriteToCustomer {
    const KIND: &'static str = "write_to_customer";
}

pub async fn run(app: App, task: Task<WriteToCustomer>) -> Result<(), JobError> {
    let request = task.job.request;
    let hash = app.accounts.hash_of(task.tenant, request);
    app.db
        .tenant(task.tenant, async |tx: &mut TenantTx| {
            let Some(address) = challenges::find_address(tx, &hash).await? else {
                return Ok(());
            };
            let asked = challenges::lock_of_address(tx, &address).await?;
            let waits = |row: &&ChallengeRow| row.hash == hash && row.told_at.is_none();
            let Some(row) = asked.iter().find(waits).cloned() else {
                return Ok(());
            };
            let since = app.clock.now() - WITHIN;
            let is_recent = |other: &&ChallengeRow| {
                other.purpose == row.purpose && other.told_at.is_some_and(|at| at > since)
            };
            if asked.iter().filter(is_recent).count() >= MAILS_MAX {
                return challenges::delete(tx, &hash).await;
            }
            write(tx, &app, request, row).await
        })
        .await?;
    Ok(())
}

async fn write(
    tx: &mut TenantTx,
    app: &App,
    request: Uuid,
    mut row: ChallengeRow,
) -> Result<(), db::Error> {
    let now = app.clock.now();
    let person = accounts::find_person_by_email(tx, &row.email_key).await?;
    let is_reset = row.purpose == RESET;
    // Nobody resets what there is not: a guest has nothing to sign in to.
    let is_nobodys = is_reset && person.as_ref().is_none_or(|person| person.customer.guest);
    if is_nobodys {
        return challenges::delete(tx, &row.hash).await;
    }
    let has_account = person.as_ref().is_some_and(Person::can_sign_in);
    let kind = match (is_reset, has_account) {
        (true, _) => AccountMailKind::Reset,
        (false, true) => AccountMailKind::Exists,
        (false, false) => AccountMailKind::Verify,
    };
    row.told_at = Some(now);
    if let (true, Some(person)) = (is_reset, &person) {
        row.customer_id = Some(person.customer.id);
        row.replaces = Some(replaced(person));
    }
    challenges::save_told(tx, &row).await?;
    tell::account_mail(
        tx,
        letter(tx.tenant(), request, (&row, person.as_ref()), kind),
    )
    .await
}

fn letter(
    tenant: TenantId,
    request: Uuid,
    (row, person): (&ChallengeRow, Option<&Person>),
    kind: AccountMailKind,
) -> AccountMailRequested {
    // Whoever has an account is called as the account says. Until then nobody is called anything: what
    // somebody typed beside an address, which may be a stranger's, is not sent there.
    let name = person
        .filter(|_| kind != AccountMailKind::Verify)
        .map(|person| person.customer.first_name.clone())
        .unwrap_or_default();
    let own = person.map(Person::locale).unwrap_or_default();
    let locale = if own.is_empty() { &row.locale } else { own };
    let has_link = kind != AccountMailKind::Exists;
    AccountMailRequested {
        tenant_id: tenant.to_string(),
        request_id: request.to_string(),
        version: 1,
        kind: kind.into(),
        email: row.email_key.clone(),
        name,
        locale: locale.to_owned(),
        expires_at_us: if has_link { to_us(row.expires_at) } else { 0 },
    }
}
