use super::world::{Double, base64, mail};
use serde_json::{Value, json};

#[tokio::test]
async fn an_accepted_mail_is_answered_201_and_lies_in_the_inbox() {
    let double = Double::start().await;
    let answer = double.send(&mail("ana@example.com")).await;
    assert_eq!(
        (answer.status, &answer.body["data"][0]["code"]),
        (201, &json!("EM_104"))
    );
    assert_eq!(
        (&answer.body["message"], &answer.body["object"]),
        (&json!("OK"), &json!("email"))
    );
    let inbox = double.inbox().await;
    assert_eq!(inbox[0]["request_id"], answer.body["request_id"]);
    assert_eq!(inbox[0]["client_reference"], "m-1");
}

#[tokio::test]
async fn a_wrong_shape_is_refused_by_field() {
    let double = Double::start().await;
    let nested = json!([{"email_address": {"address": "a@b.pt"}}]);
    for (field, value, refusal) in [
        ("subject", json!(" "), ("TM_3201", "GE_102", "subject")),
        ("from", Value::Null, ("TM_3201", "GE_102", "from")),
        ("to", json!([]), ("TM_3201", "GE_102", "to")),
        (
            "to",
            json!([{"address": "a@b.pt"}]),
            ("TM_4001", "SM_113", "to"),
        ),
        (
            "to",
            json!([{"email_address": {"address": "nobody"}}]),
            ("TM_4001", "SM_113", "to"),
        ),
        ("cc", json!("a@b.pt"), ("TM_4001", "SM_113", "cc")),
        ("reply_to", nested, ("TM_4001", "SM_113", "reply_to")),
        (
            "bounce_address",
            json!("not an address"),
            ("TM_4001", "SM_113", "bounce_address"),
        ),
        ("htmlBody", json!("x"), ("TM_3301", "SM_101", "htmlBody")),
        (
            "merge_info",
            json!({"a": "b"}),
            ("TM_3301", "SM_101", "merge_info"),
        ),
        (
            "track_opens",
            json!("yes"),
            ("TM_4001", "SM_113", "track_opens"),
        ),
        (
            "mime_headers",
            json!({"X-A": "a\r\nBcc: b@c.pt"}),
            ("TM_4001", "SM_113", "mime_headers"),
        ),
        (
            "client_reference",
            json!("x".repeat(51)),
            ("TM_8001", "SM_129", "client_reference"),
        ),
    ] {
        let mut wrong = mail("ana@example.com");
        wrong[field] = value;
        if field == "bounce_address" {
            let agent = json!({"token": "narrow", "domains": ["example.com"]});
            double.lever("/agents", agent).await;
            let answer = double
                .post("/v1.1/email", "Zoho-enczapikey narrow", wrong.to_string())
                .await;
            assert_eq!(answer.refusal(), refusal);
            continue;
        }
        assert_eq!(double.send(&wrong).await.refusal(), refusal);
    }
    let mut empty = mail("ana@example.com");
    (empty["htmlbody"], empty["textbody"]) = (Value::Null, json!(""));
    assert_eq!(
        double.send(&empty).await.refusal(),
        ("TM_3201", "GE_102", "htmlbody")
    );
    let broken = double
        .post("/v1.1/email", "Zoho-enczapikey simulator", "{")
        .await;
    assert_eq!(broken.refusal(), ("TM_3301", "SM_101", "body"));
    assert!(double.inbox().await.is_empty());
}

#[tokio::test]
async fn one_bad_address_refuses_the_whole_call() {
    let double = Double::start().await;
    let mut two = mail("ana@example.com");
    two["to"] = json!([{"email_address": {"address": "ana@example.com"}},
                       {"email_address": {"address": "ção@example.com"}}]);
    let answer = double.send(&two).await;
    assert_eq!(answer.refusal(), ("TM_4001", "SM_113", "to"));
    assert_eq!(
        answer.body["error"]["details"][0]["target_value"],
        "ção@example.com"
    );
    assert!(double.inbox().await.is_empty());
}

#[tokio::test]
async fn a_token_is_one_agents_and_its_domains_too() {
    let double = Double::start().await;
    let agent = json!({"key": "agent-2", "token": "t2", "domains": ["loja.pt", "*.loja.pt"]});
    assert_eq!(double.lever("/agents", agent).await.body["key"], "agent-2");
    let body = mail("ana@example.com").to_string();
    for wrong in [
        "Zoho-enczapikey",
        "Zoho-enczapikey nobody",
        "Zoho-enczapikey  t2",
        "Bearer t2",
        "t2",
    ] {
        let answer = double.post("/v1.1/email", wrong, body.clone()).await;
        assert_eq!(
            (answer.status, answer.refusal().1),
            (401, "SERR_157"),
            "{wrong}"
        );
    }
    let foreign = double.post("/v1.1/email", "zoho-enczapikey t2", body).await;
    assert_eq!(foreign.refusal(), ("TM_4001", "SM_111", "from"));
    let mut own = mail("ana@example.com");
    own["from"]["address"] = json!("info@mail.loja.pt");
    own["bounce_address"] = json!("bounce@bounce.loja.pt");
    let sent = double
        .post("/v1.1/email", "zoho-enczapikey t2", own.to_string())
        .await;
    assert_eq!(sent.status, 201, "{}", sent.body);
    assert_eq!(double.inbox().await[0]["agent"], "agent-2");
}

#[tokio::test]
async fn a_call_has_only_so_many_recipients_files_and_bytes() {
    let double = Double::start().await;
    let many = |count: usize| {
        (0..count)
            .map(|n| json!({"email_address": {"address": format!("a{n}@b.pt")}}))
            .collect::<Vec<_>>()
    };
    for (field, value) in [
        ("to", json!(many(341))),
        ("cc", json!(many(101))),
        (
            "attachments",
            json!(vec![json!({"name": "a.txt", "content": "YQ=="}); 61]),
        ),
    ] {
        let mut big = mail("ana@example.com");
        big[field] = value;
        assert_eq!(
            double.send(&big).await.refusal(),
            ("TM_8001", "SM_127", field)
        );
    }
    let mut heavy = mail("ana@example.com");
    heavy["attachments"] = json!([{"name": "a.bin", "content": base64(&vec![0; 12_000_000])}]);
    let answer = double.send(&heavy).await;
    assert_eq!(
        (answer.status, answer.refusal().0),
        (413, "TM_8001"),
        "base64 counts"
    );
}

#[tokio::test]
async fn an_attachment_is_what_it_says_and_harmless() {
    let double = Double::start().await;
    let pdf = base64(b"%PDF-1.4 small");
    for (attachment, cause) in [
        (json!({"name": "f.exe", "content": pdf}), "SM_120"),
        (
            json!({"name": "f.pdf", "mime_type": "image/png", "content": pdf}),
            "SM_120",
        ),
        (
            json!({"name": "f.pdf", "mime_type": "application/pdf", "content": base64(b"<html>")}),
            "SM_120",
        ),
        (json!({"name": "f.pdf", "content": "not base64!"}), "SM_113"),
        (json!({"name": "f.pdf"}), "GE_102"),
        (
            json!({"name": "f.pdf", "file_cache_key": "nothing"}),
            "UE_106",
        ),
    ] {
        let mut wrong = mail("ana@example.com");
        wrong["attachments"] = json!([attachment]);
        assert_eq!(double.send(&wrong).await.refusal().1, cause, "{wrong}");
    }
    let mut right = mail("ana@example.com");
    right["attachments"] =
        json!([{"name": "f.pdf", "mime_type": "application/pdf", "content": pdf}]);
    right["inline_images"] =
        json!([{"cid": "logo", "mime_type": "image/png", "content": base64(b"png")}]);
    assert_eq!(double.send(&right).await.status, 201);
    let inbox = double.inbox().await;
    let file = inbox[0]["attachments"][0]["url"].as_str().unwrap();
    assert_eq!(double.get(file).await.body, "%PDF-1.4 small");
}

#[tokio::test]
async fn a_file_is_uploaded_once_and_sent_by_its_key() {
    let double = Double::start().await;
    let uploaded = double
        .post(
            "/v1.1/files?name=f.pdf",
            "Zoho-enczapikey simulator",
            "%PDF-1.4 cached",
        )
        .await;
    let key = uploaded.body["file_cache_key"].clone();
    let mut cached = mail("ana@example.com");
    cached["attachments"] = json!([{"name": "outro.pdf", "file_cache_key": key}]);
    assert_eq!(double.send(&cached).await.status, 201);
    let inbox = double.inbox().await;
    assert_eq!(inbox[0]["attachments"][0]["name"], "outro.pdf");
    let file = inbox[0]["attachments"][0]["url"].as_str().unwrap();
    assert_eq!(double.get(file).await.body, "%PDF-1.4 cached");
}

#[tokio::test]
async fn each_of_a_batch_gets_a_private_mail() {
    let double = Double::start().await;
    let batch = json!({"from": {"address": "loja@example.com"}, "subject": "Olá {{nome}}",
        "textbody": "{{nome}} {{falta}}", "client_reference": "b-{{n}}", "merge_info": {"nome": "Cliente", "n": 0},
        "to": [{"email_address": {"address": "a@b.pt"}, "merge_info": {"nome": "Ana", "n": 1}},
               {"email_address": {"address": "c@d.pt"}}]});
    let answer = double
        .post(
            "/v1.1/email/batch",
            "Zoho-enczapikey simulator",
            batch.to_string(),
        )
        .await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let inbox = double.inbox().await;
    let seen: Vec<_> = inbox
        .iter()
        .map(|mail| {
            (
                mail["to"].as_array().unwrap().len(),
                mail["subject"].clone(),
                mail["client_reference"].clone(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (1, json!("Olá Ana"), json!("b-1")),
            (1, json!("Olá Cliente"), json!("b-0"))
        ]
    );
    assert_eq!(inbox[0]["text"], "Ana {{falta}}");
    assert_eq!(
        inbox[0]["request_id"], inbox[1]["request_id"],
        "one for the whole call"
    );
    assert_ne!(inbox[0]["email_reference"], inbox[1]["email_reference"]);
}

#[tokio::test]
async fn a_template_is_not_there() {
    let double = Double::start().await;
    let body = json!({"template_key": "k"}).to_string();
    let answer = double
        .post("/v1.1/email/template", "Zoho-enczapikey simulator", body)
        .await;
    assert_eq!(answer.refusal(), ("TM_3501", "MTR_101", "template_key"));
}
