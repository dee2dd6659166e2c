//! Configuration from the environment: read once, typed, and every error told at once by name.

mod env;
mod passwords;
mod settings;

pub use env::{ConfigErrors, Env};
pub use passwords::{app_password, derived_database_url};
pub use settings::{
    Config, Environment, Jwt, JwtAlgorithm, JwtKey, ServicePort, Storage, Stripe, Sysadmin,
};
