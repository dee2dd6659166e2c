//! A mail on its way into the table: sealed, once, to be sent when it is due.

use db::TenantTx;
use kernel::Email;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::facts::Facts;
use crate::domain::format::Lang;
use crate::domain::kinds::Kind;
use crate::store::contacts::{self, ContactRow};
use crate::store::messages::{self, MessageRow, QUEUED};
use crate::vault::{Place, Vault, VaultError};

/// What a mail about nothing real is about.
const TEST: &str = "test:";

/// A mail to be written.
#[derive(Clone, Debug)]
pub struct Draft {
    pub kind: Kind,
    /// With kind and recipient the reason that it is sent once, such as `order:UUID`.
    pub about: String,
    pub to: Email,
    pub lang: Lang,
    pub order: Option<Uuid>,
    pub facts: Facts,
    pub due_at: OffsetDateTime,
    pub resend_of: Option<Uuid>,
}

/// A member of staff who can be written to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Contact {
    pub name: String,
    pub email: Email,
    pub locale: String,
}

/// The names of a mail that only shows how it would look.
pub fn test_about() -> String {
    format!("{TEST}{}", Uuid::now_v7())
}

pub fn is_test(about: &str) -> bool {
    about.starts_with(TEST)
}

pub fn address_place<'a>(tx: &TenantTx, row: &'a str) -> Place<'a> {
    Place {
        tenant: tx.tenant(),
        column: "message.address",
        row,
    }
}

pub fn content_place<'a>(tx: &TenantTx, row: &'a str) -> Place<'a> {
    Place {
        tenant: tx.tenant(),
        column: "message.content",
        row,
    }
}

pub fn rendered_place<'a>(tx: &TenantTx, row: &'a str) -> Place<'a> {
    Place {
        tenant: tx.tenant(),
        column: "message.rendered",
        row,
    }
}

pub fn contact_place<'a>(tx: &TenantTx, row: &'a str) -> Place<'a> {
    Place {
        tenant: tx.tenant(),
        column: "staff_contact.contact",
        row,
    }
}

/// Queues a mail; nothing when it was queued before.
///
/// # Errors
/// When it cannot be sealed or written.
pub async fn queue(
    tx: &TenantTx,
    vault: &Vault,
    draft: &Draft,
    now: OffsetDateTime,
) -> Result<Option<Uuid>, VaultError> {
    let id = Uuid::now_v7();
    let row_name = id.to_string();
    let marks = vault.mark_key(tx).await?;
    let row = MessageRow {
        tenant_id: tx.tenant().uuid(),
        id,
        kind: draft.kind.name().to_owned(),
        about: draft.about.clone(),
        recipient: marks.mark(&draft.to),
        order_id: draft.order,
        locale: draft.lang.tag().to_owned(),
        priority: draft.kind.priority(),
        state: QUEUED.to_owned(),
        due_at: draft.due_at,
        attempts: 0,
        resends: 0,
        was_ambiguous: false,
        transport: None,
        provider_id: None,
        problem: None,
        address: Some(vault.seal(address_place(tx, &row_name), &draft.to)?),
        content: Some(vault.seal(content_place(tx, &row_name), &draft.facts)?),
        rendered: None,
        resend_of: draft.resend_of,
        created_at: now,
        sent_at: None,
        updated_at: now,
    };
    Ok(messages::create(tx, &row).await?.then_some(id))
}

/// Queues the same mail to everybody of the staff with one of `roles`, each in their own language.
pub async fn queue_for_staff(
    tx: &TenantTx,
    vault: &Vault,
    roles: &[String],
    draft: impl Fn(Contact) -> Draft,
    now: OffsetDateTime,
) -> Result<(), VaultError> {
    for row in contacts::list(tx, roles).await? {
        let contact = open_contact(tx, vault, &row)?;
        queue(tx, vault, &draft(contact), now).await?;
    }
    Ok(())
}

pub fn open_contact(tx: &TenantTx, vault: &Vault, row: &ContactRow) -> Result<Contact, VaultError> {
    let name = row.staff_id.to_string();
    Ok(vault.open(contact_place(tx, &name), &row.contact)?)
}
