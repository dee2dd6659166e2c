//! From the bytes of a message to a mail of the inbox.

use crate::zeptomail::sending::reference;
use crate::zeptomail::world::{Address, Attachment, Mail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_parser::{MessageParser, MessagePart, MimeHeaders as _};
use std::collections::BTreeMap;

/// The header that stands for the API's `client_reference`.
const REFERENCE: &str = "x-tm-client-ref";

/// Nothing when it is no message, or says nobody it is from.
pub(super) fn read(bytes: &[u8], recipients: &[String]) -> Option<Mail> {
    let message = MessageParser::default().parse(bytes)?;
    let (to, cc) = (addresses(message.to()), addresses(message.cc()));
    let named = |one: &String| {
        to.iter()
            .chain(&cc)
            .any(|known| known.address.eq_ignore_ascii_case(one))
    };
    let hidden = recipients.iter().filter(|one| !named(one));
    let bcc = hidden.map(|one| Address {
        address: one.clone(),
        name: String::new(),
    });
    let headers: BTreeMap<_, _> = message
        .headers_raw()
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let html = message.html_bodies().find(|part| part.is_text_html());
    let text = message
        .text_bodies()
        .find(|part| part.is_text() && !part.is_text_html());
    Some(Mail {
        id: 0,
        at: 0,
        agent: String::new(),
        by_smtp: true,
        request_id: String::new(),
        email_reference: reference(),
        client_reference: client_reference(&headers),
        from: addresses(message.from()).into_iter().next()?,
        reply_to: addresses(message.reply_to()),
        bcc: bcc.collect(),
        to,
        cc,
        bounce_address: String::new(),
        subject: message.subject().unwrap_or_default().to_owned(),
        html: html
            .and_then(MessagePart::text_contents)
            .unwrap_or_default()
            .to_owned(),
        text: text
            .and_then(MessagePart::text_contents)
            .unwrap_or_default()
            .to_owned(),
        attachments: message.attachments().map(attachment).collect(),
        headers,
        events: Vec::new(),
    })
}

fn client_reference(headers: &BTreeMap<String, String>) -> String {
    let mut headers = headers.iter();
    let found = headers.find(|(name, _)| name.eq_ignore_ascii_case(REFERENCE));
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

fn addresses(header: Option<&mail_parser::Address<'_>>) -> Vec<Address> {
    let all = header.into_iter().flat_map(mail_parser::Address::iter);
    all.map(|one| Address {
        address: one.address().unwrap_or_default().to_owned(),
        name: one.name().unwrap_or_default().to_owned(),
    })
    .collect()
}

fn attachment(part: &MessagePart<'_>) -> Attachment {
    let kind = part.content_type();
    let mime_type = kind.map_or_else(
        || "application/octet-stream".to_owned(),
        |kind| {
            format!(
                "{}/{}",
                kind.ctype(),
                kind.subtype().unwrap_or("octet-stream")
            )
        },
    );
    Attachment {
        name: part.attachment_name().unwrap_or("attachment").to_owned(),
        mime_type,
        cid: part.content_id().map(str::to_owned),
        content: STANDARD.encode(part.contents()),
    }
}
