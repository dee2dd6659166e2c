use super::world::Double;
use serde_json::json;

#[tokio::test]
async fn a_link_opens_a_page_and_the_file_is_behind_it() {
    let double = Double::start().await;
    let fields = double.invoice("o1", "1", "10").await;
    let id = double.insert("invoices", &fields).await;
    let draft = double
        .call("documents/getPDFLink", json!({"document_id": id}))
        .await;
    assert_eq!(draft, json!(["5 document_id"]));
    double.close("invoices", id).await;
    let link = double
        .call(
            "documents/getPDFLink",
            json!({"document_id": id, "signed": 1}),
        )
        .await;
    let link = link["url"].as_str().unwrap();
    let page = double.client.get(link).send().await.unwrap();
    assert!(
        page.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    let (_, query) = link.split_once('?').unwrap();
    let file = format!(
        "{}/downloads/index.php?action=getDownload&{query}&e=a@example.com&t=n",
        double.base
    );
    let file = double.client.get(file).send().await.unwrap();
    assert_eq!(file.headers()["content-type"], "application/pdf");
    let bytes = file.bytes().await.unwrap();
    assert!(bytes.starts_with(b"%PDF") && bytes.ends_with(b"%%EOF\n"));
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("(FT ") && text.contains("ATCUD"), "{text}");
    let start: usize = text
        .rsplit("startxref\n")
        .next()
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!(
        bytes[start..].starts_with(b"xref"),
        "the table is where the end says"
    );
}

#[tokio::test]
async fn who_does_not_know_the_secret_gets_a_page_with_200() {
    let double = Double::start().await;
    let fields = double.invoice("o1", "1", "10").await;
    let document = double.closed("invoices", &fields).await;
    let path = format!(
        "/downloads/index.php?action=getDownload&h=guess&d={}",
        document["document_id"]
    );
    let answer = double.get(&path).await;
    assert_eq!(answer.status, 200);
    assert!(!answer.body.as_str().unwrap().starts_with("%PDF"));
}

#[tokio::test]
async fn the_first_page_lists_what_was_issued() {
    let double = Double::start().await;
    let fields = double.invoice("<o1>", "1", "10").await;
    double.closed("invoices", &fields).await;
    let page = double.get("/").await.body;
    let page = page.as_str().unwrap();
    assert!(
        page.contains("FT 2026/1") || page.contains("FT 20"),
        "{page}"
    );
    assert!(page.contains("&lt;o1&gt;") && !page.contains("<o1>"));
}
