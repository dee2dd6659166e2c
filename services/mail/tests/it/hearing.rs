//! What other services tell, over a real broker.

use bus::{Relay, emit};
use events::Event;
use events::orders::v1::{
    Order, OrderCancelled, OrderPlaced, OrderRefunded, OrderStatus, StockChanged,
};
use events::payments::v1::{Payment, PaymentFailed, PaymentRequiresAction, Voucher};
use events::tenants::v1::{
    DomainChanged, DomainState, StaffChanged, StaffStatus, TenantChanged, TenantStatus,
};
use kernel::{Currency, Money, TenantId};
use time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::world::World;
use testkit::until;

/// Another service's outbox and relay, beside the mail service.
struct Teller {
    db: db::Db,
    stop: CancellationToken,
}

impl Teller {
    fn start(world: &World, service: &'static str) -> Self {
        let db = world.place.database.db(service);
        let stop = CancellationToken::new();
        let relay = Relay::new(db.clone(), world.place.platform.rabbit.clone());
        tokio::spawn(relay.run(stop.clone()));
        Self { db, stop }
    }

    async fn tell<E: Event>(&self, tenant: TenantId, event: &E) {
        self.db
            .tenant(tenant, async |tx| emit(tx, event).await)
            .await
            .unwrap();
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The foundation's tables under the name of another service, of which only the outbox is used.
fn outbox_of(name: &'static str) -> db::Schema {
    db::Schema {
        name,
        migrations: mail::MIGRATIONS.migrations,
    }
}

fn tenant(id: TenantId, status: TenantStatus, version: i64) -> TenantChanged {
    TenantChanged {
        tenant_id: id.to_string(),
        version,
        slug: "serra".into(),
        name: "Loja Serra".into(),
        status: status.into(),
        country: "PT".into(),
        locale: "pt-PT".into(),
        locales: vec!["pt-PT".into()],
        currency: "EUR".into(),
        plan: "business".into(),
        contact_email: "ajuda@serra.example".into(),
        time_zone: "Europe/Lisbon".into(),
        logo_url: "https://cdn.example/logo.png".into(),
        ..TenantChanged::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_becomes_mails_in_the_stores_own_look() {
    let schemas = [
        mail::MIGRATIONS,
        outbox_of("orders"),
        outbox_of("payments"),
        outbox_of("tenants"),
    ];
    let world = World::with(&schemas, |_| Vec::new()).await;
    world.place.broker.create().await;
    let tenants = Teller::start(&world, "tenants");
    let (orders, payments) = (
        Teller::start(&world, "orders"),
        Teller::start(&world, "payments"),
    );
    let id = TenantId::new();
    tenants.tell(id, &tenant(id, TenantStatus::Active, 1)).await;
    let staff = |status: StaffStatus, email: &str| StaffChanged {
        tenant_id: id.to_string(),
        staff_id: Uuid::now_v7().to_string(),
        version: 1,
        role: "owner".into(),
        perms_version: 1,
        status: status.into(),
        name: "Rui".into(),
        email: email.into(),
        locale: "es".into(),
        ..StaffChanged::default()
    };
    tenants
        .tell(id, &staff(StaffStatus::Invited, "convidado@serra.example"))
        .await;
    tenants
        .tell(id, &staff(StaffStatus::Active, "dono@serra.example"))
        .await;
    let mailed = async |to: &str, what: &str| {
        until(&format!("{to} is told of {what}"), async || {
            let inbox = world.zepto.inbox(to).await;
            inbox
                .into_iter()
                .find(|mail| mail["subject"].as_str().unwrap().contains(what))
        })
        .await
    };
    mailed(
        "convidado@serra.example",
        "Invitación al equipo de Loja Serra",
    )
    .await;
    until("the owner is known", async || {
        (world
            .number_of("SELECT count(*) FROM mail.staff_contact WHERE active")
            .await
            == 1)
            .then_some(())
    })
    .await;
    let order = world.order("ana@example.pt");
    let number = order.number.clone();
    let tenant_id = id.to_string();
    // A payment's news may come before the order's.
    let payment = Payment {
        payment_id: Uuid::now_v7().to_string(),
        version: 1,
        order_id: order.order_id.clone(),
        amount: Some(Money::new(4_990, Currency::EUR).into()),
        ..Payment::default()
    };
    let voucher = Voucher {
        entity: "11249".into(),
        reference: "123456789".into(),
        expires_at_us: events::to_us(world.place.clock.now() + Duration::days(3)),
        ..Voucher::default()
    };
    let asks = PaymentRequiresAction {
        tenant_id: tenant_id.clone(),
        payment: Some(payment.clone()),
        action: "multibanco_display_details".into(),
        voucher: Some(voucher),
    };
    payments.tell(id, &asks).await;
    let placed = OrderPlaced {
        tenant_id: tenant_id.clone(),
        order: Some(order.clone()),
    };
    for _ in 0..2 {
        orders.tell(id, &placed).await;
    }
    let mail = mailed(
        "ana@example.pt",
        &format!("Recebemos a sua encomenda {number}"),
    )
    .await;
    let html = mail["html"].as_str().unwrap();
    assert!(html.contains("https://cdn.example/logo.png") && html.contains("ajuda@serra.example"));
    assert_eq!(mail["reply_to"][0]["address"], "ajuda@serra.example");
    let mail = mailed("ana@example.pt", "por Multibanco").await;
    assert!(
        mail["html"]
            .as_str()
            .unwrap()
            .contains("123\u{a0}456\u{a0}789")
    );
    let failed = PaymentFailed {
        tenant_id: tenant_id.clone(),
        payment: Some(Payment {
            payment_id: Uuid::now_v7().to_string(),
            ..payment
        }),
        code: "card_declined".into(),
        ..PaymentFailed::default()
    };
    payments.tell(id, &failed).await;
    until("the failure was heard of", async || {
        (world
            .number_of("SELECT count(*) FROM mail.message WHERE kind = 'payment_failed'")
            .await
            == 1)
            .then_some(())
    })
    .await;
    world.advance(Duration::minutes(3));
    mailed("ana@example.pt", "não foi aceite").await;
    let cancelled = Order {
        version: 2,
        status: OrderStatus::Cancelled.into(),
        cancel_reason: "expired".into(),
        ..order.clone()
    };
    orders
        .tell(
            id,
            &OrderCancelled {
                tenant_id: tenant_id.clone(),
                order: Some(cancelled.clone()),
            },
        )
        .await;
    mailed("ana@example.pt", "foi cancelada").await;
    let refunded = OrderRefunded {
        tenant_id: tenant_id.clone(),
        order: Some(Order {
            version: 3,
            ..cancelled
        }),
        refund_id: Uuid::now_v7().to_string(),
        amount: Some(Money::new(1_000, Currency::EUR).into()),
        ..OrderRefunded::default()
    };
    orders.tell(id, &refunded).await;
    mailed("ana@example.pt", "Reembolso de 10,00\u{a0}€").await;
    let stock = |version: i64, available: i64| StockChanged {
        tenant_id: tenant_id.clone(),
        variant_id: "01980000-0000-7000-8000-0000000000aa".into(),
        version,
        available,
        low_stock_threshold: 3,
        tracked: true,
        ..StockChanged::default()
    };
    for (version, available) in [(1, 9), (2, 3), (3, 2)] {
        orders.tell(id, &stock(version, available)).await;
    }
    mailed("dono@serra.example", "Poco stock").await;
    assert_eq!(
        world.zepto.inbox("ana@example.pt").await.len(),
        5,
        "each once"
    );
    // A store that is gone leaves nothing behind.
    tenants
        .tell(id, &tenant(id, TenantStatus::Deleted, 2))
        .await;
    until("everything is erased", async || {
        let sql =
            "SELECT (SELECT count(*) FROM mail.message) + (SELECT count(*) FROM mail.order_seen)
            + (SELECT count(*) FROM mail.staff_contact) + (SELECT count(*) FROM mail.mail_setting)";
        (world.number_of(sql).await == 0).then_some(())
    })
    .await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_written_once_and_not_after_its_person_has_come() {
    let world = World::start().await;
    let store = world.store().await;
    let staff = |id: Uuid, version: i64, status: StaffStatus| StaffChanged {
        tenant_id: store.id.to_string(),
        staff_id: id.to_string(),
        version,
        role: "viewer".into(),
        perms_version: 1,
        status: status.into(),
        name: "Rui".into(),
        email: format!("{}@example.pt", id.simple()),
        locale: "pt-PT".into(),
        ..StaffChanged::default()
    };
    let (on_time, late) = (Uuid::now_v7(), Uuid::now_v7());
    for event in [
        staff(on_time, 1, StaffStatus::Invited),
        staff(on_time, 1, StaffStatus::Invited),
        staff(on_time, 2, StaffStatus::Active),
        staff(on_time, 1, StaffStatus::Invited),
        staff(late, 2, StaffStatus::Active),
        staff(late, 1, StaffStatus::Invited),
    ] {
        let heard = world.heard(&store, event, mail::events::stores::staff_changed);
        heard.await.unwrap();
    }
    let written = world.mails(&store, "staff_invitation").await;
    assert_eq!(written.len(), 1, "{written:?}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_are_told_of_a_domain_that_leads_elsewhere_and_of_nothing_else() {
    let world = World::start().await;
    let store = world.store().await;
    let domain = Uuid::now_v7();
    for (version, state) in [
        (2, DomainState::Verified),
        (5, DomainState::Failing),
        (5, DomainState::Failing),
        (6, DomainState::Verified),
        (9, DomainState::Failing),
        (30, DomainState::Lost),
    ] {
        let event = DomainChanged {
            tenant_id: store.id.to_string(),
            domain_id: domain.to_string(),
            version,
            host: "loja.example.pt".into(),
            state: state.into(),
            changed_at_us: 1,
        };
        let heard = world.heard(&store, event, mail::events::domains::domain_changed);
        heard.await.unwrap();
    }
    assert_eq!(world.mails(&store, "domain_failing").await.len(), 2);
    assert_eq!(world.mails(&store, "domain_lost").await.len(), 1);
    world.end().await;
}
