//! Made-up facts for previews: every field that a kind shows is there.

use kernel::{Currency, Money};
use time::macros::datetime;

use super::view::StoreLook;
use crate::domain::facts::{
    Bill, Document, Domain, Endpoint, Facts, Line, Link, Meter, OrderFacts, Product, Refund,
    Returned, Shipment, Tax, Voucher, Withdrawal,
};
use crate::domain::format::Lang;
use crate::domain::kinds::{Kind, Layout};

/// A store, where a real one's look is not at hand.
pub fn store() -> StoreLook {
    StoreLook {
        name: "Loja Exemplo".into(),
        url: "https://loja.example".into(),
        lang: Lang::Pt,
        admin_url: "https://stores.example/admin".into(),
        logo_url: String::new(),
        contact_email: "ajuda@loja.example".into(),
        contact_phone: "+351 210 000 000".into(),
        tax_id: "500000000".into(),
        accent: "#1f2937".into(),
        time_zone: "Europe/Lisbon".into(),
    }
}

/// What a mail of this kind is about.
pub fn facts(kind: Kind) -> Facts {
    let mut facts = Facts {
        name: "Ana Martins".into(),
        ..Facts::default()
    };
    if kind.layout() == Layout::Order || kind == Kind::InvoiceIssued {
        facts.order = Some(order());
    }
    match kind {
        Kind::OrderPaid | Kind::InvoiceIssued => facts.document = Some(document()),
        Kind::MultibancoVoucher => facts.voucher = Some(voucher()),
        Kind::OrderShipped => facts.shipment = Some(shipment()),
        Kind::OrderCancelled => {
            facts.order = Some(OrderFacts {
                cancel_reason: "expired".into(),
                ..order()
            });
        }
        Kind::OrderRefunded => {
            facts.refund = Some(Refund {
                amount: euros(2_490),
            })
        }
        Kind::ReturnRequested | Kind::ReturnApproved | Kind::ReturnReceived => {
            facts.returned = Some(returned(kind));
        }
        Kind::WithdrawalReceived | Kind::NewWithdrawal => facts.withdrawal = Some(withdrawal()),
        Kind::AccountVerify
        | Kind::AccountExists
        | Kind::AccountReset
        | Kind::AccountWelcome
        | Kind::ExportReady
        | Kind::StaffInvitation => facts.link = Some(link()),
        Kind::Dunning => {
            facts.link = Some(Link {
                expires_at: None,
                ..link()
            });
            facts.bill = Some(bill());
        }
        Kind::AbandonedCart | Kind::BackInStock | Kind::ReviewRequest => {
            facts.link = Some(link());
            facts.products = products();
        }
        Kind::LowStock => facts.products = products().into_iter().take(1).collect(),
        Kind::WebhookDisabled => facts.endpoint = Some(endpoint()),
        Kind::DomainFailing | Kind::DomainLost => facts.domain = Some(domain()),
        Kind::MailLimitNear => facts.meter = Some(meter(4_000)),
        Kind::MailLimitReached => facts.meter = Some(meter(5_000)),
        Kind::OrderPlaced | Kind::PaymentFailed | Kind::OrderDelivered | Kind::NewOrder => {}
    }
    facts
}

fn euros(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn order() -> OrderFacts {
    let address = [
        "Ana Martins",
        "Rua das Flores 12, 3.º Esq.",
        "1100-148 Lisboa",
        "PT",
        "+351912345678",
    ];
    let address: Vec<String> = address.map(str::to_owned).into();
    OrderFacts {
        id: "0198a3c2-7d10-7c3f-9a55-1f0d5a2b7e01".into(),
        number: "PT-1042".into(),
        email: "ana@example.pt".into(),
        locale: "pt-PT".into(),
        access_token: "exemplo".into(),
        lines: vec![
            Line {
                title: "Casaco impermeável Serra".into(),
                variant: "Verde / M".into(),
                quantity: 1,
                image_url: String::new(),
                total: Some(euros(12_990)),
            },
            Line {
                title: "Meias de lã merino para caminhada, pack de 3 pares".into(),
                variant: "39–42".into(),
                quantity: 2,
                image_url: String::new(),
                total: Some(euros(4_980)),
            },
        ],
        subtotal: Some(euros(17_970)),
        discount: Some(euros(1_797)),
        shipping: Some(euros(390)),
        shipping_title: "CTT Expresso".into(),
        taxes: vec![Tax {
            rate_bps: 2_300,
            tax: Some(euros(3_097)),
        }],
        total: Some(euros(16_563)),
        due: Some(euros(16_563)),
        prices_include_tax: true,
        billing: address.clone(),
        delivery: address,
        name: "Ana Martins".into(),
        tax_id: "123456789".into(),
        note: String::new(),
        payment_method: "mb_way".into(),
        cancel_reason: String::new(),
        placed_at: Some(datetime!(2026-11-29 15:42 UTC)),
    }
}

fn voucher() -> Voucher {
    Voucher {
        entity: "11249".into(),
        reference: "123456789".into(),
        amount: euros(16_563),
        expires_at: Some(datetime!(2026-12-06 23:59 UTC)),
    }
}

fn document() -> Document {
    Document {
        kind: "invoice_receipt".into(),
        number: "FR 2026/20".into(),
        pdf_url: "https://docs.example/fr-2026-20.pdf".into(),
    }
}

fn shipment() -> Shipment {
    Shipment {
        carrier: "CTT".into(),
        tracking: "DA123456789PT".into(),
        tracking_url: "https://tracking.example/DA123456789PT".into(),
    }
}

fn returned(kind: Kind) -> Returned {
    let address = [
        "Loja Exemplo, Devoluções",
        "Av. da República 1",
        "1050-185 Lisboa",
    ];
    Returned {
        number: "D-17".into(),
        order_number: "PT-1042".into(),
        address: if kind == Kind::ReturnApproved {
            address.map(str::to_owned).into()
        } else {
            Vec::new()
        },
        refund: (kind == Kind::ReturnReceived).then(|| euros(4_980)),
    }
}

fn withdrawal() -> Withdrawal {
    Withdrawal {
        order_id: "0198a3c2-7d10-7c3f-9a55-1f0d5a2b7e01".into(),
        order_number: "PT-1042".into(),
        name: "Ana Martins".into(),
        email: "ana@example.pt".into(),
        statement: "Não me serve.".into(),
        lines: vec![Line {
            title: "Casaco impermeável Serra".into(),
            variant: "Verde / M".into(),
            quantity: 1,
            ..Line::default()
        }],
        whole_order: false,
        received_at: datetime!(2026-11-29 15:42 UTC),
    }
}

fn link() -> Link {
    Link {
        url: "https://loja.example/conta/7f3a9c21e5".into(),
        expires_at: Some(datetime!(2026-11-30 15:42 UTC)),
    }
}

fn bill() -> Bill {
    Bill {
        number: "VS-2026-118".into(),
        amount: euros(4_900),
        due_at: datetime!(2026-12-06 12:00 UTC),
    }
}

fn endpoint() -> Endpoint {
    Endpoint {
        host: "erp.example".into(),
        last_status: "503".into(),
    }
}

fn domain() -> Domain {
    Domain {
        host: "loja.example".into(),
    }
}

fn meter(mails: i64) -> Meter {
    Meter {
        mails,
        covered: 5_000,
    }
}

fn products() -> Vec<Product> {
    vec![
        Product {
            title: "Casaco impermeável Serra".into(),
            variant: "Verde / M".into(),
            sku: "SERRA-VD-M".into(),
            image_url: String::new(),
            price: Some(euros(12_990)),
            quantity: 2,
        },
        Product {
            title: "Meias de lã merino".into(),
            variant: "39–42".into(),
            sku: "MER-39".into(),
            image_url: String::new(),
            price: Some(euros(2_490)),
            quantity: 1,
        },
    ]
}
