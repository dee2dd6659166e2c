//! Configuration from the environment: read once, typed, and every error told at once by name.

mod dns;
mod env;
mod jwt;
mod logins;
mod needs;
mod outside;
mod passwords;
mod sealing;
mod settings;

pub use dns::Dns;
pub use env::{ConfigErrors, Env};
pub use jwt::{Jwt, JwtAlgorithm, JwtKey};
pub use logins::{Logins, user_of};
pub use outside::{Mail, Moloni, Storage, Stripe};
pub use passwords::{app_password, derived_login};
pub use sealing::SealingKey;
pub use settings::{Config, Environment, ServicePort, Sysadmin};
