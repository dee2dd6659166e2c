//! What we ask of Stripe and what we read, held against Stripe's own OpenAPI document.

use kernel::{Currency, Money};
use payments::clients::stripe::requests::{self, NewAccount, NewIntent, NewRefund, Request};
use payments::clients::stripe::{
    API_VERSION, Account, AccountLink, ApplicationFee, Dispute, Event, EventsPage, List,
    PaymentIntent, Refund,
};
use payments::domain::webhook::HEARD;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

const DOCUMENT: &str = include_str!("../../../../e2e/simulators/contract/stripe/openapi.json");

struct Document(Value);

impl Document {
    fn load() -> Self {
        Self(serde_json::from_str(DOCUMENT).unwrap())
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(name) => {
                let name = name.rsplit('/').next().unwrap();
                let found = self.0["components"]["schemas"].get(name);
                self.resolve(found.unwrap_or_else(|| panic!("{name} is in the document")))
            }
            None => schema,
        }
    }

    /// The schemas that a value may have.
    fn options<'a>(&'a self, schema: &'a Value) -> Vec<&'a Value> {
        let schema = self.resolve(schema);
        match schema["anyOf"].as_array() {
            Some(all) => all.iter().flat_map(|option| self.options(option)).collect(),
            None => vec![schema],
        }
    }

    /// The operation of a request: literal paths before those with a placeholder.
    fn operation(&self, request: &Request) -> &Value {
        let wanted: Vec<&str> = request.path.split('/').collect();
        let fits = |path: &str| {
            let parts: Vec<&str> = path.split('/').collect();
            let same = |(part, want): (&&str, &&str)| part.starts_with('{') || part == want;
            parts.len() == wanted.len() && parts.iter().zip(&wanted).all(same)
        };
        let paths = self.0["paths"].as_object().unwrap();
        let mut found: Vec<&String> = paths.keys().filter(|path| fits(path)).collect();
        found.sort_by_key(|path| path.matches('{').count());
        let method = request.method.as_str().to_lowercase();
        let operations = found.iter().map(|path| &paths[*path][&method]);
        let mut known = operations.filter(|operation| operation.is_object());
        known
            .next()
            .unwrap_or_else(|| panic!("Stripe has no {method} {}", request.path))
    }

    /// The form or the query of an operation as one object.
    fn fields(&self, operation: &Value) -> Value {
        let form = "/requestBody/content/application~1x-www-form-urlencoded/schema";
        if let Some(schema) = operation.pointer(form) {
            return self.resolve(schema).clone();
        }
        let parameters = operation["parameters"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let query = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "query");
        let named = query.map(|parameter| {
            let name = parameter["name"].as_str().unwrap().to_owned();
            (name, parameter["schema"].clone())
        });
        json!({ "type": "object", "properties": named.collect::<Map<_, _>>() })
    }

    /// What of a request Stripe would refuse.
    fn complaints(&self, request: &Request) -> Vec<String> {
        let fields = self.fields(self.operation(request));
        let mut wrong: Vec<String> = request
            .fields
            .iter()
            .filter_map(|(name, value)| self.complaint(&fields, name, value))
            .collect();
        let required = fields["required"].as_array().cloned().unwrap_or_default();
        for name in required.iter().filter_map(Value::as_str) {
            let given = |(field, _): &(String, String)| field.split('[').next() == Some(name);
            if !request.fields.iter().any(given) {
                wrong.push(format!("{name} is missing"));
            }
        }
        wrong
    }

    fn complaint(&self, fields: &Value, name: &str, value: &str) -> Option<String> {
        let mut options = vec![fields];
        let parts = name.split('[').map(|part| part.trim_end_matches(']'));
        for part in parts {
            let inner = options.iter().filter_map(|schema| {
                let is_index = part.is_empty() || part.bytes().all(|b| b.is_ascii_digit());
                match schema["type"].as_str() {
                    Some("array") if is_index => schema.get("items"),
                    Some("object") => schema["properties"].get(part).or_else(|| {
                        schema
                            .get("additionalProperties")
                            .filter(|rest| rest.is_object())
                    }),
                    _ => None,
                }
            });
            options = inner.flat_map(|schema| self.options(schema)).collect();
            if options.is_empty() {
                return Some(format!("{name} is not a parameter"));
            }
        }
        let takes = |schema: &&Value| match schema["type"].as_str() {
            Some("integer") => value.parse::<i64>().is_ok(),
            Some("boolean") => matches!(value, "true" | "false"),
            Some("string") => match schema["enum"].as_array() {
                Some(all) => all.contains(&json!(value)),
                None => !value.is_empty(),
            },
            _ => false,
        };
        let fits = options.iter().any(takes);
        (!fits).then(|| format!("{name} does not take {value}"))
    }

    /// An object with every field, or with as little as the schema allows.
    fn example(&self, schema: &Value, full: bool, depth: usize) -> Value {
        let nullable = schema["nullable"] == true || self.resolve(schema)["nullable"] == true;
        if nullable && (!full || depth > 6) {
            return Value::Null;
        }
        let options = self.options(schema);
        let Some(schema) = (if full {
            options.last()
        } else {
            options.first()
        }) else {
            // Only objects that the trimmed document leaves out.
            return Value::Null;
        };
        if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
            return first.clone();
        }
        match schema["type"].as_str() {
            Some("integer") => json!(7),
            Some("number") => json!(1.5),
            Some("boolean") => json!(true),
            Some("array") if full && depth <= 6 => {
                json!([self.example(&schema["items"], full, depth + 1)])
            }
            Some("array") => json!([]),
            Some("object") => self.object(schema, full, depth),
            _ => json!("text"),
        }
    }

    fn object(&self, schema: &Value, full: bool, depth: usize) -> Value {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let properties = schema["properties"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        let wanted = |name: &String| required.contains(&json!(name)) || (full && depth <= 6);
        let members = properties.iter().filter(|(name, _)| wanted(name));
        let mut object: Map<String, Value> = members
            .map(|(name, schema)| (name.clone(), self.example(schema, full, depth + 1)))
            .collect();
        if full && schema["additionalProperties"].is_object() {
            let value = self.example(&schema["additionalProperties"], full, depth + 1);
            object.insert("key".into(), value);
        }
        Value::Object(object)
    }

    fn named(&self, name: &str, full: bool) -> Value {
        let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
        self.example(&schema, full, 0)
    }
}

/// Every request that the service can make.
fn requests() -> Vec<Request> {
    let intent = |fee_minor, receipt_email| NewIntent {
        amount: Money::new(4_990, Currency::EUR),
        fee_minor,
        tenant: "t".into(),
        order: "o".into(),
        order_number: "1001".into(),
        payment: "p".into(),
        receipt_email,
    };
    let refund = |returns_fee| NewRefund {
        intent: "pi_1".into(),
        amount_minor: 100,
        refund: "r".into(),
        returns_fee,
    };
    let account = |email| NewAccount {
        country: "PT".into(),
        email,
        tenant: "t".into(),
    };
    let page = |after| EventsPage {
        types: HEARD,
        from: 1,
        until: 2,
        after,
    };
    let text = || Some("x@example.pt".to_owned());
    vec![
        Request::from(&intent(75, text())),
        Request::from(&intent(0, None)),
        Request::from(&refund(true)),
        Request::from(&refund(false)),
        Request::from(&account(text())),
        Request::from(&account(None)),
        Request::from(&page(Some("evt_1".into()))),
        Request::from(&page(None)),
        requests::account_link("acct_1", "http://a", "http://b"),
        requests::retrieve_account("acct_1"),
        requests::list_accounts(1, Some("acct_1")),
        requests::list_accounts(1, None),
        requests::retrieve_intent("pi_1"),
        requests::cancel_intent("pi_1"),
        requests::list_refunds("pi_1", Some("re_1")),
        requests::list_refunds("pi_1", None),
        requests::retrieve_dispute("du_1"),
        requests::retrieve_application_fee("fee_1"),
    ]
}

#[test]
fn every_request_is_one_that_stripe_knows() {
    let document = Document::load();
    for request in requests() {
        let wrong = document.complaints(&request);
        assert!(
            wrong.is_empty(),
            "{} {}: {wrong:?}",
            request.method,
            request.path
        );
    }
}

#[test]
fn a_parameter_that_stripe_does_not_know_would_be_found() {
    let document = Document::load();
    let broken = |name: &str, value: &str| {
        let mut request = Request::from(&NewRefund {
            intent: "pi_1".into(),
            amount_minor: 100,
            refund: "r".into(),
            returns_fee: true,
        });
        request.fields.push((name.to_owned(), value.to_owned()));
        document.complaints(&request).len()
    };
    assert_eq!(broken("colour", "red"), 1);
    assert_eq!(broken("metadata[a][b]", "x"), 1);
    assert_eq!(broken("amount", "1.5"), 1);
    assert_eq!(broken("refund_application_fee", "yes"), 1);
    assert_eq!(broken("reason", "because"), 1);
    let mut missing = requests::account_link("acct_1", "http://a", "http://b");
    missing.fields.retain(|(name, _)| name != "type");
    assert_eq!(document.complaints(&missing), ["type is missing"]);
}

#[test]
fn the_document_is_of_the_version_we_are_pinned_to() {
    assert_eq!(Document::load().0["info"]["version"], API_VERSION);
}

#[test]
fn every_event_that_is_heard_is_one_that_stripe_sends() {
    let document = Document::load();
    for kind in HEARD {
        // Stripe's older word for `refund.updated`; the trimmed document leaves it out.
        if *kind != "charge.refund.updated" {
            assert!(document.0["x-stripe-events"][*kind].is_object(), "{kind}");
        }
    }
}

fn parse<T: DeserializeOwned>(document: &Document, name: &str) -> [T; 2] {
    [false, true].map(|full| {
        let example = document.named(name, full);
        serde_json::from_value(example).unwrap_or_else(|error| panic!("{name}: {error}"))
    })
}

#[test]
fn every_object_is_read_with_as_little_and_with_as_much_as_stripe_may_send() {
    let document = Document::load();
    let [least, intent] = parse::<PaymentIntent>(&document, "payment_intent");
    assert!(least.latest_charge.is_none() && least.next_action.is_none());
    assert!(intent.client_secret.is_some() && intent.application_fee_amount == Some(7));
    assert_eq!(intent.metadata.get("key").map(String::as_str), Some("text"));
    assert!(intent.cancellation_reason.is_some());
    assert!(intent.latest_charge.unwrap().application_fee.is_some());
    let method = intent.payment_method.unwrap();
    assert!(!method.kind.is_empty() && !method.card.unwrap().last4.is_empty());
    let error = intent.last_payment_error.unwrap();
    assert!(error.code.is_some() && error.decline_code.is_some());
    assert!(error.charge.is_some() && error.payment_method.is_some());
    let voucher = intent
        .next_action
        .unwrap()
        .multibanco_display_details
        .unwrap();
    assert!(voucher.entity.is_some() && voucher.reference.is_some());
    assert!(voucher.expires_at.is_some() && voucher.hosted_voucher_url.is_some());

    let [_, refund] = parse::<Refund>(&document, "refund");
    assert!(refund.status.is_some() && refund.failure_reason.is_some());
    assert!(!refund.metadata.is_empty());

    let [least, dispute] = parse::<Dispute>(&document, "dispute");
    assert!(least.balance_transactions.is_empty());
    assert!(dispute.payment_intent.is_some() && dispute.livemode);
    assert_eq!(dispute.evidence_details.unwrap().due_by, Some(7));
    assert_eq!(dispute.balance_transactions[0].fee, 7);

    let [_, fee] = parse::<ApplicationFee>(&document, "application_fee");
    assert_eq!(fee.amount_refunded, 7);

    let [_, account] = parse::<Account>(&document, "account");
    assert!(account.charges_enabled && account.details_submitted && account.payouts_enabled);
    assert!(account.capabilities.contains_key("card_payments"));
    let wanted = account.requirements.unwrap();
    assert!(wanted.currently_due.is_some() && wanted.past_due.is_some());

    let [_, link] = parse::<AccountLink>(&document, "account_link");
    assert_eq!(link.expires_at, 7);
    let [_, event] = parse::<Event>(&document, "event");
    assert!(event.livemode && event.created == 7 && event.account.is_some());
    let list = json!({ "object": "list", "url": "/v1/refunds", "has_more": true,
        "data": [document.named("refund", false)] });
    let list: List<Refund> = serde_json::from_value(list).unwrap();
    assert!(list.has_more && list.data.len() == 1);
}
