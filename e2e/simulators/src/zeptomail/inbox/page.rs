//! The page itself: mails on the left, the open one on the right; one below the other on a phone.

use super::View;
use crate::html::escape;
use crate::zeptomail::world::{Address, Mail};
use std::fmt::Write as _;
use time::OffsetDateTime;
use time::macros::format_description;
use url::form_urlencoded;

const STYLE: &str = include_str!("../assets/inbox.css");
const SCRIPT: &str = include_str!("../assets/inbox.js");
/// A paper clip, drawn, because not every machine has the letter for it.
const CLIP: &str = "<svg viewBox='0 0 16 16' width=14 height=14 role=img aria-label=Attachment><path \
    d='M12.5 7.5 8 12a2.8 2.8 0 0 1-4-4l5.2-5.2a1.9 1.9 0 0 1 2.7 2.7L6.8 10.6a.9.9 0 0 1-1.3-1.3L9.8 5' \
    fill=none stroke=currentColor stroke-width=1.3 stroke-linecap=round /></svg>";
/// Mails that the list shows.
const LIST_MAX: usize = 200;

pub(super) fn of(found: &[&Mail], open: Option<&Mail>, view: &View) -> String {
    let state = if open.is_some() { "reading" } else { "listing" };
    let title = open.map_or_else(
        || format!("Inbox ({})", found.len()),
        |mail| mail.subject.clone(),
    );
    let title = escape(&title);
    let query = escape(&view.q);
    let (list, pane) = (list(found, open, view), pane(open, view));
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <title>{title}</title><style>{STYLE}</style></head><body class={state}>\
         <aside><header><h1>Inbox <small>simulated</small></h1>\
         <form><input type=search name=q value=\"{query}\" placeholder='Search people, subject, reference' \
         aria-label=Search></form></header><nav id=list aria-label=Mails>{list}</nav></aside>\
         <main>{pane}</main><script>{SCRIPT}</script></body></html>"
    )
}

fn list(found: &[&Mail], open: Option<&Mail>, view: &View) -> String {
    if found.is_empty() {
        return "<p class=empty>No mails yet. They appear here by themselves.</p>".into();
    }
    let mut list = String::new();
    for mail in found.iter().take(LIST_MAX) {
        let current = if open.is_some_and(|open| open.id == mail.id) {
            " aria-current=true"
        } else {
            ""
        };
        let clip = if mail.attachments.iter().any(|one| one.cid.is_none()) {
            CLIP
        } else {
            ""
        };
        let _ = write!(
            list,
            "<a href=\"{}\"{current}><b>{}</b><time>{}</time><span class=subject>{}</span>{clip}{}</a>",
            link(view, mail.id, ""),
            escape(&people(&mail.to)),
            time(mail.at),
            escape(&mail.subject),
            fate(mail),
        );
    }
    list
}

/// What became of a mail, as a badge.
fn fate(mail: &Mail) -> String {
    let last = mail.events.last().and_then(|event| event.split(' ').next());
    match last {
        Some(event) => format!("<i class=\"fate {event}\">{}</i>", words(event)),
        None => String::new(),
    }
}

fn words(event: &str) -> &str {
    match event {
        "softbounce" => "soft bounce",
        "hardbounce" => "hard bounce",
        "feedbackloop" => "complaint",
        "email_open" => "opened",
        "email_link_click" => "clicked",
        other => other,
    }
}

fn pane(open: Option<&Mail>, view: &View) -> String {
    let Some(mail) = open else {
        return "<p class=empty>Choose a mail to read it.</p>".into();
    };
    let shown = match (view.show.as_str(), mail.html.is_empty()) {
        ("headers", _) => "headers",
        ("text", _) | (_, true) => "text",
        _ => "html",
    };
    let tab = |name: &str, title: &str| {
        let current = if name == shown {
            " aria-current=true"
        } else {
            ""
        };
        format!(
            "<a href=\"{}\"{current}>{title}</a>",
            link(view, mail.id, name)
        )
    };
    let tabs = [
        tab("html", "HTML"),
        tab("text", "Text"),
        tab("headers", "Headers"),
    ]
    .concat();
    let body = match shown {
        "html" => frame(mail),
        "text" => format!("<pre>{}</pre>", escape(&mail.text)),
        _ => headers(mail),
    };
    format!(
        "{}<div class=tabs>{tabs}{}</div>{}{body}",
        head(mail, view),
        widths(shown),
        attachments(mail)
    )
}

fn head(mail: &Mail, view: &View) -> String {
    let back = link(view, 0, "");
    let mut rows = String::new();
    for (name, addresses) in [
        ("To", &mail.to),
        ("Cc", &mail.cc),
        ("Bcc", &mail.bcc),
        ("Reply to", &mail.reply_to),
    ] {
        if !addresses.is_empty() {
            let _ = write!(rows, "<dt>{name}<dd>{}", escape(&written(addresses)));
        }
    }
    format!(
        "<header><a class=back href=\"{back}\">‹ Inbox</a><h2>{}</h2><dl><dt>From<dd>{}{rows}<dt>Sent<dd>{} {}</dl></header>",
        escape(&mail.subject),
        escape(&written(std::slice::from_ref(&mail.from))),
        time(mail.at),
        fate(mail),
    )
}

/// Two widths to look at a mail in, without a script.
fn widths(shown: &str) -> &'static str {
    match shown {
        "html" => {
            "<span class=widths><input type=radio name=width id=desk checked><label for=desk>Desktop</label>\
             <input type=radio name=width id=phone><label for=phone>Phone</label></span>"
        }
        _ => "",
    }
}

fn frame(mail: &Mail) -> String {
    format!(
        "<div class=frame><iframe sandbox='allow-popups allow-popups-to-escape-sandbox' title='The mail' \
         src='/inbox/{}/html'></iframe></div>",
        mail.id
    )
}

fn headers(mail: &Mail) -> String {
    let mut rows = vec![
        ("Via", if mail.by_smtp { "SMTP" } else { "API" }.to_owned()),
        ("Agent", mail.agent.clone()),
        ("Request", mail.request_id.clone()),
        ("Email reference", mail.email_reference.clone()),
        ("Client reference", mail.client_reference.clone()),
        ("Bounce address", mail.bounce_address.clone()),
        ("Events", mail.events.join("\n")),
    ];
    rows.extend(
        mail.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone())),
    );
    let rows = rows
        .iter()
        .map(|(name, value)| format!("<tr><th>{}<td>{}</tr>", escape(name), escape(value)));
    format!("<table>{}</table>", rows.collect::<String>())
}

fn attachments(mail: &Mail) -> String {
    let mut files = String::new();
    for (number, file) in mail.attachments.iter().enumerate() {
        if file.cid.is_none() {
            let size = file.content.len() * 3 / 4 / 1_024 + 1;
            let _ = write!(
                files,
                "<a download href='/inbox/{}/attachments/{number}'>{CLIP} {} <small>{size} KB</small></a>",
                mail.id,
                escape(&file.name)
            );
        }
    }
    match files.is_empty() {
        true => files,
        false => format!("<div class=files>{files}</div>"),
    }
}

/// The page with another mail or another view of it, and the same search.
fn link(view: &View, mail: u64, show: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if mail > 0 {
        query.append_pair("mail", &mail.to_string());
    }
    if !show.is_empty() {
        query.append_pair("show", show);
    }
    if !view.q.is_empty() {
        query.append_pair("q", &view.q);
    }
    escape(&format!("/?{}", query.finish()))
}

fn people(addresses: &[Address]) -> String {
    let name = |one: &Address| {
        if one.name.is_empty() {
            one.address.clone()
        } else {
            one.name.clone()
        }
    };
    let names: Vec<_> = addresses.iter().map(name).collect();
    match names.is_empty() {
        true => "(hidden)".into(),
        false => names.join(", "),
    }
}

fn written(addresses: &[Address]) -> String {
    let one = |one: &Address| match one.name.as_str() {
        "" => one.address.clone(),
        name => format!("{name} <{}>", one.address),
    };
    addresses.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn time(unix: i64) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]");
    let at = OffsetDateTime::from_unix_timestamp(unix).ok();
    at.and_then(|at| at.format(format).ok()).unwrap_or_default()
}
