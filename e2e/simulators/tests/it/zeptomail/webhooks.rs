use super::world::{Double, Listener, mail};
use serde_json::{Value, json};

#[tokio::test]
async fn what_becomes_of_a_mail_is_told_by_its_address() {
    let double = Double::start().await;
    let listener = Listener::start(&double).await;
    let mut sent = 0;
    for (to, events) in [
        ("ana@example.com", vec!["delivered"]),
        ("soft+1@example.com", vec!["softbounce"]),
        ("bounce-1@example.com", vec!["hardbounce"]),
        ("complain@example.com", vec!["delivered", "feedbackloop"]),
        (
            "click@example.com",
            vec!["delivered", "email_open", "email_link_click"],
        ),
        ("silent@example.com", vec![]),
    ] {
        double.send(&mail(to)).await;
        sent += events.len();
        let seen = listener.wait_for(sent).await;
        let mut kinds: Vec<_> = seen[sent - events.len()..]
            .iter()
            .map(super::world::Received::kind)
            .collect();
        let mut events = events;
        kinds.sort();
        events.sort_unstable();
        assert_eq!(kinds, events, "{to}");
    }
}

#[tokio::test]
async fn an_event_says_which_mail_and_whom_it_is_about() {
    let double = Double::start().await;
    let listener = Listener::start(&double).await;
    let mut two = mail("ana@example.com");
    two["to"] = json!([{"email_address": {"address": "ana@example.com"}},
                       {"email_address": {"address": "bounce@example.com"}}]);
    let answer = double.send(&two).await;
    let seen = listener.wait_for(2).await;
    let bounce = seen
        .iter()
        .find(|one| one.kind() == "hardbounce")
        .unwrap()
        .payload();
    let message = &bounce["event_message"][0];
    assert_eq!(message["request_id"], answer.body["request_id"]);
    assert_eq!(message["email_info"]["client_reference"], "m-1");
    assert_eq!(
        message["email_info"]["to"].as_array().unwrap().len(),
        2,
        "everybody is listed"
    );
    let data = &message["event_data"][0];
    assert_eq!(
        (&data["object"], &data["details"][0]["bounced_recipient"]),
        (&json!("hardbounce"), &json!("bounce@example.com"))
    );
    assert_eq!(bounce["mailagent_key"], "agent-1");
    let ids: Vec<_> = seen
        .iter()
        .map(|one| one.payload()["webhook_request_id"].clone())
        .collect();
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn the_json_within_the_form_is_signed() {
    let double = Double::start().await;
    let listener = Listener::start(&double).await;
    for (at, form) in [(0, "data"), (1, "eventData"), (2, "json")] {
        double.lever("/webhooks/urls", json!({"form": form})).await;
        let mut spaced = mail("ana@example.com");
        spaced["subject"] = json!("A + B & 100% ção");
        double.send(&spaced).await;
        let seen = listener.wait_for(at + 1).await[at].clone();
        assert!(
            form == "json" || seen.body.starts_with(&format!("{form}=")),
            "{}",
            seen.body
        );
        assert_eq!(
            seen.payload()["event_message"][0]["email_info"]["subject"],
            "A + B & 100% ção"
        );
        assert!(seen.is_signed_with("simulator-webhooks") && !seen.is_signed_with("other"));
        assert!(
            seen.signature.starts_with("ts=1")
                && seen.signature.ends_with(";s-algorithm=HmacSHA256")
        );
    }
}

#[tokio::test]
async fn a_header_of_ones_own_may_stand_for_the_signature() {
    let double = Double::start().await;
    let listener = Listener::start(&double).await;
    double
        .lever(
            "/webhooks/urls",
            json!({"key": "", "header": ["authorization", "Bearer s3cret"]}),
        )
        .await;
    double.send(&mail("ana@example.com")).await;
    let seen = &listener.wait_for(1).await[0];
    assert_eq!(
        (seen.signature.as_str(), seen.authorization.as_str()),
        ("", "Bearer s3cret")
    );
}

#[tokio::test]
async fn an_event_comes_again_until_it_is_taken_and_more_often_on_command() {
    let double = Double::start().await;
    let listener = Listener::start(&double).await;
    listener.answers.lock().unwrap().extend([500, 503]);
    double.send(&mail("ana@example.com")).await;
    let seen = listener.wait_for(3).await;
    assert_eq!(seen[0].body, seen[2].body);
    double
        .lever(
            "/webhooks/rules",
            json!({"duplicates": 2, "types": "soft*"}),
        )
        .await;
    double.send(&mail("soft@example.com")).await;
    let seen = listener.wait_for(6).await;
    assert_eq!(
        seen[3].payload()["webhook_request_id"],
        seen[5].payload()["webhook_request_id"]
    );
    let deliveries = double.look("/deliveries").await;
    let again = double
        .lever(
            &format!("/deliveries/{}/resend", deliveries[0]["id"]),
            json!({}),
        )
        .await;
    assert_eq!(again.status, 204);
    assert_eq!(listener.wait_for(7).await[6].body, seen[0].body);
}

#[tokio::test]
async fn events_are_held_and_let_go_the_other_way_round() {
    let double = Double::start().await;
    let listener = Listener::start(&double).await;
    double.lever("/webhooks/rules", json!({"hold": true})).await;
    double.send(&mail("click@example.com")).await;
    let released = double
        .lever("/webhooks/release", json!({"order": "reversed"}))
        .await;
    assert_eq!(released.body["released"], 3);
    listener.wait_for(3).await;
    assert_eq!(
        listener.kinds(),
        ["email_link_click", "email_open", "delivered"]
    );
}

#[tokio::test]
async fn events_are_lost_late_and_wrongly_signed_on_command() {
    let double = Double::start().await;
    let listener = Listener::start(&double).await;
    double
        .lever("/webhooks/rules", json!({"drop_next": 1, "delay_ms": 50}))
        .await;
    double.send(&mail("lost@example.com")).await;
    double.send(&mail("late@example.com")).await;
    let seen = listener.wait_for(1).await;
    let to = &seen[0].payload()["event_message"][0]["email_info"]["to"][0];
    assert_eq!(to["email_address"]["address"], "late@example.com");
    double
        .lever("/webhooks/rules", json!({"corrupt_next": 1}))
        .await;
    double.send(&mail("ana@example.com")).await;
    assert!(!listener.wait_for(2).await[1].is_signed_with("simulator-webhooks"));
}

#[tokio::test]
async fn objects_may_stand_where_arrays_are_documented() {
    let double = Double::start().await;
    let listener = Listener::start(&double).await;
    double.lever("/settings", json!({"odd_shapes": true})).await;
    double.send(&mail("bounce@example.com")).await;
    let odd = listener.wait_for(1).await[0].payload();
    assert_eq!(odd["event_name"], "hardbounce");
    assert_eq!(
        odd["event_message"]["event_data"]["details"]["bounced_recipient"],
        "bounce@example.com"
    );
    assert_eq!(
        odd["event_message"]["email_info"]["to"][0]["email_address"][0]["address"],
        "bounce@example.com"
    );
}

#[tokio::test]
async fn a_suppressed_address_is_taken_and_dropped() {
    let double = Double::start().await;
    let listener = Listener::start(&double).await;
    double.send(&mail("bounce@example.com")).await;
    listener.wait_for(1).await;
    assert_eq!(double.send(&mail("Bounce@example.com")).await.status, 201);
    assert_eq!(double.inbox().await[1]["events"], json!([]));
    let url = format!("{}/_sim/agents/agent-1/suppressed", double.base);
    double.client.delete(url).send().await.unwrap();
    double.send(&mail("bounce@example.com")).await;
    assert_eq!(listener.wait_for(2).await.len(), 2);
}

#[tokio::test]
async fn a_forged_event_is_sent_as_told() {
    let double = Double::start().await;
    let listener = Listener::start(&double).await;
    listener.answers.lock().unwrap().push_back(401);
    let forged = json!({"event": "hardbounce", "key": "guess", "patch": {"mailagent_key": "agent-1"}, "age_seconds": 86_400});
    assert_eq!(
        double.lever("/webhooks/send", forged).await.body,
        json!({"status": 401})
    );
    assert!(listener.seen()[0].is_signed_with("guess"));
    let test = json!({"raw": "{}", "form": "json", "key": ""});
    assert_eq!(
        double.lever("/webhooks/send", test).await.body["status"],
        200
    );
    assert_eq!(
        (
            listener.seen()[1].body.as_str(),
            listener.seen()[1].signature.as_str()
        ),
        ("{}", "")
    );
}

#[tokio::test]
async fn a_reader_may_open_a_mail_later() {
    let double = Double::start().await;
    let listener = Listener::start(&double).await;
    double.send(&mail("ana@example.com")).await;
    let id = double.inbox().await[0]["id"].clone();
    assert_eq!(
        double
            .lever(&format!("/inbox/{id}/email_link_click"), json!({}))
            .await
            .status,
        204
    );
    let seen = listener.wait_for(2).await;
    let click = seen
        .iter()
        .map(super::world::Received::payload)
        .find(|payload| payload["event_name"][0] == "email_link_click");
    let detail: &Value = &click.unwrap()["event_message"][0]["event_data"][0]["details"][0];
    assert_eq!(detail["clicked_link"], "https://loja.example/1");
}
