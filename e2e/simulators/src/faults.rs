//! Troubles on command: the next calls that fit go wrong, before or after their effect.

use crate::answer::Answer;
use actix_web::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum When {
    #[default]
    Before,
    After,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// No answer comes.
    Timeout,
    /// The connection closes in the middle of the answer.
    Cut,
    /// The connection closes without an answer.
    Reset,
    Error500,
    /// A gateway's page, not JSON.
    Html502,
    Unavailable503,
    RateLimit429,
    /// 200, and a body that is not what it says it is.
    Garbage,
    /// 200, and no body.
    Empty,
    /// The right answer, late.
    Slow,
    /// The system's own refusal, named by `code`.
    Refused,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    #[serde(default)]
    pub(crate) when: When,
    /// `POST`, or empty for any.
    #[serde(default)]
    method: String,
    /// Glob over the path, such as `/v1/invoices/*`; empty means any.
    #[serde(default)]
    path: String,
    /// How many calls it meets.
    #[serde(default = "once")]
    times: u32,
    /// Waits this long first, whatever the kind.
    #[serde(default)]
    pub(crate) slow_ms: u64,
    /// `Retry-After`, in seconds.
    pub(crate) retry_after: Option<u64>,
    /// What a refusal says.
    #[serde(default)]
    pub(crate) code: String,
}

fn once() -> u32 {
    1
}

/// The first fault that a call meets; it is used up.
pub(crate) fn meet(faults: &mut Vec<Fault>, method: &str, path: &str) -> Option<Fault> {
    let fits = |fault: &&mut Fault| {
        (fault.method.is_empty() || fault.method.eq_ignore_ascii_case(method))
            && (fault.path.is_empty() || glob(&fault.path, path))
    };
    let fault = faults.iter_mut().find(fits)?;
    fault.times = fault.times.saturating_sub(1);
    let met = fault.clone();
    faults.retain(|fault| fault.times > 0);
    Some(met)
}

/// Does the work of a call and answers, with the trouble that was ordered for it.
pub(crate) async fn suffer(
    fault: Option<Fault>,
    work: impl FnOnce() -> Answer,
    refuse: impl FnOnce(&str) -> Answer,
) -> Answer {
    let Some(fault) = fault else {
        return work();
    };
    tokio::time::sleep(Duration::from_millis(fault.slow_ms)).await;
    if fault.kind == Kind::Slow {
        return work();
    }
    if fault.when == When::After {
        work();
    }
    fault.answer(refuse)
}

impl Fault {
    fn answer(&self, refuse: impl FnOnce(&str) -> Answer) -> Answer {
        match self.kind {
            Kind::Timeout => Answer::Hang,
            Kind::Cut => Answer::Cut,
            Kind::Reset => Answer::Reset,
            Kind::Error500 => {
                Answer::json(json!({"error": "Internal Server Error"}))
                    .with_status(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Kind::Html502 => page(StatusCode::BAD_GATEWAY, "502 Bad Gateway"),
            Kind::Unavailable503 => page(StatusCode::SERVICE_UNAVAILABLE, "503 Service Unavailable"),
            Kind::RateLimit429 => page(StatusCode::TOO_MANY_REQUESTS, "429 Too Many Requests"),
            Kind::Garbage => Answer::text(
                "application/json",
                "<br />\n<b>Warning</b>: Undefined index in <b>/var/www/html</b><br />\n{\"valid\":1,",
            ),
            Kind::Empty => Answer::text("application/json", ""),
            Kind::Refused => refuse(&self.code),
            Kind::Slow => Answer::Hang,
        }
        .with_retry_after(self.retry_after)
    }
}

fn page(status: StatusCode, title: &str) -> Answer {
    Answer::text(
        "text/html",
        &format!("<html><body><h1>{title}</h1></body></html>"),
    )
    .with_status(status)
}

/// Whether a text fits a pattern, in which `*` stands for anything.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(rest) = text.strip_prefix(head) else {
        return false;
    };
    let starts = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
    starts
        .filter_map(|at| rest.get(at..))
        .any(|rest| glob(tail, rest))
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn a_star_stands_for_anything() {
        assert!(glob("/v1/*/confirm", "/v1/payment_intents/pi_1/confirm"));
        assert!(glob("*", ""));
        assert!(!glob("/v1/refunds", "/v1/refunds/re_1"));
        assert!(!glob("/v1/*/confirm", "/v1/payment_intents/pi_1/cancel"));
    }
}
