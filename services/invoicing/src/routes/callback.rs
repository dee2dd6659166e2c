//! The merchant comes back from Moloni.

use events::common::v1::Action;
use events::invoicing::v1::ActionRecorded;
use events::to_us;
use http_kit::{ApiError, Data, HttpResponse, Public, Query};
use kernel::EventId;
use serde::Deserialize;
use tracing::Instrument as _;
use utoipa::IntoParams;
use uuid::Uuid;

use super::connection::{State, redirect};
use super::cookies::{self, Browser};
use crate::app::App;
use crate::domain::problem::Code;
use crate::provider::ProviderError;
use crate::store::{connections, documents};
use crate::tokens;

const CODE_CHARS_MAX: usize = 500;

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Returned {
    /// What the tokens are given for; absent when the merchant did not agree.
    pub code: String,
    pub state: String,
    /// Why there is no code.
    pub error: String,
    pub error_description: String,
}

/// Takes the merchant back from Moloni and keeps the store's access. It only counts with a state that we
/// signed for this store, once, and in the browser that began it: whoever is led here by somebody else's
/// link must not connect that person's store to his own account.
#[utoipa::path(get, path = "/api/invoicing/moloni/callback", responses((status = 303), (status = 403)))]
pub async fn finish_connection(
    app: Data<App>,
    _: Public,
    browser: Browser,
    returned: Query<Returned>,
) -> Result<HttpResponse, ApiError> {
    let word = finish(&app, &browser, &returned).await?;
    let admin = app.config.admin_url();
    let location = format!("{admin}/settings/invoicing?moloni={word}");
    Ok(HttpResponse::SeeOther()
        .cookie(cookies::ended())
        .insert_header(("location", location))
        .insert_header(("referrer-policy", "no-referrer"))
        .insert_header(("cache-control", "no-store"))
        .finish())
}

/// How it went, as the admin panel is told.
async fn finish(
    app: &App,
    browser: &Browser,
    returned: &Returned,
) -> Result<&'static str, ApiError> {
    let Some(state) = State::open(app, &returned.state) else {
        return Ok("expired");
    };
    if !browser.began(app, state.id) {
        // The attempt is left to the browser that began it.
        tracing::warn!(tenant.id = %state.tenant, "A browser came back from Moloni that had not begun there");
        return Err(ApiError::forbidden("other-browser").detail(
            "this connection to Moloni was begun in another browser, or longer ago than a quarter of an hour; \
             nothing was connected. Begin again in the invoicing settings of the store",
        ));
    }
    let now = app.clock.now();
    let begun_by = app
        .db
        .tenant(state.tenant, async |tx| {
            connections::use_attempt(tx, state.id, now).await
        })
        .await?;
    let Some(staff) = begun_by else {
        return Ok("expired");
    };
    let code = returned.code.as_str();
    if code.is_empty() || code.len() > CODE_CHARS_MAX {
        return Ok("refused");
    }
    let tenant = state.tenant;
    // On its own: Moloni gives its tokens once, and may take longer than this request.
    let task = connect(app.clone(), state, staff, code.to_owned()).in_current_span();
    let broken_off = |_| Err(ProviderError::Wait("the connection was broken off".into()));
    match tokio::spawn(task).await.unwrap_or_else(broken_off) {
        Ok(()) => Ok("connected"),
        Err(ProviderError::Database(error)) => Err(error.into()),
        Err(error) => {
            tracing::warn!(tenant.id = %tenant, error = %error, "A store could not be connected to Moloni");
            Ok("failed")
        }
    }
}

/// Everything that waits for the access goes on by itself.
async fn connect(app: App, state: State, staff: Uuid, code: String) -> Result<(), ProviderError> {
    let app = &app;
    let moloni = tokens::moloni(app)?;
    let pair = moloni.exchange(&code, &redirect(app)).await;
    let pair = pair.map_err(ProviderError::of)?;
    let sealed = tokens::seal(app, state.tenant, &pair)?;
    let now = app.clock.now();
    app.db
        .tenant(state.tenant, async |tx| {
            connections::save_new(tx, &sealed, now).await?;
            let waiting = [
                Code::NotConnected,
                Code::ConnectionLost,
                Code::CompanyClosed,
                Code::Sealed,
            ];
            documents::release_problems(tx, &waiting, now).await?;
            let event = ActionRecorded {
                tenant_id: tx.tenant().to_string(),
                action: Some(Action {
                    action_id: EventId::new().to_string(),
                    version: 1,
                    at_us: to_us(now),
                    actor: format!("staff:{staff}"),
                    action: "invoicing.connection.create".to_owned(),
                    target: "connection:moloni".to_owned(),
                    ..Action::default()
                }),
            };
            bus::emit(tx, &event).await
        })
        .await?;
    app.wake.notify_one();
    Ok(())
}
