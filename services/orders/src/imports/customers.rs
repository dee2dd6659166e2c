//! Customers of another shop, and what it turned their passwords into.

use db::TenantTx;
use events::from_us;
use events::migration::v1::{Customer, Password};
use kernel::CustomerId;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Ended, Refusal, address};
use crate::domain::old_password;
use crate::store::accounts;
use crate::store::past::{self, CustomerRow};

/// Takes a customer. Who was here under the address, as a guest or otherwise, is the same person.
pub(super) async fn take(
    tx: &TenantTx,
    target: Uuid,
    body: Customer,
    now: OffsetDateTime,
) -> Result<Ended, Refusal> {
    let key = email_key(&body.email)?;
    let known = past::find_customer_by_email(tx, &key).await?;
    let before = match known {
        Some(known) => Some(known),
        None => past::find_customer(tx, target).await?,
    };
    let id = before.as_ref().map_or(target, |before| before.id);
    let account = accounts::find_account(tx, CustomerId::from_uuid(id)).await?;
    // What somebody has said here since is newer than what another shop says.
    if let (Some(before), Some(_)) = (&before, account) {
        return Ok(Ended {
            target: Some(before.id),
            ..Ended::default()
        });
    }
    let row = CustomerRow {
        tenant_id: tx.tenant().uuid(),
        id,
        email: body.email.trim().to_owned(),
        email_key: key,
        username: body.username,
        first_name: body.first_name,
        last_name: body.last_name,
        guest: false,
        groups: body.groups,
        marketing_consent: body.marketing_consent,
        billing: address(body.billing.as_ref()),
        shipping: address(body.shipping.as_ref()),
        created_at: created_at(body.created_at_us, before.as_ref(), now),
        old_password: before.and_then(|before| before.old_password),
    };
    Ok(Ended {
        is_new: past::save_customer(tx, &row).await?,
        target: Some(id),
        ..Ended::default()
    })
}

fn created_at(told: i64, before: Option<&CustomerRow>, now: OffsetDateTime) -> OffsetDateTime {
    let known = || before.map(|before| before.created_at);
    from_us(told).or_else(known).unwrap_or(now)
}

/// Keeps a hash for the customer's first sign-in here.
pub(super) async fn take_password(tx: &TenantTx, body: Password) -> Result<Ended, Refusal> {
    if old_password::kind_of(&body.hash).is_none() {
        return Err(Refusal::said(
            "phpass ($P$), WordPress ($wp$2y$), bcrypt ($2y$) and MD5 hashes are accepted",
        ));
    }
    let key = email_key(&body.email)?;
    let known = past::find_customer_by_email(tx, &key).await?;
    let row = known.ok_or_else(|| Refusal::said("no customer has this address"))?;
    let account = accounts::find_account(tx, CustomerId::from_uuid(row.id)).await?;
    // A password was chosen here: the old one opens nothing any more.
    if account.is_some() {
        return Ok(Ended {
            target: Some(row.id),
            ..Ended::default()
        });
    }
    let row = CustomerRow {
        old_password: Some(body.hash),
        ..row
    };
    Ok(Ended {
        is_new: past::save_customer(tx, &row).await?,
        target: Some(row.id),
        ..Ended::default()
    })
}

/// The guest who left this address, made when there is none; nothing without an address.
pub(super) async fn guest(
    tx: &TenantTx,
    email: &str,
    name: &str,
    at: OffsetDateTime,
) -> Result<Option<Uuid>, Refusal> {
    let Ok(key) = email_key(email) else {
        return Ok(None);
    };
    if let Some(known) = past::find_customer_by_email(tx, &key).await? {
        return Ok(Some(known.id));
    }
    let row = CustomerRow {
        tenant_id: tx.tenant().uuid(),
        id: Uuid::now_v7(),
        email: email.trim().to_owned(),
        email_key: key,
        username: String::new(),
        first_name: name.to_owned(),
        last_name: String::new(),
        guest: true,
        groups: Vec::new(),
        marketing_consent: false,
        billing: None,
        shipping: None,
        created_at: at,
        old_password: None,
    };
    past::save_customer(tx, &row).await?;
    Ok(Some(row.id))
}

fn email_key(email: &str) -> Result<String, Refusal> {
    let key = email.trim().to_lowercase();
    let fits =
        (3..=254).contains(&key.len()) && key.contains('@') && !key.contains(char::is_whitespace);
    if fits {
        Ok(key)
    } else {
        Err(Refusal::said("it has no e-mail address"))
    }
}
