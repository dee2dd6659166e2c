use super::world::{Double, base64, mail};
use serde_json::json;

#[tokio::test]
async fn the_inbox_is_searched_by_person_reference_and_subject() {
    let double = Double::start().await;
    double.send(&mail("ana@example.com")).await;
    let mut other = mail("rui@example.com");
    (other["client_reference"], other["subject"]) = (json!("m-2"), json!("Fatura FR 2026/1"));
    other["bcc"] = json!([{"email_address": {"address": "arquivo@example.com"}}]);
    double.send(&other).await;
    for (query, found) in [
        ("to=ANA@example.com", 1),
        ("to=arquivo@example.com", 1),
        ("client_reference=m-2", 1),
        ("client_reference=m", 0),
        ("subject=Fatura", 1),
        ("to=ana@example.com&client_reference=m-2", 0),
        ("", 2),
    ] {
        let mails = double.look(&format!("/inbox?{query}")).await;
        assert_eq!(mails.as_array().unwrap().len(), found, "{query}");
    }
    double
        .client
        .delete(format!("{}/_sim/inbox", double.base))
        .send()
        .await
        .unwrap();
    assert!(double.inbox().await.is_empty());
}

#[tokio::test]
async fn the_page_shows_a_mail_in_a_frame_in_which_nothing_runs() {
    let double = Double::start().await;
    let mut hostile = mail("ana@example.com");
    hostile["subject"] = json!("<script>alert(1)</script>");
    hostile["htmlbody"] = json!(
        "<html><head><title>x</title></head><body><img src=\"cid:logo\"><script>1</script></body></html>"
    );
    hostile["inline_images"] =
        json!([{"cid": "logo", "mime_type": "image/png", "content": base64(b"png")}]);
    double.send(&hostile).await;
    let page = double.get("/?mail=1").await.body;
    let page = page.as_str().unwrap();
    assert!(page.contains("&lt;script&gt;alert") && !page.contains("<script>alert"));
    assert!(page.contains("<iframe sandbox='allow-popups allow-popups-to-escape-sandbox'"));
    let frame = double
        .client
        .get(format!("{}/inbox/1/html", double.base))
        .send()
        .await
        .unwrap();
    let policy = frame.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.contains("sandbox") && policy.contains("script-src 'none'"),
        "{policy}"
    );
    let html = frame.text().await.unwrap();
    assert!(
        html.contains("<head><base target=_blank>")
            && html.contains("src=\"/inbox/1/attachments/0\""),
        "{html}"
    );
}

#[tokio::test]
async fn a_file_is_downloaded_under_a_harmless_name() {
    let double = Double::start().await;
    let mut with_file = mail("ana@example.com");
    with_file["attachments"] = json!([{"name": "fatura \"1\"\r\n.txt", "mime_type": "text/plain", "content": base64(b"x")}]);
    assert_eq!(double.send(&with_file).await.status, 201);
    let file = double
        .client
        .get(format!("{}/inbox/1/attachments/0", double.base))
        .send()
        .await
        .unwrap();
    assert_eq!(
        file.headers()["content-disposition"],
        "attachment; filename=\"fatura _1___.txt\""
    );
}

#[tokio::test]
async fn a_search_on_the_page_finds_people_and_keeps_what_was_typed() {
    let double = Double::start().await;
    double.send(&mail("ana@example.com")).await;
    let found = double.get("/?q=ANA").await.body;
    assert!(found.as_str().unwrap().contains("A sua encomenda"));
    let none = double.get("/?q=%22%3E%3Cb%3E").await.body;
    let none = none.as_str().unwrap();
    assert!(none.contains("No mails") && none.contains("value=\"&quot;&gt;&lt;b&gt;\""));
    assert_eq!(double.get("/inbox/newest").await.body, json!({"newest": 1}));
}
