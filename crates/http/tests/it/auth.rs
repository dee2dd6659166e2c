//! The corpus of tokens that must not be believed, and keys that change.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use http_kit::Role;
use http_kit::auth::TokenAudience::{Shopper, Staff};
use http_kit::auth::{Subject, TokenError, TokenIssuer, TokenVerifier};
use kernel::{Clock, SessionId, TenantId};
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

use crate::world::{ED25519, SECRET, World, answer, config};

fn header() -> Value {
    json!({"alg": "HS256", "typ": "at+jwt", "kid": "1"})
}

fn claims(clock: &Clock) -> Value {
    let now = clock.unix();
    json!({
        "sub": Uuid::now_v7(), "sid": Uuid::now_v7(), "tenant": Uuid::now_v7(), "role": "owner",
        "perms_version": 1, "aud": "stores:staff", "iss": "http://store.localhost:8080",
        "iat": now, "exp": now + 600,
    })
}

fn signed(header: &Value, claims: &Value, key: &[u8]) -> String {
    let text = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    signed_text(&format!("{}.{}", text(header), text(claims)), key)
}

fn signed_text(body: &str, key: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(body.as_bytes());
    format!(
        "{body}.{}",
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    )
}

fn with(mut value: Value, field: &str, new: Value) -> Value {
    value[field] = new;
    value
}

fn without(mut value: Value, field: &str) -> Value {
    value.as_object_mut().unwrap().remove(field);
    value
}

/// Tokens that must not be believed where [`good`] is.
fn forged(clock: &Clock) -> Vec<String> {
    let good = good(clock);
    let clock = clock.clone();
    let mut forged = vec![
        String::new(),
        "a.b.c".to_owned(),
        "x".repeat(1 << 20),
        good.replace('.', ""),
        good.rsplit_once('.').unwrap().0.to_owned() + ".",
        signed(&header(), &claims(&clock), b"another key"),
        signed(&header(), &claims(&clock), b""),
    ];
    for (field, value) in [
        ("alg", json!("none")),
        ("alg", json!("None")),
        ("alg", json!("NONE")),
        ("alg", json!("HS384")),
        ("alg", json!("RS256")),
        ("kid", json!("../../../../dev/null")),
        ("kid", json!("1' OR '1'='1")),
        ("kid", json!("2")),
        ("kid", json!(1)),
        ("typ", json!("JWT")),
        ("typ", json!("rt+jwt")),
        ("jku", json!("https://evil.example/keys")),
        ("jwk", json!({"kty": "oct", "k": "AA"})),
        ("x5u", json!("https://evil.example/cert")),
        ("x5c", json!(["AA=="])),
        ("x5t", json!("AA")),
        ("crit", json!(["exp"])),
        ("zip", json!("DEF")),
        ("anything", json!("more")),
    ] {
        forged.push(signed(
            &with(header(), field, value),
            &claims(&clock),
            SECRET.as_bytes(),
        ));
    }
    forged.push(signed(
        &without(header(), "kid"),
        &claims(&clock),
        SECRET.as_bytes(),
    ));
    let later = clock.unix() + 600;
    for (field, value) in [
        ("exp", json!(later.to_string())),
        ("exp", json!(1e99)),
        ("exp", json!(4_102_444_800.5)),
        ("exp", json!(-1)),
        ("exp", json!(null)),
        ("exp", json!(true)),
        ("exp", json!([later])),
        ("iss", json!("http://evil.example")),
        ("iat", json!(later)),
        ("aud", json!("stores:refresh")),
        ("aud", json!(["stores:staff"])),
        ("role", json!("root")),
        ("tenant", json!("*")),
    ] {
        forged.push(signed(
            &header(),
            &with(claims(&clock), field, value),
            SECRET.as_bytes(),
        ));
    }
    for field in [
        "sub",
        "sid",
        "tenant",
        "role",
        "perms_version",
        "aud",
        "iss",
        "iat",
        "exp",
    ] {
        forged.push(signed(
            &header(),
            &without(claims(&clock), field),
            SECRET.as_bytes(),
        ));
    }
    // Two algorithms, two audiences, two ends: whichever a parser takes, it is refused.
    let text = |header: &str, claims: &str| {
        let body = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
        signed_text(&body.join("."), SECRET.as_bytes())
    };
    let (head, said) = (header().to_string(), claims(&clock).to_string());
    for twice in [
        r#"{"alg":"none","alg":"HS256","typ":"at+jwt","kid":"1"}"#,
        r#"{"alg":"HS256","alg":"none","typ":"at+jwt","kid":"1"}"#,
    ] {
        let token = text(twice, &said);
        forged.push(token.rsplit_once('.').unwrap().0.to_owned() + ".");
        forged.push(token);
    }
    let with_two_ends = said.replacen('{', r#"{"exp":1,"#, 1);
    let with_two_audiences = said.replacen('{', r#"{"aud":"stores:sysadmin","#, 1);
    forged.extend([with_two_ends, with_two_audiences].map(|said| text(&head, &said)));
    forged
}

fn good(clock: &Clock) -> String {
    signed(&header(), &claims(clock), SECRET.as_bytes())
}

#[test]
fn only_our_own_tokens_are_believed() {
    let clock = Clock::system();
    let verifier = TokenVerifier::new(&config(&[]), clock.clone()).unwrap();
    assert!(verifier.verify(&good(&clock), Staff).is_ok());
    assert_eq!(
        verifier.verify(&good(&clock), Shopper),
        Err(TokenError::WrongAudience)
    );
    for token in forged(&clock) {
        let shown = token.get(..200).unwrap_or(&token);
        let began = Instant::now();
        assert!(verifier.verify(&token, Staff).is_err(), "believed {shown}");
        // The fastest of some tries: neighbours on the machine are not the token's fault.
        let again = (0..5).map(|_| {
            let began = Instant::now();
            let _ = verifier.verify(&token, Staff);
            began.elapsed()
        });
        let fastest = again.min().unwrap_or_default().min(began.elapsed());
        assert!(fastest < REFUSED_WITHIN, "{fastest:?} for {shown}");
    }
}

/// Whatever a token costs to refuse, it is no way to keep a service busy.
const REFUSED_WITHIN: Duration = Duration::from_millis(50);

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_token_is_a_401_and_never_a_fault_of_ours() {
    let world = World::start().await;
    let (path, host) = ("/api/catalog/admin/things", "admin.store.localhost");
    let owner = world.token(world.one, Role::Owner, Staff);
    assert_eq!(
        answer(world.get(host, path).bearer_auth(owner)).await.0,
        200
    );
    for token in forged(&world.clock) {
        // What no header can be, and what is too long for one, does not even get to be a token.
        let is_text = token.bytes().all(|byte| (b' '..0x7f).contains(&byte));
        if !is_text || token.len() > 30_000 {
            continue;
        }
        let (status, body) = answer(world.get(host, path).bearer_auth(&token)).await;
        assert_eq!(
            (status, body["type"].as_str()),
            (401, Some("invalid-token")),
            "{token}: {body}"
        );
    }
    let megabyte = world
        .get(host, path)
        .bearer_auth("x".repeat(1 << 20))
        .send();
    let status = megabyte.await.map(|answer| answer.status().as_u16());
    // The head ends at 128 KiB: what is longer is refused before it is read to its end.
    assert!(matches!(status, Ok(400..500) | Err(_)), "{status:?}");
    world.stop().await;
}

#[test]
fn a_token_ends_when_it_says() {
    let clock = Clock::system();
    let verifier = TokenVerifier::new(&config(&[]), clock.clone()).unwrap();
    let token = signed(&header(), &claims(&clock), SECRET.as_bytes());
    assert!(verifier.verify(&token, Staff).is_ok());
    clock.advance(time::Duration::seconds(601));
    assert_eq!(verifier.verify(&token, Staff), Err(TokenError::Expired));
}

fn subject() -> Subject {
    Subject {
        id: Uuid::now_v7(),
        session: SessionId::new(),
        tenant: TenantId::new(),
        role: Role::Owner,
        perms_version: 1,
        audience: Staff,
    }
}

#[test]
fn eddsa_tokens_cannot_be_made_from_the_public_key() {
    let clock = Clock::system();
    let settings = config(&[("JWT_ALGORITHM", "EdDSA"), ("JWT_SECRET_KEY", ED25519)]);
    let verifier = TokenVerifier::new(&settings, clock.clone()).unwrap();
    let token = TokenIssuer::new(&settings, clock.clone())
        .unwrap()
        .issue(&subject())
        .token;
    assert!(verifier.verify(&token, Staff).is_ok());
    let public =
        hex::decode("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1").unwrap();
    let confused = signed(&header(), &claims(&clock), &public);
    assert_eq!(verifier.verify(&confused, Staff), Err(TokenError::Forged));
    let symmetric = TokenVerifier::new(&config(&[]), clock).unwrap();
    assert_eq!(symmetric.verify(&token, Staff), Err(TokenError::Forged));
}
