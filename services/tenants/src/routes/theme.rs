//! How a store looks: a draft that is composed and looked at, and what is published of it.

use garde::Validate;
use http_kit::permissions::{CanEditSettings, CanReadSettings};
use http_kit::{ApiError, Data, HttpResponse, IfMatch, Json, Staff};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::refused;
use crate::App;
use crate::deeds;
use crate::domain::theme::Look;
use crate::looks::{self, Looks, look_of};
use crate::previews;
use crate::store::catalogue;
use crate::store::themes::{self, VersionRow};

/// The draft, and where it stands.
#[derive(Clone, Serialize, ToSchema)]
pub struct ThemeView {
    #[serde(flatten)]
    pub look: Look,
    /// For `If-Match`; 0 while there is no draft and this is what is shown.
    pub version: i64,
    /// What everybody sees; null while nothing was published.
    pub published: Option<Published>,
    /// Whether the draft is what everybody sees.
    pub is_published: bool,
}

#[derive(Clone, Serialize, ToSchema)]
pub struct Published {
    pub number: i32,
    #[serde(with = "time::serde::rfc3339")]
    pub published_at: OffsetDateTime,
}

#[derive(Serialize, ToSchema)]
pub struct ThemeVersions {
    /// The newest first; the last 20 are kept.
    pub items: Vec<ThemeVersion>,
}

#[derive(Serialize, ToSchema)]
pub struct ThemeVersion {
    pub number: i32,
    pub template: String,
    #[serde(with = "time::serde::rfc3339")]
    pub published_at: OffsetDateTime,
    /// Whether everybody sees it.
    pub is_shown: bool,
}

#[derive(Deserialize, ToSchema, Validate)]
pub struct RollBack {
    /// Of the version to show again.
    #[garde(skip)]
    pub number: i32,
}

#[derive(Serialize, ToSchema)]
pub struct PreviewLink {
    pub token: String,
    /// The store's front page with the draft.
    pub url: String,
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

#[derive(Serialize, ToSchema)]
pub struct Templates {
    pub items: Vec<TemplateChoice>,
}

#[derive(Serialize, ToSchema)]
pub struct TemplateChoice {
    #[schema(example = "tactical")]
    pub key: String,
    /// By language.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"pt": "Tático", "en": "Tactical"}))]
    pub name: Value,
    /// Mode, fonts, colours, shape and layout.
    #[schema(value_type = BTreeMap<String, Value>)]
    pub definition: Value,
}

impl ThemeView {
    fn of(looks: &Looks) -> Result<Self, ApiError> {
        let look = looks.drafted()?;
        let published = looks.shown.as_ref().map(|shown| Published {
            number: shown.number,
            published_at: shown.published_at,
        });
        Ok(Self {
            is_published: look == looks.public()?,
            look,
            version: looks.version(),
            published,
        })
    }

    fn answer(self) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header(IfMatch::etag(self.version))
            .json(self)
    }
}

/// The themes a store may have.
#[utoipa::path(get, path = "/api/tenants/admin/templates", responses((status = 200, body = Templates)))]
pub async fn list_store_templates(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
) -> Result<Json<Templates>, ApiError> {
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            catalogue::list_templates(tx).await
        })
        .await?;
    let items = rows.into_iter().map(|row| TemplateChoice {
        key: row.key,
        name: row.name,
        definition: row.definition,
    });
    Ok(Json(Templates {
        items: items.collect(),
    }))
}

/// The draft.
#[utoipa::path(get, path = "/api/tenants/admin/theme", responses((status = 200, body = ThemeView)))]
pub async fn get_theme(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
) -> Result<HttpResponse, ApiError> {
    let looks = app
        .db
        .read(staff.tenant.id, async |tx| Looks::read(tx).await)
        .await?;
    Ok(ThemeView::of(&looks)?.answer())
}

/// Keeps a draft. Nobody sees it until it is published, but by a preview's link.
#[utoipa::path(put, path = "/api/tenants/admin/theme", responses((status = 200, body = ThemeView)))]
pub async fn save_theme(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    seen: IfMatch,
    body: Json<Look>,
) -> Result<HttpResponse, ApiError> {
    let look = body.into_inner();
    let misfits = look.misfits();
    if !misfits.is_empty() {
        return Err(refused(misfits));
    }
    let now = app.clock.now();
    let looks = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            looks::lock(tx).await?;
            let known = catalogue::list_template_keys(tx).await?;
            if !known.contains(&look.template) {
                let accepted = format!("one of: {}", known.join(", "));
                return Err(super::not_acceptable().at("/template", "unknown", accepted));
            }
            let before = seen_draft(tx, seen).await?;
            looks::keep_draft(tx, &look, seen.0, now).await?;
            let deed = staff.acted(now, "theme.draft", "theme");
            deeds::record(tx, deed.changed(&before.drafted()?, &look)).await?;
            Looks::read(tx).await
        })
        .await?;
    Ok(ThemeView::of(&looks)?.answer())
}

/// Shows the draft to everybody. What is shown already is not shown anew.
#[utoipa::path(post, path = "/api/tenants/admin/theme/publish", responses((status = 200, body = ThemeView)))]
pub async fn publish_theme(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    seen: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let now = app.clock.now();
    let looks = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            looks::lock(tx).await?;
            let before = seen_draft(tx, seen).await?;
            let (shown, look) = (before.public()?, before.drafted()?);
            if shown == look {
                return Ok(before);
            }
            looks::show(tx, &look, who(&staff), now).await?;
            let deed = staff.acted(now, "theme.publish", "theme");
            deeds::record(tx, deed.changed(&shown, &look)).await?;
            Looks::read(tx).await
        })
        .await?;
    app.hot.drop_tenant(staff.tenant.id);
    Ok(ThemeView::of(&looks)?.answer())
}

/// What was published, the newest first.
#[utoipa::path(get, path = "/api/tenants/admin/theme/versions", responses((status = 200, body = ThemeVersions)))]
pub async fn list_theme_versions(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
) -> Result<Json<ThemeVersions>, ApiError> {
    let (rows, looks) = app
        .db
        .read(staff.tenant.id, async |tx| {
            let rows = themes::list_versions(tx).await?;
            Ok::<_, ApiError>((rows, Looks::read(tx).await?))
        })
        .await?;
    let item = |row: VersionRow| ThemeVersion {
        is_shown: looks.config.published == Some(row.number),
        number: row.number,
        template: row.template_id,
        published_at: row.published_at,
    };
    Ok(Json(ThemeVersions {
        items: rows.into_iter().map(item).collect(),
    }))
}

/// Shows an earlier version again, as the newest; the draft becomes it too.
#[utoipa::path(post, path = "/api/tenants/admin/theme/rollback", responses((status = 200, body = ThemeView)))]
pub async fn roll_back_theme(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    seen: IfMatch,
    body: Json<RollBack>,
) -> Result<HttpResponse, ApiError> {
    let now = app.clock.now();
    let looks = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            looks::lock(tx).await?;
            let before = seen_draft(tx, seen).await?;
            let found = themes::find_version(tx, body.number).await?;
            let row = found.ok_or_else(|| ApiError::not_found("version-not-found"))?;
            let look = look_of(&row.template_id, row.sections.as_ref(), &row.tokens)?;
            looks::keep_draft(tx, &look, seen.0, now).await?;
            let shown = before.public()?;
            if shown != look {
                looks::show(tx, &look, who(&staff), now).await?;
            }
            let deed = staff.acted(now, "theme.rollback", format!("theme:{}", row.number));
            deeds::record(tx, deed.changed(&shown, &look)).await?;
            Looks::read(tx).await
        })
        .await?;
    app.hot.drop_tenant(staff.tenant.id);
    Ok(ThemeView::of(&looks)?.answer())
}

/// A link under which the draft can be looked at for an hour.
#[utoipa::path(post, path = "/api/tenants/admin/theme/preview", responses((status = 200, body = PreviewLink)))]
pub async fn preview_theme(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
) -> Result<HttpResponse, ApiError> {
    let expires_at = app.clock.now() + previews::LIFE;
    let expires_at = expires_at.replace_nanosecond(0).unwrap_or(expires_at);
    let token = previews::token(&app.ticket_key, staff.tenant.id, expires_at);
    let url = format!(
        "{}/?preview={token}",
        app.url_of(staff.tenant.slug.as_str())
    );
    let link = PreviewLink {
        token,
        url,
        expires_at,
    };
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "no-store"))
        .json(link))
}

/// 412 when somebody else saved the draft since.
async fn seen_draft(tx: &db::TenantTx, seen: IfMatch) -> Result<Looks, ApiError> {
    let looks = Looks::read(tx).await?;
    if looks.version() == seen.0 {
        return Ok(looks);
    }
    Err(ApiError::precondition_failed(&ThemeView::of(&looks)?))
}

fn who<P: http_kit::Permission>(staff: &Staff<P>) -> String {
    use http_kit::Audience as _;
    staff.principal().to_string()
}
