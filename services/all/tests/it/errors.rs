//! What an error may tell: a problem with its request's id, and nothing of how we are made.

use crate::platform::Reply;

/// Words of databases, programs, places and upstreams.
const INSIDE: [&str; 27] = [
    "select ",
    "insert into",
    "update \"",
    "delete from",
    "syntax error at",
    "relation \"",
    "column \"",
    "constraint",
    "sqlstate",
    "postgres",
    "diesel",
    "rabbit",
    "amqp",
    "redis",
    "lapin",
    "tokio",
    "actix",
    "panicked",
    "backtrace",
    "unwrap()",
    ".rs:",
    ".cargo",
    " /home/",
    "\"/home/",
    "/root/",
    "/src/",
    "127.0.0.1",
];

/// # Panics
/// When an error is no problem, does not name its request, or tells what is inside.
pub fn assert_tells_nothing(told: &str, reply: &Reply) {
    if reply.status < 400 {
        return;
    }
    let kind = reply.headers.get("content-type");
    let kind = kind.and_then(|value| value.to_str().ok()).unwrap_or("");
    assert_eq!(kind, "application/problem+json", "{told}: {}", reply.text);
    assert_eq!(reply.body["status"], reply.status, "{told}: {}", reply.text);
    let id = reply.headers.get("x-request-id").unwrap().to_str().unwrap();
    assert_eq!(reply.body["instance"], id, "{told}: {}", reply.text);
    let text = reply.text.to_lowercase();
    for word in INSIDE {
        assert!(
            !text.contains(word),
            "{told} tells {word:?}: {}",
            reply.text
        );
    }
}
