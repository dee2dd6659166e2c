use super::*;
use crate::domain::kinds::Audience;

fn render(kind: Kind, lang: Lang, facts: &Facts, own: Option<&Override>) -> Rendered {
    let renderer = Renderer::new().unwrap();
    let store = samples::store();
    let wanted = Wanted {
        kind,
        lang,
        facts,
        store: &store,
        own,
        unsubscribe_url: kind
            .is_marketing()
            .then(|| "https://loja.example/x".to_owned()),
        is_test: false,
    };
    renderer.render(&wanted).unwrap()
}

#[test]
fn every_kind_can_be_written_in_every_language() {
    for kind in Kind::ALL {
        for lang in Lang::ALL {
            let mail = render(*kind, lang, &samples::facts(*kind), None);
            for text in [&mail.subject, &mail.html, &mail.text] {
                assert!(
                    !text.contains("{{") && !text.contains("}}"),
                    "{kind:?} {lang:?}: {text}"
                );
                assert!(!text.trim().is_empty());
            }
            assert!(
                mail.html
                    .contains(&format!("<html lang=\"{}\"", lang.tag()))
            );
            let unsubscribes = mail.html.contains("https://loja.example/x");
            assert_eq!(unsubscribes, kind.is_marketing(), "{kind:?}");
        }
    }
}

#[test]
fn every_text_of_the_catalogue_names_only_what_its_kind_knows() {
    let renderer = Renderer::new().unwrap();
    for kind in Kind::ALL {
        let known = renderer.known(*kind);
        for lang in Lang::ALL {
            let texts = renderer.texts(*kind, lang, None);
            for text in [
                &texts.subject,
                &texts.heading,
                &texts.body,
                &texts.closing,
                &texts.button,
            ] {
                placeholders::check(text, &known).unwrap();
            }
        }
    }
}

#[test]
fn facts_that_are_missing_break_nothing() {
    for kind in Kind::ALL {
        for facts in [
            Facts::default(),
            Facts {
                order: Some(Default::default()),
                ..Facts::default()
            },
        ] {
            render(*kind, Lang::Pt, &facts, None);
        }
    }
}

#[test]
fn what_people_wrote_is_shown_and_never_run() {
    let mut facts = samples::facts(Kind::OrderPaid);
    let evil = "<img src=x onerror=alert(1)>\"'{{ store.url }}{% for a in b %}";
    facts.name = format!("Ana\r\nBcc: x@y.example {evil}");
    let order = facts.order.as_mut().unwrap();
    order.number = format!("1\r\nBcc: x@y.example\0{evil}");
    order.note = evil.into();
    order.billing = vec![evil.into()];
    for line in &mut order.lines {
        line.title = evil.into();
        line.image_url = "javascript:alert(1)".into();
    }
    facts.document.as_mut().unwrap().pdf_url = "javascript:alert(1)".into();
    let own = Override {
        body: Some("<script>alert(2)</script>\n{{ order.number }}".into()),
        ..Override::default()
    };
    let mail = render(Kind::OrderPaid, Lang::En, &facts, Some(&own));
    assert!(
        !mail.subject.chars().any(char::is_control),
        "{}",
        mail.subject
    );
    for bad in [
        "<img src=x",
        "<script",
        "javascript:",
        "https://loja.example{%",
    ] {
        assert!(!mail.html.contains(bad), "{bad}");
    }
    assert!(mail.html.contains("&lt;img src=x onerror=alert(1)&gt;"));
    assert!(
        mail.text.contains("{{ store.url }}"),
        "a shopper's braces stay braces"
    );
}

#[test]
fn a_merchants_words_replace_ours_one_by_one() {
    let own = Override {
        subject: Some("Encomenda {{ order.number }}!".into()),
        ..Override::default()
    };
    let mail = render(
        Kind::OrderPlaced,
        Lang::Pt,
        &samples::facts(Kind::OrderPlaced),
        Some(&own),
    );
    assert_eq!(mail.subject, "Encomenda PT-1042!");
    assert!(mail.html.contains("Obrigado pela sua encomenda"));
}

#[test]
fn a_mail_about_an_order_shows_the_way_to_withdraw() {
    for kind in Kind::ALL {
        let mail = render(*kind, Lang::Fr, &samples::facts(*kind), None);
        let wanted = kind.audience() == Audience::Shopper
            && kind.layout() == Layout::Order
            && *kind != Kind::OrderCancelled;
        assert_eq!(mail.html.contains("/withdrawal?order="), wanted, "{kind:?}");
        assert_eq!(mail.text.contains("/withdrawal?order="), wanted, "{kind:?}");
    }
}

#[test]
fn amounts_stand_in_the_language_of_the_mail() {
    let facts = samples::facts(Kind::OrderPaid);
    assert!(
        render(Kind::OrderPaid, Lang::Pt, &facts, None)
            .text
            .contains("Total: 165,63\u{a0}€")
    );
    assert!(
        render(Kind::OrderPaid, Lang::En, &facts, None)
            .text
            .contains("Total: €165.63")
    );
}

#[test]
fn links_lead_to_the_stores_pages_in_the_language_of_the_mail() {
    let facts = samples::facts(Kind::OrderPaid);
    let cases = [
        (Lang::Pt, "https://loja.example/"),
        (Lang::En, "https://loja.example/en/"),
        // There are no pages in French: whoever reads it is shown the English ones.
        (Lang::Fr, "https://loja.example/en/"),
    ];
    for (lang, pages) in cases {
        let mail = render(Kind::OrderPaid, lang, &facts, None);
        for page in ["orders/", "withdrawal?order="] {
            let link = format!("{pages}{page}");
            assert!(mail.html.contains(&link), "{link} in {}", mail.html);
            assert!(mail.text.contains(&link), "{link} in {}", mail.text);
        }
        // What is no page has no language.
        assert!(!mail.html.contains("/en/api/"), "{}", mail.html);
    }
}

/// Writes what a browser can open: `MAIL_PREVIEWS=DIR cargo test -p mail --lib previews`.
#[test]
fn previews_are_written_for_whoever_wants_to_look() {
    let Ok(dir) = std::env::var("MAIL_PREVIEWS") else {
        return;
    };
    for kind in Kind::ALL {
        for lang in Lang::ALL {
            let mail = render(*kind, lang, &samples::facts(*kind), None);
            let path = std::path::Path::new(&dir).join(format!("{}.{}", kind.name(), lang.tag()));
            std::fs::write(
                path.with_extension(format!("{}.html", lang.tag())),
                mail.html,
            )
            .unwrap();
            std::fs::write(
                path.with_extension(format!("{}.txt", lang.tag())),
                mail.text,
            )
            .unwrap();
        }
    }
}
