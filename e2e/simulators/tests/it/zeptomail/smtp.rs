use super::world::{Double, Listener, base64};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

const MESSAGE: &str = "From: Loja <loja@example.com>\r\nTo: Ana <ana@example.com>\r\nSubject: =?utf-8?q?Ol=C3=A1?=\r\n\
    X-TM-Client-Ref: m-9\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
    Content-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
    ..ponto\r\n--c\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Obrigado</p>\r\n--c--\r\n--b\r\n\
    Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=f.pdf\r\n\
    Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQ=\r\n--b--\r\n.";

struct Client(BufReader<TcpStream>);

impl Client {
    async fn connect(double: &Double) -> Self {
        let address = double.look("/state").await["smtp"]
            .as_str()
            .unwrap()
            .to_owned();
        let mut client = Self(BufReader::new(TcpStream::connect(address).await.unwrap()));
        assert!(client.read().await.starts_with("220"));
        client
    }

    /// Connected and logged in.
    async fn known(double: &Double) -> Self {
        let mut client = Self::connect(double).await;
        let plain = base64(b"\0emailapikey\0simulator");
        assert!(client.say("EHLO shop").await.starts_with("250"));
        assert!(
            client
                .say(&format!("AUTH PLAIN {plain}"))
                .await
                .starts_with("235")
        );
        client
    }

    async fn say(&mut self, line: &str) -> String {
        self.0
            .write_all(format!("{line}\r\n").as_bytes())
            .await
            .unwrap();
        self.read().await
    }

    /// The last line of an answer; empty when the connection has closed.
    async fn read(&mut self) -> String {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).await.unwrap();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line;
            }
        }
    }

    async fn mail(&mut self, to: &str) -> String {
        assert!(
            self.say("MAIL FROM:<bounce@example.com> SIZE=500")
                .await
                .starts_with("250")
        );
        assert!(
            self.say(&format!("RCPT TO:<{to}>"))
                .await
                .starts_with("250")
        );
        assert!(self.say("DATA").await.starts_with("354"));
        self.say(MESSAGE).await
    }
}

#[tokio::test]
async fn a_mail_by_smtp_lies_in_the_same_inbox() {
    let double = Double::start().await;
    let listener = Listener::start(&double).await;
    let mut client = Client::known(&double).await;
    assert!(client.mail("ana@example.com").await.starts_with("250"));
    let mail = double.inbox().await[0].clone();
    assert_eq!(
        (&mail["subject"], &mail["client_reference"]),
        (&json!("Olá"), &json!("m-9"))
    );
    assert_eq!(
        (
            mail["text"].as_str().unwrap().trim(),
            mail["html"].as_str().unwrap().trim()
        ),
        (".ponto", "<p>Obrigado</p>")
    );
    assert_eq!(
        (&mail["attachments"][0]["name"], &mail["by_smtp"]),
        (&json!("f.pdf"), &json!(true))
    );
    assert_eq!(
        mail["to"],
        json!([{"address": "ana@example.com", "name": "Ana"}])
    );
    let event = listener.wait_for(1).await[0].payload();
    assert_eq!(
        event["event_message"][0]["email_info"]["is_smtp_trigger"],
        true
    );
    assert!(
        client.mail("hidden@example.com").await.starts_with("250"),
        "a second one on the same connection"
    );
    assert_eq!(
        double.inbox().await[1]["bcc"][0]["address"],
        "hidden@example.com"
    );
    assert!(client.say("QUIT").await.starts_with("221"));
}

#[tokio::test]
async fn who_is_not_known_sends_nothing() {
    let double = Double::start().await;
    let mut client = Client::connect(&double).await;
    assert!(
        client
            .say("MAIL FROM:<loja@example.com>")
            .await
            .starts_with("530")
    );
    let wrong = base64(b"\0emailapikey\0wrong");
    assert!(
        client
            .say(&format!("AUTH PLAIN {wrong}"))
            .await
            .starts_with("535")
    );
    assert!(client.say("AUTH LOGIN").await.starts_with("334"));
    assert!(client.say(&base64(b"emailapikey")).await.starts_with("334"));
    assert!(client.say(&base64(b"simulator")).await.starts_with("235"));
    assert!(client.say("DATA").await.starts_with("503"));
    assert!(client.say("WHAT").await.starts_with("502"));
}

#[tokio::test]
async fn a_foreign_sender_and_no_address_are_refused() {
    let double = Double::start().await;
    double
        .lever("/agents", json!({"token": "t2", "domains": ["loja.pt"]}))
        .await;
    let mut client = Client::connect(&double).await;
    let plain = base64(b"\0emailapikey\0t2");
    client.say(&format!("AUTH PLAIN {plain}")).await;
    assert!(
        client
            .say("MAIL FROM:<a@example.com>")
            .await
            .starts_with("553")
    );
    assert!(
        client
            .say("MAIL FROM:<a@loja.pt> SIZE=99000000")
            .await
            .starts_with("552")
    );
    assert!(client.say("MAIL FROM:<a@loja.pt>").await.starts_with("250"));
    assert!(client.say("RCPT TO:<nobody>").await.starts_with("553"));
    assert!(
        client
            .say("RCPT TO:<ana@example.com>")
            .await
            .starts_with("250")
    );
    assert!(client.say("DATA").await.starts_with("354"));
    assert!(
        client.say(MESSAGE).await.starts_with("553"),
        "the header's From counts too"
    );
    assert!(double.inbox().await.is_empty());
}

#[tokio::test]
async fn trouble_comes_before_or_after_the_mail_was_taken_here_too() {
    let double = Double::start().await;
    for (kind, when, answer, taken) in [
        ("unavailable503", "before", "451", 0),
        ("rate_limit429", "before", "452", 0),
        ("cut", "after", "", 1),
    ] {
        let fault = json!({"kind": kind, "when": when, "method": "SMTP"});
        assert_eq!(double.lever("/faults", fault).await.status, 204);
        let mut client = Client::known(&double).await;
        let said = client.mail("ana@example.com").await;
        assert!(
            said.starts_with(answer) && (answer.is_empty() == said.is_empty()),
            "{kind}: {said}"
        );
        assert_eq!(double.inbox().await.len(), taken);
    }
}
