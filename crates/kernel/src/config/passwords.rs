//! Passwords that follow from the owner's, so that one variable configures a server for everybody.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use super::logins::user_of;

/// The login of a service when only the owner's is configured; any URL with user and password will do.
pub fn derived_login(owner: &SecretString, service: &str) -> SecretString {
    let owner = owner.expose_secret();
    let Some((scheme, rest)) = owner.split_once("://") else {
        return SecretString::from(owner.to_owned());
    };
    let (login, place) = rest.rsplit_once('@').unwrap_or(("", rest));
    let password = login.split_once(':').map_or("", |(_, password)| password);
    let user = user_of(service);
    let derived = app_password(password, &user);
    SecretString::from(format!("{scheme}://{user}:{derived}@{place}"))
}

/// The password of a service's login: HMAC-SHA256 of its user's name under the owner's password
/// (as written in the URL), in hex.
pub fn app_password(owner_password: &str, user: &str) -> String {
    hex::encode(hmac(owner_password.as_bytes(), user.as_bytes()))
}

pub(super) fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}
