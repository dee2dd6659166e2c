//! Configuration from the environment: read once, typed, and every error told at once by name.

mod env;
mod logins;
mod passwords;
mod settings;

pub use env::{ConfigErrors, Env};
pub use logins::{Logins, user_of};
pub use passwords::{app_password, derived_login};
pub use settings::{
    Config, Environment, Jwt, JwtAlgorithm, JwtKey, ServicePort, Storage, Stripe, Sysadmin,
};
