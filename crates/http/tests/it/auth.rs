//! The corpus of tokens that must not be believed.

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

use crate::world::{SECRET, config};

/// An Ed25519 key made for this test: RFC 8410's example.
const ED25519: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----";

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
    let body = format!("{}.{}", text(header), text(claims));
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

#[test]
fn only_our_own_tokens_are_believed() {
    let clock = Clock::system();
    let verifier = TokenVerifier::new(&config(&[]), clock.clone()).unwrap();
    let good = signed(&header(), &claims(&clock), SECRET.as_bytes());
    assert!(verifier.verify(&good, Staff).is_ok());
    assert_eq!(
        verifier.verify(&good, Shopper),
        Err(TokenError::WrongAudience)
    );

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
    let twice = r#"{"alg":"none","alg":"HS256","typ":"at+jwt","kid":"1"}"#;
    let body = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(twice),
        URL_SAFE_NO_PAD.encode(claims(&clock).to_string())
    );
    forged.push(format!("{body}."));
    for token in forged {
        let shown = token.get(..200).unwrap_or(&token);
        assert!(verifier.verify(&token, Staff).is_err(), "believed {shown}");
    }
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
fn a_key_can_be_changed_without_signing_anybody_out() {
    let clock = Clock::system();
    let before = config(&[]);
    let after = config(&[
        ("JWT_SECRET_KEY", "another-secret-of-at-least-32-bytes"),
        ("JWT_KEY_ID", "2"),
        ("JWT_PREVIOUS_KEYS", &format!("1:{SECRET}")),
    ]);
    let old = TokenIssuer::new(&before, clock.clone())
        .unwrap()
        .issue(&subject())
        .token;
    let new = TokenIssuer::new(&after, clock.clone())
        .unwrap()
        .issue(&subject())
        .token;
    let verifier = TokenVerifier::new(&after, clock.clone()).unwrap();
    assert!(verifier.verify(&old, Staff).is_ok() && verifier.verify(&new, Staff).is_ok());
    let earlier = TokenVerifier::new(&before, clock).unwrap();
    assert_eq!(earlier.verify(&new, Staff), Err(TokenError::Forged));
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
