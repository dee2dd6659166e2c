//! Letters about accounts, and receipts of withdrawals.

use events::orders::v1::{
    AccountMailKind, AccountMailRequested, WithdrawalLine, WithdrawalReceived,
};
use http_kit::auth::account_word;
use mail::events::customers;
use time::Duration;
use uuid::Uuid;

use crate::world::{Store, World};

fn letter(store: &Store, kind: AccountMailKind, locale: &str) -> AccountMailRequested {
    AccountMailRequested {
        tenant_id: store.id.to_string(),
        request_id: Uuid::now_v7().to_string(),
        version: 1,
        kind: kind.into(),
        email: "ana@example.pt".into(),
        name: "Ana".into(),
        locale: locale.into(),
        expires_at_us: 0,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_about_an_account_leads_to_its_page_with_a_word_that_nobody_told() {
    let world = World::start().await;
    let store = world.store().await;
    let until = events::to_us(world.place.clock.now() + Duration::hours(1));
    let cases = [
        (
            AccountMailKind::Verify,
            "account_verify",
            "/en/account/verify?token=",
            "en",
        ),
        (
            AccountMailKind::Reset,
            "account_reset",
            "/account/reset?token=",
            "pt-PT",
        ),
        (
            AccountMailKind::Exists,
            "account_exists",
            "/en/account/sign-in",
            "es",
        ),
        (
            AccountMailKind::Welcome,
            "account_welcome",
            "/en/account",
            "fr",
        ),
    ];
    for (kind, name, page, locale) in cases {
        let has_word = page.ends_with('=');
        let letter = AccountMailRequested {
            expires_at_us: if has_word { until } else { 0 },
            ..letter(&store, kind, locale)
        };
        let delivery = world.delivery(&store, letter.clone());
        for _ in 0..2 {
            let delivery = bus::Delivery {
                id: delivery.id,
                tenant: delivery.tenant,
                occurred_at: delivery.occurred_at,
                message: letter.clone(),
            };
            world
                .delivered(&store, delivery, customers::account_mail)
                .await
                .unwrap();
        }
        world.until_mail(&store, name, "delivered").await;
        assert_eq!(world.mails(&store, name).await.len(), 1, "{name}");
        let inbox = world.zepto.inbox("ana@example.pt").await;
        let request: Uuid = letter.request_id.parse().unwrap();
        let word = account_word(&world.app.ticket_key, store.id, request);
        let word = if has_word { word.as_str() } else { "" };
        let known = world.app.directory.by_id(store.id).unwrap();
        let origin = world.app.origins.store(&known);
        let address = format!("{origin}{page}{word}");
        let found = inbox
            .iter()
            .filter_map(|mail| mail["text"].as_str())
            .any(|text| text.contains(&address));
        assert!(found, "{name} leads to {address}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_has_run_out_is_not_sent_any_more() {
    let world = World::start().await;
    let store = world.store().await;
    let late = AccountMailRequested {
        expires_at_us: events::to_us(world.place.clock.now() - Duration::seconds(1)),
        ..letter(&store, AccountMailKind::Reset, "en")
    };
    world
        .heard(&store, late, customers::account_mail)
        .await
        .unwrap();
    assert!(world.mails(&store, "account_reset").await.is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_is_acknowledged_with_its_content_and_time_and_the_store_is_told() {
    let world = World::start().await;
    let store = world.store().await;
    let event = WithdrawalReceived {
        tenant_id: store.id.to_string(),
        withdrawal_id: Uuid::now_v7().to_string(),
        version: 1,
        order_id: Uuid::now_v7().to_string(),
        order_number: "PT-1042".into(),
        name: "Ana Martins".into(),
        email: "ana@example.pt".into(),
        statement: "Não me <serve>.\nObrigada.".into(),
        lines: vec![WithdrawalLine {
            line_id: Uuid::now_v7().to_string(),
            title: "Casaco Serra".into(),
            variant_title: "Verde / M".into(),
            quantity: 2,
        }],
        whole_order: false,
        locale: "pt-PT".into(),
        received_at_us: events::to_us(world.place.clock.now()),
    };
    for _ in 0..2 {
        world
            .heard(&store, event.clone(), customers::withdrawal)
            .await
            .unwrap();
    }
    world
        .until_mail(&store, "withdrawal_received", "delivered")
        .await;
    world
        .until_mail(&store, "new_withdrawal", "delivered")
        .await;
    for kind in ["withdrawal_received", "new_withdrawal"] {
        assert_eq!(world.mails(&store, kind).await.len(), 1, "{kind}");
    }
    let receipt = world.zepto.inbox("ana@example.pt").await;
    let text = receipt[0]["text"].as_str().unwrap();
    for told in [
        "PT-1042",
        "Ana Martins",
        "2 × Casaco Serra (Verde / M)",
        "Não me <serve>.",
        "Obrigada.",
    ] {
        assert!(text.contains(told), "{told} in {text}");
    }
    let html = receipt[0]["html"].as_str().unwrap();
    assert!(!html.contains("<serve>") && html.contains("&lt;serve&gt;"));
    let notice = world.zepto.inbox(&store.owner_email).await;
    let text = notice[0]["text"].as_str().unwrap();
    assert!(text.contains(&format!("/orders/{}", event.order_id)));
    world.end().await;
}
