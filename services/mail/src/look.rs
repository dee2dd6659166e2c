//! How a store looks in its mails, from all that is known of it here.

use db::TenantTx;
use futures_util::try_join;
use http_kit::Tenant;
use kernel::Config;

use crate::domain::format::Lang;
use crate::domain::links;
use crate::render::StoreLook;
use crate::store::profiles::{self, ProfileRow};
use crate::store::settings::{self, SettingRow};

/// The platform's addresses.
#[derive(Clone, Debug)]
pub struct Origins {
    scheme: String,
    /// With its colon, where a browser needs it.
    port: String,
    base_domain: String,
    pub admin: String,
}

/// A store's look, and whom its mails come from.
pub struct Look {
    pub store: StoreLook,
    /// The store's own sender, once it is proven and paid for.
    pub sender: Option<String>,
    pub sender_name: String,
    pub reply_to: Option<String>,
}

/// The entitlement of a sender of the store's own.
pub const OWN_SENDER: &str = "mail.own_sender";

impl Origins {
    pub fn of(config: &Config) -> Self {
        let standard = matches!(
            (config.public_scheme.as_str(), config.public_port),
            ("https", 443) | ("http", 80)
        );
        Self {
            scheme: config.public_scheme.clone(),
            port: if standard {
                String::new()
            } else {
                format!(":{}", config.public_port)
            },
            base_domain: config.base_domain.clone(),
            admin: config.admin_url(),
        }
    }

    /// Where a store's pages are: its own first host, or the one under the platform's domain.
    pub fn store(&self, tenant: &Tenant) -> String {
        let under = || format!("{}.{}", tenant.slug, self.base_domain);
        let host = tenant.hosts.first().cloned().unwrap_or_else(under);
        format!("{}://{host}{}", self.scheme, self.port)
    }

    /// What stands before the paths of a store's pages for somebody who reads `lang`.
    pub fn pages(&self, tenant: &Tenant, lang: Lang) -> String {
        let prefix = links::prefix(lang, language("", tenant));
        format!("{}{prefix}", self.store(tenant))
    }
}

pub async fn load(tx: &TenantTx, origins: &Origins, tenant: &Tenant) -> Result<Look, db::Error> {
    let (profile, settings) = try_join!(profiles::find(tx), settings::find(tx))?;
    Ok(of(
        origins,
        tenant,
        profile.unwrap_or_default(),
        settings.as_ref(),
    ))
}

/// The language of somebody whose locale is `wanted`: theirs, else the store's, else English.
pub fn language(wanted: &str, tenant: &Tenant) -> Lang {
    Lang::of_locale(wanted)
        .or_else(|| Lang::of_locale(tenant.locale.as_str()))
        .unwrap_or(Lang::En)
}

fn of(
    origins: &Origins,
    tenant: &Tenant,
    profile: ProfileRow,
    settings: Option<&SettingRow>,
) -> Look {
    let own = |pick: fn(&SettingRow) -> Option<String>| settings.and_then(pick);
    let contact = profile.contact_email;
    let sender = own(|settings| settings.sender().map(str::to_owned));
    Look {
        sender: sender.filter(|_| tenant.has(OWN_SENDER)),
        sender_name: own(|settings| settings.sender_name.clone())
            .unwrap_or_else(|| tenant.name.clone()),
        reply_to: own(|settings| settings.reply_to.clone())
            .or_else(|| Some(contact.clone()).filter(|contact| !contact.is_empty())),
        store: StoreLook {
            name: tenant.name.clone(),
            url: origins.store(tenant),
            lang: language("", tenant),
            admin_url: origins.admin.clone(),
            logo_url: profile.logo_url,
            contact_email: contact,
            contact_phone: profile.contact_phone,
            tax_id: profile.tax_id,
            accent: own(|settings| Some(settings.accent.clone()))
                .unwrap_or_else(|| "#1f2937".to_owned()),
            time_zone: profile.time_zone,
        },
    }
}
