//! What orders tells of customers: letters about their accounts, and their withdrawals.

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::from_us;
use events::orders::v1::{AccountMailKind, AccountMailRequested, WithdrawalReceived};
use http_kit::auth::account_word;
use kernel::Email;
use uuid::Uuid;

use super::orders::store_of;
use crate::app::App;
use crate::compose::{self, Draft};
use crate::domain::facts::{Facts, Link, Withdrawal};
use crate::domain::kinds::Kind;
use crate::domain::links;
use crate::look;
use crate::store::settings;

/// Who hears of a withdrawal where the store has not said who hears of orders.
const OWNER: &str = "owner";

pub async fn account_mail(
    tx: &mut TenantTx,
    delivery: Delivery<AccountMailRequested>,
    app: App,
) -> Result<(), HandleError> {
    let event = delivery.message;
    let request = uuid(&event.request_id, "request_id")?;
    let to = address(&event.email)?;
    let (store, now) = (store_of(&app, tx)?, app.clock.now());
    let lang = look::language(&event.locale, &store);
    let url = app.origins.pages(&store, lang);
    let word = || account_word(&app.ticket_key, tx.tenant(), request);
    let (kind, url) = match event.kind() {
        AccountMailKind::Verify => (Kind::AccountVerify, links::account_verify(&url, &word())),
        AccountMailKind::Reset => (Kind::AccountReset, links::account_reset(&url, &word())),
        AccountMailKind::Exists => (Kind::AccountExists, links::account_sign_in(&url)),
        AccountMailKind::Welcome => (Kind::AccountWelcome, links::account(&url)),
        AccountMailKind::Unspecified => {
            return Err(HandleError::Park("the kind of letter is not known".into()));
        }
    };
    let expires_at = from_us(event.expires_at_us).filter(|_| event.expires_at_us > 0);
    // Nobody can follow a link that has run out; its owner has asked for another one or does not care.
    if expires_at.is_some_and(|end| end <= now) {
        return Ok(());
    }
    let draft = Draft {
        kind,
        about: format!("account:{request}"),
        to,
        lang,
        order: None,
        facts: Facts {
            name: event.name,
            link: Some(Link { url, expires_at }),
            ..Facts::default()
        },
        due_at: now,
        resend_of: None,
    };
    compose::queue(tx, &app.vault, &draft, now).await?;
    Ok(())
}

/// The receipt to the consumer, at once, and the news to the store.
pub async fn withdrawal(
    tx: &mut TenantTx,
    delivery: Delivery<WithdrawalReceived>,
    app: App,
) -> Result<(), HandleError> {
    let event = delivery.message;
    let id = uuid(&event.withdrawal_id, "withdrawal_id")?;
    let order = uuid(&event.order_id, "order_id")?;
    let to = address(&event.email)?;
    let facts = Withdrawal::of(&event)
        .ok_or_else(|| HandleError::Park("received_at_us is absent".to_owned()))?;
    let (store, now) = (store_of(&app, tx)?, app.clock.now());
    let of = |name: String| Facts {
        name,
        withdrawal: Some(facts.clone()),
        ..Facts::default()
    };
    let receipt = Draft {
        kind: Kind::WithdrawalReceived,
        about: format!("withdrawal:{id}"),
        to,
        lang: look::language(&event.locale, &store),
        order: Some(order),
        facts: of(event.name.clone()),
        due_at: now,
        resend_of: None,
    };
    compose::queue(tx, &app.vault, &receipt, now).await?;
    let settings = settings::find(tx).await?;
    let roles = settings.map_or_else(
        || vec![OWNER.to_owned()],
        |settings| settings.new_order_roles,
    );
    let notice = |contact: compose::Contact| Draft {
        kind: Kind::NewWithdrawal,
        about: format!("withdrawal:{id}"),
        lang: look::language(&contact.locale, &store),
        to: contact.email,
        order: Some(order),
        facts: of(contact.name),
        due_at: now,
        resend_of: None,
    };
    Ok(compose::queue_for_staff(tx, &app.vault, &roles, notice, now).await?)
}

pub(super) fn uuid(text: &str, what: &str) -> Result<Uuid, HandleError> {
    text.parse()
        .map_err(|_| HandleError::Park(format!("{what} is not a UUID")))
}

pub(super) fn address(text: &str) -> Result<Email, HandleError> {
    text.parse()
        .map_err(|_| HandleError::Park("email is no address to write to".into()))
}
