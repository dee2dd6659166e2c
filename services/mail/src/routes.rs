//! The path table.

mod deliveries;
mod endpoints;
mod messages;
mod platform;
mod provider;
mod settings;
mod suppressions;
mod templates;
mod unsubscribe;

use http_kit::permissions::Permission;
use http_kit::{Acted, ApiError, Routes, Staff, routes};

use crate::app::App;

pub fn table() -> Routes<App> {
    routes![
        provider: receive_provider_event;
        unsubscribe: show_unsubscribe, unsubscribe;
        settings: get_mail_settings, save_mail_settings, get_mail_usage;
        templates: list_templates, get_template, save_template, delete_template, preview_template, test_template;
        messages: list_messages, get_message, get_message_content, resend_message;
        suppressions: list_suppressions, create_suppressed, delete_suppression;
        endpoints: list_webhook_types, list_endpoints, create_endpoint, get_endpoint, save_endpoint, delete_endpoint, rotate_endpoint_secret, test_endpoint;
        deliveries: list_deliveries, get_delivery, resend_delivery;
        platform: get_mail_overview, list_mails_across, list_provider_events, resume_transport, verify_sender;
    ]
}

/// Tells a deed to the store's audit trail, in the transaction of the deed.
pub(crate) async fn record(tx: &mut db::TenantTx, acted: Acted) -> Result<(), ApiError> {
    let event = ::events::mail::v1::ActionRecorded {
        tenant_id: tx.tenant().to_string(),
        action: Some(acted.into()),
    };
    Ok(bus::emit(tx, &event).await?)
}

/// A deed of a person of the staff, now.
pub(crate) fn acted<P: Permission>(
    app: &App,
    staff: &Staff<P>,
    action: &str,
    target: impl Into<String>,
) -> Acted {
    staff.acted(app.clock.now(), action, target)
}
