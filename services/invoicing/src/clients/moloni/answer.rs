//! What an answer means: its status says little.

use serde_json::Value;

use super::MoloniError;

/// Codes of a refusal that are kept, and how long each may be.
const CODES_MAX: usize = 10;
const CODE_CHARS_MAX: usize = 80;

/// The body of a success, or the refusal in it.
pub(super) fn sort(status: u16, body: &[u8]) -> Result<Value, MoloniError> {
    if status == 429 {
        return Err(MoloniError::Unavailable("too many requests".into()));
    }
    if status >= 500 {
        return Err(MoloniError::Unclear(format!("status {status}")));
    }
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return Err(MoloniError::Unclear(format!(
            "status {status}, and no JSON"
        )));
    };
    if let Some(error) = body.get("error").and_then(Value::as_str) {
        return Err(of_oauth(error));
    }
    if !(200..300).contains(&status) {
        return Err(MoloniError::Unclear(format!("status {status}")));
    }
    if is_zero(body.get("valid")) {
        let message = body.get("error_msg").and_then(Value::as_str);
        return Err(MoloniError::Refused(vec![short(
            message.unwrap_or("not valid"),
        )]));
    }
    let codes = refusals(&body);
    match codes.is_empty() {
        true => Ok(body),
        false => Err(MoloniError::Refused(codes)),
    }
}

fn of_oauth(error: &str) -> MoloniError {
    match error {
        "invalid_grant" | "invalid_token" | "expired_token" => MoloniError::TokenRefused,
        "invalid_client" | "unauthorized_client" => MoloniError::KeyRefused(short(error)),
        "Forbidden" => MoloniError::Forbidden,
        "invalid_request"
        | "invalid_uri"
        | "redirect_uri_mismatch"
        | "unsupported_grant_type"
        | "too_many_login_attempts" => MoloniError::GrantRefused(short(error)),
        other => MoloniError::Unclear(short(other)),
    }
}

/// The codes of a list that is a refusal: texts, objects of a code and its description, and lists of
/// these. Rows of an answer are objects with more in them.
fn refusals(body: &Value) -> Vec<String> {
    let Value::Array(entries) = body else {
        return Vec::new();
    };
    let mut codes = Vec::new();
    collect(entries, &mut codes);
    codes.truncate(CODES_MAX);
    codes
}

fn collect(entries: &[Value], codes: &mut Vec<String>) {
    for entry in entries {
        match entry {
            Value::String(code) => codes.push(short(code)),
            Value::Array(inner) => collect(inner, codes),
            Value::Object(fields) => {
                let code = fields.get("code").and_then(Value::as_str);
                if let Some(code) = code.filter(|_| fields.contains_key("description")) {
                    codes.push(short(code));
                }
            }
            _ => {}
        }
    }
}

fn is_zero(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Number(number)) => number.as_f64() == Some(0.0),
        Some(Value::String(text)) => text == "0",
        Some(Value::Bool(truth)) => !truth,
        _ => false,
    }
}

fn short(text: &str) -> String {
    text.chars().take(CODE_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sorted(status: u16, body: Value) -> Result<Value, MoloniError> {
        sort(status, body.to_string().as_bytes())
    }

    fn refused(codes: &[&str]) -> Result<Value, MoloniError> {
        let codes = codes.iter().map(|code| (*code).to_owned());
        Err(MoloniError::Refused(codes.collect()))
    }

    #[test]
    fn a_refusal_is_known_in_each_of_its_shapes() {
        let cases = [
            (
                json!(["1 products", "5 customer_id"]),
                &["1 products", "5 customer_id"][..],
            ),
            (
                json!([["10 associated_id"], "5 related_id"]),
                &["10 associated_id", "5 related_id"],
            ),
            (
                json!([{"code": "4 number", "description": "…"}]),
                &["4 number"],
            ),
            (json!({"valid": 0, "error_msg": "fechado"}), &["fechado"]),
        ];
        for (body, codes) in cases {
            assert_eq!(sorted(200, body), refused(codes));
        }
    }

    #[test]
    fn rows_are_no_refusal() {
        for body in [
            json!([]),
            json!([{"code": "M01", "name": "Artigo 16.º"}]),
            json!({"valid": 1, "document_id": 7}),
            json!({"count": "12"}),
        ] {
            assert_eq!(sorted(200, body.clone()), Ok(body));
        }
    }

    #[test]
    fn a_token_is_refused_with_any_status() {
        let body = json!({"error": "invalid_grant", "error_description": "…"});
        assert_eq!(sorted(400, body.clone()), Err(MoloniError::TokenRefused));
        assert_eq!(sorted(200, body), Err(MoloniError::TokenRefused));
        let forbidden =
            json!({"error": "Forbidden", "error_description": "No company_id received"});
        assert_eq!(sorted(403, forbidden), Err(MoloniError::Forbidden));
    }

    #[test]
    fn what_cannot_be_read_has_an_unknown_outcome() {
        for (status, body) in [
            (200, ""),
            (200, "<br />\n<b>Warning</b>{\"valid\":1,"),
            (502, "<html>"),
            (500, "{\"error\":\"Internal Server Error\"}"),
            (404, "<html>"),
            (302, "{}"),
        ] {
            let outcome = sort(status, body.as_bytes());
            assert!(
                matches!(outcome, Err(MoloniError::Unclear(_))),
                "{status} {body}"
            );
        }
        let busy = sort(429, b"<html>");
        assert!(matches!(busy, Err(MoloniError::Unavailable(_))));
    }
}
