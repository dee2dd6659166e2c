//! The words of the store's mails: the platform's, and the merchant's own over them.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use db::TenantTx;
use garde::Validate;
use http_kit::permissions::{CanEditSettings, CanReadSettings};
use http_kit::{Answer, ApiError, Data, IdempotencyKey, IfMatch, Json, Path, Staff, once};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::settings::one_line;
use super::{acted, record};
use crate::app::App;
use crate::compose::{self, Draft};
use crate::domain::format::Lang;
use crate::domain::kinds::{Audience, Kind};
use crate::domain::placeholders::{self, TextError};
use crate::look;
use crate::render::texts::{Override, Texts};
use crate::render::{Wanted, samples};
use crate::store::{contacts, overrides};

const SUBJECT_CHARS_MAX: usize = 200;

#[derive(Serialize, ToSchema)]
pub struct TemplateItem {
    #[schema(example = "order_paid")]
    pub kind: String,
    /// shopper or staff.
    pub audience: String,
    /// Needs consent and can be unsubscribed from.
    pub is_marketing: bool,
    /// Languages in which the store has words of its own.
    pub changed_in: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub struct TemplateList {
    pub items: Vec<TemplateItem>,
    #[schema(example = json!(["pt-PT", "en", "es", "fr"]))]
    pub locales: Vec<String>,
}

/// A kind of mail in a language.
#[derive(Clone, Serialize, ToSchema)]
pub struct TemplateView {
    pub kind: String,
    pub locale: String,
    /// As they are used: the store's own where it has any.
    pub texts: Texts,
    /// As the platform has them.
    pub defaults: Texts,
    /// Names that `{{ … }}` may hold.
    pub known: BTreeSet<String>,
    /// Of the store's own words; 0 while it has none.
    pub version: i64,
}

/// Words of the store's own; what is left out stays as the platform has it.
#[derive(Deserialize, ToSchema, Validate)]
pub struct SaveTemplate {
    #[garde(inner(length(chars, min = 1, max = SUBJECT_CHARS_MAX), custom(one_line)))]
    pub subject: Option<String>,
    #[garde(inner(length(chars, min = 1, max = 200), custom(one_line)))]
    pub heading: Option<String>,
    #[garde(inner(length(chars, min = 1, max = 5_000)))]
    pub body: Option<String>,
    #[garde(inner(length(chars, max = 5_000)))]
    pub closing: Option<String>,
    #[garde(inner(length(chars, max = 60), custom(one_line)))]
    pub button: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct PreviewView {
    pub subject: String,
    pub html: String,
    pub text: String,
}

#[derive(Serialize, ToSchema)]
pub struct TestSent {
    pub message_id: Uuid,
}

/// Every kind of mail.
#[utoipa::path(get, path = "/api/mail/admin/templates", responses((status = 200, body = TemplateList)))]
pub async fn list_templates(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
) -> Result<Json<TemplateList>, ApiError> {
    let own = app
        .db
        .read(staff.tenant.id, async |tx| overrides::list(tx).await)
        .await?;
    let item = |kind: &Kind| TemplateItem {
        kind: kind.name().to_owned(),
        audience: match kind.audience() {
            Audience::Shopper => "shopper",
            Audience::Staff => "staff",
        }
        .to_owned(),
        is_marketing: kind.is_marketing(),
        changed_in: own
            .iter()
            .filter(|row| row.kind == kind.name())
            .map(|row| row.locale.clone())
            .collect(),
    };
    Ok(Json(TemplateList {
        items: Kind::ALL.iter().map(item).collect(),
        locales: Lang::ALL.iter().map(|lang| lang.tag().to_owned()).collect(),
    }))
}

/// One kind in one language.
#[utoipa::path(get, path = "/api/mail/admin/templates/{kind}/{locale}", responses((status = 200, body = TemplateView)))]
pub async fn get_template(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (kind, lang) = of_path(&path)?;
    let view = app
        .db
        .read(staff.tenant.id, async |tx| view(&app, tx, kind, lang).await)
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(IfMatch::etag(view.version))
        .json(view))
}

/// Gives a kind words of the store's own. Names that are not known are told with their line.
#[utoipa::path(put, path = "/api/mail/admin/templates/{kind}/{locale}", responses((status = 200, body = TemplateView)))]
pub async fn save_template(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    path: Path<(String, String)>,
    seen: IfMatch,
    body: Json<SaveTemplate>,
) -> Result<HttpResponse, ApiError> {
    let (kind, lang) = of_path(&path)?;
    let own = checked(&app, kind, body.into_inner())?;
    let texts = serde_json::to_value(&own).map_err(|error| ApiError::internal(&error))?;
    let now = app.clock.now();
    let view = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            let before = view(&app, tx, kind, lang).await?;
            if overrides::save(tx, (kind, lang), seen.0, &texts, now)
                .await?
                .is_none()
            {
                return Err(ApiError::precondition_failed(&before));
            }
            let after = view(&app, tx, kind, lang).await?;
            let deed = acted(&app, &staff, "mail_template.update", target(kind, lang));
            record(tx, deed.changed(&before.texts, &after.texts)).await?;
            Ok(after)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(IfMatch::etag(view.version))
        .json(view))
}

/// Back to the platform's words.
#[utoipa::path(delete, path = "/api/mail/admin/templates/{kind}/{locale}", responses((status = 204)))]
pub async fn delete_template(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (kind, lang) = of_path(&path)?;
    app.db
        .tenant(staff.tenant.id, async |tx| {
            if let Some(gone) = overrides::delete(tx, kind, lang).await? {
                let deed = acted(&app, &staff, "mail_template.delete", target(kind, lang));
                record(tx, deed.deleted(&gone.texts)).await?;
            }
            Ok::<_, ApiError>(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// How the mail would look with these words, with made-up data and the store's own look.
#[utoipa::path(post, path = "/api/mail/admin/templates/{kind}/{locale}/preview", responses((status = 200, body = PreviewView)))]
pub async fn preview_template(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
    path: Path<(String, String)>,
    body: Json<SaveTemplate>,
) -> Result<Json<PreviewView>, ApiError> {
    let (kind, lang) = of_path(&path)?;
    let given = checked(&app, kind, body.into_inner())?;
    let (look, stored) = app
        .db
        .read(staff.tenant.id, async |tx| {
            let look = look::load(tx, &app.origins, &staff.tenant).await?;
            Ok::<_, ApiError>((look, own_words(tx, kind, lang).await?.0))
        })
        .await?;
    let own = over(&stored, given);
    let facts = samples::facts(kind);
    let wanted = Wanted {
        kind,
        lang,
        facts: &facts,
        store: &look.store,
        own: Some(&own),
        unsubscribe_url: kind.is_marketing().then(|| look.store.url.clone()),
        is_test: true,
    };
    let mail = app
        .renderer
        .render(&wanted)
        .map_err(|error| ApiError::internal(&error))?;
    Ok(Json(PreviewView {
        subject: mail.subject,
        html: mail.html,
        text: mail.text,
    }))
}

/// Sends the mail with made-up data to whoever asks.
#[utoipa::path(post, path = "/api/mail/admin/templates/{kind}/{locale}/test", responses((status = 202, body = TestSent)))]
pub async fn test_template(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    path: Path<(String, String)>,
    key: IdempotencyKey,
) -> Result<HttpResponse, ApiError> {
    let (kind, lang) = of_path(&path)?;
    let now = app.clock.now();
    let hash = http_kit::RequestHash::NONE;
    let sent = once(
        &app.db,
        staff.tenant.id,
        &key,
        hash,
        async |tx: &mut TenantTx| {
            let row = contacts::find(tx, staff.id.uuid()).await?;
            let row = row.ok_or_else(|| {
                ApiError::conflict(
                    "no-address",
                    "your own address is not known here; a test goes to nobody else",
                )
            })?;
            let contact = compose::open_contact(tx, &app.vault, &row)?;
            let draft = Draft {
                kind,
                about: compose::test_about(),
                to: contact.email,
                lang,
                order: None,
                facts: samples::facts(kind),
                due_at: now,
                resend_of: None,
            };
            let id = compose::queue(tx, &app.vault, &draft, now).await?;
            record(
                tx,
                acted(&app, &staff, "mail_template.test", target(kind, lang)),
            )
            .await?;
            Ok::<_, ApiError>(Answer::accepted(TestSent {
                message_id: id.unwrap_or_default(),
            }))
        },
    )
    .await?;
    app.mail_wake.notify_one();
    Ok(sent)
}

fn of_path(path: &(String, String)) -> Result<(Kind, Lang), ApiError> {
    let (kind, locale) = path;
    let found = Kind::from_name(kind).zip(Lang::from_tag(locale));
    found.ok_or_else(|| ApiError::not_found("template-not-found"))
}

fn target(kind: Kind, lang: Lang) -> String {
    format!("mail_template:{}:{}", kind.name(), lang.tag())
}

/// Words whose every name is known.
fn checked(app: &App, kind: Kind, given: SaveTemplate) -> Result<Override, ApiError> {
    let known = app.renderer.known(kind);
    let texts = [
        ("/subject", &given.subject),
        ("/heading", &given.heading),
        ("/body", &given.body),
        ("/closing", &given.closing),
        ("/button", &given.button),
    ];
    let wrong = texts.into_iter().filter_map(|(pointer, text)| {
        let checked = placeholders::check(text.as_deref()?, &known);
        checked.err().map(|error| (pointer, error))
    });
    let wrong: Vec<(&str, TextError)> = wrong.collect();
    if wrong.is_empty() {
        return Ok(Override {
            subject: given.subject,
            heading: given.heading,
            body: given.body,
            closing: given.closing,
            button: given.button,
        });
    }
    let problem = ApiError::invalid("template-invalid", "some texts name what is not known");
    Err(wrong
        .into_iter()
        .fold(problem, |problem, (pointer, error)| {
            problem.at(pointer, "template-invalid", error.to_string())
        }))
}

async fn own_words(tx: &TenantTx, kind: Kind, lang: Lang) -> Result<(Override, i64), ApiError> {
    let row = overrides::find(tx, kind, lang).await?;
    Ok(row.map_or_else(Default::default, |row| {
        (
            serde_json::from_value(row.texts).unwrap_or_default(),
            row.version,
        )
    }))
}

fn over(stored: &Override, given: Override) -> Override {
    let pick = |given: Option<String>, stored: &Option<String>| given.or_else(|| stored.clone());
    Override {
        subject: pick(given.subject, &stored.subject),
        heading: pick(given.heading, &stored.heading),
        body: pick(given.body, &stored.body),
        closing: pick(given.closing, &stored.closing),
        button: pick(given.button, &stored.button),
    }
}

async fn view(app: &App, tx: &TenantTx, kind: Kind, lang: Lang) -> Result<TemplateView, ApiError> {
    let (own, version) = own_words(tx, kind, lang).await?;
    Ok(TemplateView {
        kind: kind.name().to_owned(),
        locale: lang.tag().to_owned(),
        texts: app.renderer.texts(kind, lang, Some(&own)),
        defaults: app.renderer.texts(kind, lang, None),
        known: app.renderer.known(kind),
        version,
    })
}
