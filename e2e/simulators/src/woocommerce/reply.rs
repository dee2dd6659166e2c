//! What goes back, and how it gets there.

use super::faults::{Fault, Kind};
use super::views::ORIGIN;
use crate::answer::Answer;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpResponse, web};
use futures_util::{Stream, StreamExt as _, stream};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::Duration;

const JSON: &str = "application/json; charset=UTF-8";
const HTML: &str = "text/html; charset=UTF-8";
/// The beginning leaves first; together with the failure it would never be sent.
const BEFORE_CUT: Duration = Duration::from_millis(20);
/// A dripping answer comes in so many pieces.
const DRIPS: usize = 40;
const HUGE_CHUNK: usize = 64 << 10;

#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    pub(super) way: Way,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Whole,
    Cut,
    Drip(u64),
    Reset,
    Hang,
    /// So many bytes more after the body.
    Huge(usize),
}

impl Reply {
    pub(super) fn new(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            content_type,
            headers: Vec::new(),
            body: body.into(),
            way: Way::Whole,
        }
    }

    pub(super) fn json(status: u16, body: &Value, address: &Address) -> Self {
        Self::new(status, JSON, render(body, address))
    }

    pub(super) fn page(status: u16, title: &str) -> Self {
        let page = format!(
            "<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
        );
        Self::new(status, HTML, page)
    }

    fn by(way: Way) -> Self {
        Self {
            way,
            ..Self::new(0, JSON, "")
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.headers.retain(|(given, _)| *given != name);
        self.headers.push((name, value.to_owned()));
    }

    pub(super) async fn respond(self) -> HttpResponse {
        match self.way {
            Way::Reset => return Answer::Reset.respond().await,
            Way::Hang => return Answer::Hang.respond().await,
            Way::Whole | Way::Cut | Way::Drip(_) | Way::Huge(_) => {}
        }
        let mut response =
            HttpResponse::build(StatusCode::from_u16(self.status).unwrap_or_default());
        response.insert_header((CONTENT_TYPE, self.content_type));
        for (name, value) in &self.headers {
            response.append_header((*name, value.as_str()));
        }
        let length = u64::try_from(self.body.len()).unwrap_or_default();
        match self.way {
            Way::Cut => response.no_chunking(length).streaming(cut(self.body)),
            Way::Drip(gap_ms) => response
                .no_chunking(length)
                .streaming(drip(self.body, gap_ms)),
            Way::Huge(more) => {
                let all = length + u64::try_from(more).unwrap_or_default();
                response.no_chunking(all).streaming(huge(self.body, more))
            }
            _ => response.body(self.body),
        }
    }
}

type Piece = Result<web::Bytes, std::io::Error>;

fn cut(mut body: Vec<u8>) -> impl Stream<Item = Piece> {
    body.truncate(body.len() / 2);
    let end = stream::once(async {
        tokio::time::sleep(BEFORE_CUT).await;
        Err(std::io::Error::other("cut on command"))
    });
    stream::iter([Ok(body.into())]).chain(end)
}

fn drip(body: Vec<u8>, gap_ms: u64) -> impl Stream<Item = Piece> {
    let size = body.len().div_ceil(DRIPS).max(1);
    let pieces: Vec<_> = body.chunks(size).map(web::Bytes::copy_from_slice).collect();
    stream::iter(pieces).then(move |piece| async move {
        tokio::time::sleep(Duration::from_millis(gap_ms)).await;
        Ok(piece)
    })
}

fn huge(body: Vec<u8>, more: usize) -> impl Stream<Item = Piece> {
    let rest = (0..more.div_ceil(HUGE_CHUNK)).map(move |at| {
        let left = more - at * HUGE_CHUNK;
        Ok(web::Bytes::from(vec![0; left.min(HUGE_CHUNK)]))
    });
    stream::iter([Ok(body.into())]).chain(stream::iter(rest))
}

/// Where the shop is reached.
#[derive(Clone, Debug)]
pub(super) struct Address {
    /// With the folder, without a slash at the end.
    pub(super) base: String,
    pub(super) rest_prefix: String,
}

/// JSON as PHP writes it: slashes and everything that is not ASCII escaped.
fn render(body: &Value, address: &Address) -> Vec<u8> {
    let api = format!("{ORIGIN}/wp-json/");
    let text = body.to_string();
    let text = text.replace(&api, &format!("{}/{}/", address.base, address.rest_prefix));
    let text = text.replace(ORIGIN, &address.base);
    let mut written = String::with_capacity(text.len() + text.len() / 8);
    for letter in text.chars() {
        match letter {
            '/' => written.push_str("\\/"),
            ascii if ascii.is_ascii() => written.push(ascii),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    // Writing to a text does not fail.
                    let _ = write!(written, "\\u{unit:04x}");
                }
            }
        }
    }
    written.into_bytes()
}

/// The answer to a request that never gets as far as the shop.
pub(super) fn instead(fault: &Fault, here: &str, address: &Address) -> Option<Reply> {
    let reply = match fault.kind {
        Kind::Timeout => Reply::by(Way::Hang),
        Kind::Reset => Reply::by(Way::Reset),
        Kind::RateLimit429 => Reply::page(429, "429 Too Many Requests"),
        Kind::Html502 => Reply::page(502, "502 Bad Gateway"),
        Kind::Unavailable503 => Reply::page(503, "Briefly unavailable for scheduled maintenance."),
        Kind::Html504 => Reply::page(504, "504 Gateway Time-out"),
        Kind::Challenge403 => Reply::page(403, "Just a moment..."),
        Kind::Maintenance200 => Reply::page(200, "Voltamos já"),
        Kind::Error500 => Reply::json(500, &fatal(500), address),
        Kind::Error200 => Reply::json(200, &fatal(500), address),
        Kind::Redirect => {
            let to = fault.location.as_deref().unwrap_or(here);
            Reply::page(fault.status, "Moved").with("location", to)
        }
        _ => return None,
    };
    Some(match &fault.retry_after {
        Some(when) => reply.with("retry-after", when.to_string()),
        None => reply,
    })
}

/// The message is for people, in their language, and has tags in it.
fn fatal(status: u16) -> Value {
    json!({"code": "internal_server_error",
        "message": "<p>Ocorreu um erro crítico neste site.</p>", "data": {"status": status}})
}

/// What happens to the right answer on its way.
pub(super) fn spoil(mut reply: Reply, fault: &Fault) -> Reply {
    let before = |reply: &mut Reply, junk: &[u8]| {
        reply.body.splice(0..0, junk.iter().copied());
    };
    match fault.kind {
        Kind::Cut => reply.way = Way::Cut,
        Kind::Truncated => reply.body.truncate(reply.body.len() / 2),
        Kind::Drip => reply.way = Way::Drip(fault.slow_ms),
        Kind::Bom => before(&mut reply, b"\xef\xbb\xbf"),
        Kind::Notice => before(&mut reply, NOTICE.as_bytes()),
        Kind::HtmlBefore => before(
            &mut reply,
            b"<!-- cache: miss --><div style=\"display:none\">{oferta}</div>\n",
        ),
        Kind::BadText => insert_in_name(&mut reply.body, b"\\ud83d"),
        Kind::BadUtf8 => insert_in_name(&mut reply.body, b"\xe9"),
        Kind::WrongTotals => wrong_totals(&mut reply, fault),
        Kind::NoTotals => reply
            .headers
            .retain(|(name, _)| !matches!(*name, "x-wp-total" | "x-wp-totalpages" | "link")),
        _ => {}
    }
    reply
}

const NOTICE: &str = "<br />\n<b>Notice</b>:  Undefined index: preco in <b>/var/www/html/wp-content/plugins/algum-plugin/algum.php</b> on line <b>42</b><br />\n";

fn insert_in_name(body: &mut Vec<u8>, bytes: &[u8]) {
    let mark = b"\"name\":\"";
    let found = body.windows(mark.len()).position(|window| window == mark);
    if let Some(at) = found.map(|at| at + mark.len()) {
        body.splice(at..at, bytes.iter().copied());
    }
}

fn wrong_totals(reply: &mut Reply, fault: &Fault) {
    for (name, given) in [
        ("x-wp-total", fault.total),
        ("x-wp-totalpages", fault.pages),
    ] {
        let told = reply.headers.iter().find(|(found, _)| *found == name);
        let Some(told) = told.and_then(|(_, value)| value.parse::<u64>().ok()) else {
            continue;
        };
        reply.set(name, &given.unwrap_or(told + 7).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, render};
    use serde_json::json;

    #[test]
    fn json_is_written_as_php_writes_it() {
        let address = Address {
            base: "http://loja.example/pt".into(),
            rest_prefix: "api".into(),
        };
        let body = json!({"a": "é🫒", "b": "https://shop.invalid/wp-json/wc/v3/x", "c": "https://shop.invalid/y"});
        let expected = r#"{"a":"\u00e9\ud83e\uded2","b":"http:\/\/loja.example\/pt\/api\/wc\/v3\/x","c":"http:\/\/loja.example\/pt\/y"}"#;
        assert_eq!(
            String::from_utf8(render(&body, &address)).unwrap(),
            expected
        );
    }
}
