//! How Moloni says no: mostly with HTTP 200 and a list of codes.

use crate::answer::Answer;
use actix_web::http::StatusCode;
use serde_json::{Value, json};

pub(super) type Result<T> = std::result::Result<T, Refusal>;

#[derive(Debug)]
pub(super) enum Refusal {
    /// Codes such as `1 name`; HTTP 200.
    Fields(Problems),
    /// The way of older methods; HTTP 200.
    Old(&'static str),
    OAuth(&'static str, &'static str),
    Forbidden(&'static str),
    /// No such resource or method.
    Unknown,
}

/// What is wrong with the fields of a call, in the order found.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Value>);

impl Problems {
    pub(super) fn add(&mut self, code: impl Into<String>) {
        let code = Value::String(code.into());
        // A code says nothing more the second time, for instance for the second line.
        if !self.0.contains(&code) {
            self.0.push(code);
        }
    }

    pub(super) fn missing(&mut self, field: &str) {
        self.add(format!("1 {field}"));
    }

    pub(super) fn invalid(&mut self, field: &str) {
        self.add(format!("5 {field}"));
    }

    /// A list of its own within the list: problems of a nested structure.
    pub(super) fn nest(&mut self, inner: Problems) {
        if !inner.0.is_empty() {
            self.0.push(Value::Array(inner.0));
        }
    }

    pub(super) fn result(self) -> Result<()> {
        match self.0.is_empty() {
            true => Ok(()),
            false => Err(Refusal::Fields(self)),
        }
    }
}

impl Refusal {
    pub(super) fn field(code: impl Into<String>) -> Self {
        let mut problems = Problems::default();
        problems.add(code);
        Self::Fields(problems)
    }

    pub(super) fn answer(self, human: bool, oauth_status: StatusCode) -> Answer {
        match self {
            Self::Fields(Problems(codes)) if human => {
                Answer::json(codes.iter().map(explained).collect())
            }
            Self::Fields(Problems(codes)) => Answer::json(Value::Array(codes)),
            Self::Old(message) => Answer::json(json!({"valid": 0, "error_msg": message})),
            Self::OAuth(error, description) => {
                Answer::json(json!({"error": error, "error_description": description}))
                    .with_status(oauth_status)
            }
            Self::Forbidden(description) => {
                Answer::json(json!({"error": "Forbidden", "error_description": description}))
                    .with_status(StatusCode::FORBIDDEN)
            }
            Self::Unknown => Answer::text(
                "text/html",
                "<html><body><h1>404 Not Found</h1></body></html>",
            )
            .with_status(StatusCode::NOT_FOUND),
        }
    }
}

/// The form that `human_errors=true` asks for.
fn explained(code: &Value) -> Value {
    match code {
        Value::Array(inner) => inner.iter().map(explained).collect(),
        Value::String(code) => json!({"code": code, "description": sentence(code)}),
        other => other.clone(),
    }
}

fn sentence(code: &str) -> String {
    let (number, rest) = code.split_once(' ').unwrap_or((code, ""));
    let field = rest.split(' ').next().unwrap_or_default();
    match number {
        "1" => format!("O campo {field} é obrigatório"),
        "2" => format!("O valor do campo {field} está fora do intervalo permitido"),
        "4" => format!("O valor do campo {field} já existe"),
        "5" => format!("O valor do campo {field} não é válido"),
        "10" => "O documento não pode ser associado".into(),
        "12" => format!("A data tem de respeitar {rest}"),
        _ => format!("Erro {code}"),
    }
}
