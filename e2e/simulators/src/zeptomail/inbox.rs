//! The inbox: a page that shows every mail as its reader would see it, at the width of a desk or a phone.

mod page;

use super::Sim;
use super::world::{Attachment, Mail};
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY};
use actix_web::web::{Data, Path, Query, ServiceConfig};
use actix_web::{HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;

/// Nothing runs in a mail; its links open beside it.
const SANDBOX: &str =
    "sandbox allow-popups allow-popups-to-escape-sandbox; script-src 'none'; object-src 'none'";

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/", web::get().to(show))
        .route("/inbox/newest", web::get().to(newest))
        .route("/inbox/{id}/html", web::get().to(html))
        .route(
            "/inbox/{id}/attachments/{number}",
            web::get().to(attachment),
        );
}

/// What the reader chose.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct View {
    /// The open mail.
    mail: u64,
    /// What is looked for.
    q: String,
    /// `html`, `text` or `headers`.
    show: String,
}

impl View {
    fn finds(&self, mail: &Mail) -> bool {
        let wanted = self.q.to_lowercase();
        let mut texts: Vec<&str> = vec![
            &mail.subject,
            &mail.client_reference,
            &mail.from.address,
            &mail.from.name,
        ];
        texts.extend(
            mail.recipients()
                .flat_map(|one| [one.address.as_str(), one.name.as_str()]),
        );
        texts
            .iter()
            .any(|text| text.to_lowercase().contains(&wanted))
    }
}

async fn show(sim: Data<Sim>, view: Query<View>) -> HttpResponse {
    let world = sim.world();
    let found: Vec<&Mail> = world
        .mails
        .iter()
        .rev()
        .filter(|mail| view.finds(mail))
        .collect();
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(page::of(&found, world.mail(view.mail), &view))
}

/// What the page asks now and then, to see whether it is old.
async fn newest(sim: Data<Sim>) -> HttpResponse {
    let id = sim.world().mails.last().map_or(0, |mail| mail.id);
    HttpResponse::Ok().json(json!({"newest": id}))
}

async fn html(sim: Data<Sim>, id: Path<u64>) -> HttpResponse {
    match sim.world().mail(*id) {
        Some(mail) => HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((CONTENT_SECURITY_POLICY, SANDBOX))
            .body(readable(mail)),
        None => HttpResponse::NotFound().finish(),
    }
}

/// The HTML with its inline images, and links that leave the frame.
fn readable(mail: &Mail) -> String {
    let mut html = mail.html.clone();
    for (number, attachment) in mail.attachments.iter().enumerate() {
        if let Some(cid) = &attachment.cid {
            let address = format!("/inbox/{}/attachments/{number}", mail.id);
            html = html.replace(&format!("cid:{cid}"), &address);
        }
    }
    // Before everything would put the browser into its old ways, so behind the doctype.
    let at = html
        .to_lowercase()
        .find("<head>")
        .map_or(0, |at| at + "<head>".len());
    let base = "<base target=_blank>";
    match html.split_at_checked(at) {
        Some((start, rest)) if at > 0 => format!("{start}{base}{rest}"),
        _ => format!("<!doctype html><meta charset=utf-8>{base}{html}"),
    }
}

async fn attachment(sim: Data<Sim>, path: Path<(u64, usize)>) -> HttpResponse {
    let (id, number) = path.into_inner();
    let world = sim.world();
    let found = world.mail(id).and_then(|mail| mail.attachments.get(number));
    match found {
        Some(attachment) => download(attachment),
        None => HttpResponse::NotFound().finish(),
    }
}

fn download(attachment: &Attachment) -> HttpResponse {
    let way = match attachment.cid {
        Some(_) => "inline",
        None => "attachment",
    };
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "._- ".contains(letter);
    let name: String = attachment
        .name
        .chars()
        .map(|letter| if plain(letter) { letter } else { '_' })
        .collect();
    HttpResponse::Ok()
        .content_type(attachment.mime_type.as_str())
        .insert_header((CONTENT_SECURITY_POLICY, SANDBOX))
        .insert_header((CONTENT_DISPOSITION, format!("{way}; filename=\"{name}\"")))
        .body(STANDARD.decode(&attachment.content).unwrap_or_default())
}
