//! What tenants tells: how a store looks, and who works there.

use bus::{Delivery, HandleError, projections};
use db::TenantTx;
use events::tenants::v1::{StaffChanged, StaffStatus, TenantChanged, TenantStatus};
use kernel::{Email, TenantId};
use uuid::Uuid;

use super::orders::store_of;
use crate::app::App;
use crate::compose::{self, Contact, Draft, contact_place};
use crate::domain::facts::{Facts, Link};
use crate::domain::kinds::Kind;
use crate::jobs::erase_store::{self, EraseStore};
use crate::look;
use crate::store::contacts::{self, ContactRow};
use crate::store::profiles::{self, ProfileRow};

pub async fn tenant_changed(
    tx: &mut TenantTx,
    delivery: Delivery<TenantChanged>,
    app: App,
) -> Result<(), HandleError> {
    let event = delivery.message.clone();
    projections::tenant_changed(tx, delivery).await?;
    if event.status() == TenantStatus::Deleted {
        ::jobs::enqueue(tx, erase_store::KEY, &EraseStore {}).await?;
        return Ok(());
    }
    app.vault.mark_key(tx).await?;
    let row = ProfileRow {
        tenant_id: tx.tenant().uuid(),
        contact_email: event.contact_email,
        contact_phone: event.contact_phone,
        tax_id: event.tax_id,
        logo_url: event.logo_url,
        time_zone: event.time_zone,
        version: event.version,
    };
    Ok(profiles::save(tx, &row).await?)
}

pub async fn staff_changed(
    tx: &mut TenantTx,
    delivery: Delivery<StaffChanged>,
    app: App,
) -> Result<(), HandleError> {
    let event = delivery.message.clone();
    projections::staff_changed(tx, delivery).await?;
    let Ok(email) = event.email.parse::<Email>() else {
        return Ok(());
    };
    if tx.tenant() == TenantId::PLATFORM {
        return Ok(());
    }
    let id: Uuid = event
        .staff_id
        .parse()
        .map_err(|_| HandleError::Park("staff_id is not a UUID".into()))?;
    let status = event.status();
    let contact = Contact {
        name: event.name,
        email,
        locale: event.locale,
    };
    let row_name = id.to_string();
    let row = ContactRow {
        tenant_id: tx.tenant().uuid(),
        staff_id: id,
        role: event.role,
        active: status == StaffStatus::Active,
        contact: app
            .vault
            .seal(contact_place(tx, &row_name), &contact)
            .map_err(anyhow::Error::from)?,
        version: event.version,
    };
    // Told again, or after the person has come in or gone, an invitation is none any more.
    let is_news = contacts::save(tx, &row).await?;
    if is_news && status == StaffStatus::Invited {
        invite(&app, tx, id, contact).await?;
    }
    Ok(())
}

async fn invite(
    app: &App,
    tx: &TenantTx,
    staff: Uuid,
    contact: Contact,
) -> Result<(), HandleError> {
    let (store, now) = (store_of(app, tx)?, app.clock.now());
    let draft = Draft {
        kind: Kind::StaffInvitation,
        about: format!("staff:{staff}"),
        lang: look::language(&contact.locale, &store),
        to: contact.email,
        order: None,
        facts: Facts {
            name: contact.name,
            link: Some(Link {
                // Where the store is known already, and only the person has to say who it is.
                url: format!("{}/admin/", app.origins.store(&store)),
                expires_at: None,
            }),
            ..Facts::default()
        },
        due_at: now,
        resend_of: None,
    };
    compose::queue(tx, &app.vault, &draft, now).await?;
    Ok(())
}
