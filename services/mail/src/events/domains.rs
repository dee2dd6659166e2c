//! What tenants tells of stores' own domains: whoever manages the store hears of what is in the way.

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::tenants::v1::{DomainChanged, DomainState};

use super::orders::store_of;
use crate::app::App;
use crate::compose::{self, Draft};
use crate::domain::facts::{Domain, Facts};
use crate::domain::kinds::Kind;
use crate::look;

/// Who is written to.
const ROLES: [&str; 1] = ["owner"];

pub async fn domain_changed(
    tx: &mut TenantTx,
    delivery: Delivery<DomainChanged>,
    app: App,
) -> Result<(), HandleError> {
    let event = delivery.message;
    let kind = match event.state() {
        DomainState::Failing => Kind::DomainFailing,
        DomainState::Lost => Kind::DomainLost,
        DomainState::Unspecified | DomainState::Pending | DomainState::Verified => return Ok(()),
    };
    let (store, now) = (store_of(&app, tx)?, app.clock.now());
    let draft = |contact: compose::Contact| Draft {
        kind,
        // Told again, it is the same mail.
        about: format!("domain:{}:{}", event.domain_id, event.version),
        lang: look::language(&contact.locale, &store),
        to: contact.email,
        order: None,
        facts: Facts {
            name: contact.name,
            domain: Some(Domain {
                host: event.host.clone(),
            }),
            ..Facts::default()
        },
        due_at: now,
        resend_of: None,
    };
    let roles = ROLES.map(str::to_owned);
    Ok(compose::queue_for_staff(tx, &app.vault, &roles, draft, now).await?)
}
