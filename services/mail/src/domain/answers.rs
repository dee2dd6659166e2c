//! What an answer of ZeptoMail's means for the mail and for everything behind it.
//! Source: contracts/zeptomail, error codes: the code decides, the HTTP status only where there is none or
//! where nobody knows it.

use serde_json::Value;
use time::Duration;

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Accepted for sending, under the provider's id of the call.
    Accepted(String),
    /// Surely not sent, and may be later: after so long, or by our own pauses.
    NotNow {
        problem: String,
        after: Option<Duration>,
    },
    /// Nobody knows.
    Unknown(String),
    /// This mail will never be taken.
    Refused(String),
    /// The store's own sender is not one of the account's; the platform's is.
    SenderRefused,
    /// Nothing is taken from this account.
    Paused { reason: String, pause: Pause },
}

impl Outcome {
    /// Whether the other side is in trouble, so that it is left alone for a while when that goes on: a
    /// refusal is an answer.
    pub const fn is_trouble(&self) -> bool {
        match self {
            Self::Unknown(_) | Self::NotNow { .. } => true,
            Self::Accepted(_) | Self::Refused(_) | Self::SenderRefused | Self::Paused { .. } => {
                false
            }
        }
    }
}

/// Until when nothing is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    For(Duration),
    /// The daily limit is reached.
    UntilTomorrow,
}

/// Somebody must mend the account: looked at again this often.
pub const MEND: Duration = Duration::minutes(15);
const BUSY: Duration = Duration::seconds(10);
const BUSY_MAX: Duration = Duration::hours(1);

/// Reads an answer.
pub fn read(status: u16, retry_after: Option<&str>, body: &[u8]) -> Outcome {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    if let Some(json) = &json
        && let Some(outcome) = of_json(status, json)
    {
        return outcome;
    }
    match status {
        429 => Outcome::Paused {
            reason: "rate_limit".into(),
            pause: Pause::For(seconds(retry_after).unwrap_or(BUSY)),
        },
        503 => Outcome::NotNow {
            problem: "http_503".into(),
            after: seconds(retry_after),
        },
        401 | 403 => Outcome::Paused {
            reason: format!("http_{status}"),
            pause: Pause::For(MEND),
        },
        // A gateway's page or a broken body says nothing of what was done behind it.
        _ => Outcome::Unknown(format!("http_{status}")),
    }
}

fn of_json(status: u16, json: &Value) -> Option<Outcome> {
    let error = json
        .get("error")
        .filter(|error| error.is_object())
        .unwrap_or(json);
    if let Some(code) = text(error, "code") {
        // A 500 with a code of its own has refused; the code says what.
        let detail = error.get("details").and_then(|details| match details {
            Value::Array(list) => list.first(),
            other => Some(other),
        });
        let detail = detail
            .and_then(|detail| text(detail, "code"))
            .unwrap_or_default();
        return of_code(status, code, detail);
    }
    let accepted = (200..300).contains(&status) && json.get("data").is_some();
    accepted.then(|| Outcome::Accepted(text(json, "request_id").unwrap_or_default().to_owned()))
}

/// Codes of mails that are never taken, whatever the status they come under.
const PERMANENT: [&str; 11] = [
    "TM_3201", "TM_3301", "TM_8001", "GE_102", "SM_101", "SM_113", "SM_120", "SM_127", "SM_129",
    "UE_106", "MTR_101",
];

/// Nothing for a code that nobody knows under a status that asks to come again: that decides then.
fn of_code(status: u16, code: &str, detail: &str) -> Option<Outcome> {
    let problem = if detail.is_empty() { code } else { detail };
    let paused = |pause| Outcome::Paused {
        reason: problem.to_owned(),
        pause,
    };
    let comes_again = status == 429 || status >= 500;
    Some(match problem {
        "LE_101" | "LE_102" | "SERR_156" | "SM_133" | "SM_128" | "AE_101" | "SERR_157" => {
            paused(Pause::For(MEND))
        }
        "SMI_115" => paused(Pause::UntilTomorrow),
        "SM_111" => Outcome::SenderRefused,
        unlisted if comes_again && !PERMANENT.contains(&unlisted) => return None,
        _ => Outcome::Refused(problem.chars().take(40).collect()),
    })
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

fn seconds(header: Option<&str>) -> Option<Duration> {
    let seconds: i64 = header?.trim().parse().ok()?;
    Some(Duration::seconds(seconds.max(1)).min(BUSY_MAX))
}

/// The pause after so many tries that surely sent nothing: from two seconds to ten minutes.
pub fn pause_after(attempts: i32) -> Duration {
    let exponent = u32::try_from(attempts.clamp(1, 10)).unwrap_or(1);
    Duration::seconds(2_i64.pow(exponent)).min(Duration::minutes(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(code: &str, detail: &str) -> Vec<u8> {
        format!(r#"{{"error":{{"code":"{code}","details":[{{"code":"{detail}"}}]}}}}"#).into_bytes()
    }

    #[test]
    fn only_the_shape_of_a_success_is_one() {
        let body = br#"{"data":[{"code":"EM_104"}],"message":"OK","request_id":"r.1"}"#;
        assert_eq!(read(201, None, body), Outcome::Accepted("r.1".into()));
        assert_eq!(read(200, None, body), Outcome::Accepted("r.1".into()));
        for garbage in [
            b"<br />".as_slice(),
            b"",
            br#"{"valid":1,"#,
            b"null",
            b"[]",
            br#"{"message":"OK"}"#,
        ] {
            assert_eq!(
                read(200, None, garbage),
                Outcome::Unknown("http_200".into())
            );
        }
    }

    #[test]
    fn a_code_decides_whatever_the_status() {
        for status in [400, 401, 403, 422, 429, 500] {
            assert_eq!(
                read(status, None, &refusal("TM_4001", "SM_113")),
                Outcome::Refused("SM_113".into())
            );
            assert_eq!(
                read(status, None, &refusal("TM_4001", "SM_111")),
                Outcome::SenderRefused
            );
        }
        for code in [
            "LE_101", "LE_102", "SERR_156", "SM_133", "SM_128", "AE_101", "SERR_157",
        ] {
            let outcome = read(403, None, &refusal("TM_3601", code));
            assert_eq!(
                outcome,
                Outcome::Paused {
                    reason: code.into(),
                    pause: Pause::For(MEND)
                }
            );
        }
        let tomorrow = read(403, None, &refusal("TM_3601", "SMI_115"));
        assert!(matches!(
            tomorrow,
            Outcome::Paused {
                pause: Pause::UntilTomorrow,
                ..
            }
        ));
    }

    #[test]
    fn a_code_that_nobody_knows_leaves_it_to_a_status_that_asks_to_come_again() {
        for (code, detail) in [("TM_5000", "XX_500"), ("TM_5000", ""), ("internal", "")] {
            let body = refusal(code, detail);
            assert_eq!(read(500, None, &body), Outcome::Unknown("http_500".into()));
            assert!(matches!(
                read(503, None, &body),
                Outcome::NotNow { after: None, .. }
            ));
            let limited = read(429, Some("3"), &body);
            let reason = "rate_limit".to_owned();
            let pause = Pause::For(Duration::seconds(3));
            assert_eq!(limited, Outcome::Paused { reason, pause });
            assert!(matches!(read(400, None, &body), Outcome::Refused(_)));
        }
    }

    #[test]
    fn an_error_may_stand_at_the_top_and_without_details() {
        let at_top = br#"{"code":"TM_3601","details":{"code":"AE_101"},"message":"x"}"#;
        assert!(matches!(read(403, None, at_top), Outcome::Paused { .. }));
        let bare = br#"{"error":{"code":"TM_9999"}}"#;
        assert_eq!(read(400, None, bare), Outcome::Refused("TM_9999".into()));
    }

    #[test]
    fn what_says_nothing_of_the_effect_is_not_known() {
        for status in [500, 502, 504, 404] {
            let outcome = read(status, None, b"<html>");
            assert_eq!(outcome, Outcome::Unknown(format!("http_{status}")));
        }
        assert!(
            matches!(read(503, Some("7"), b""), Outcome::NotNow { after: Some(after), .. } if after == Duration::seconds(7))
        );
        assert!(
            matches!(read(429, Some("3"), b""), Outcome::Paused { pause: Pause::For(pause), .. } if pause == Duration::seconds(3))
        );
        let unreadable = read(429, Some("soon"), b"");
        let reason = "rate_limit".to_owned();
        assert_eq!(
            unreadable,
            Outcome::Paused {
                reason,
                pause: Pause::For(BUSY)
            }
        );
    }
}
