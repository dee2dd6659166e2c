//! The path table.

pub mod admin;
pub mod audiences;
pub mod auth;
pub mod cookies;
pub mod health;
pub mod store;
pub mod sysadmin;

use http_kit::{Routes, routes};

use crate::App;

pub fn table() -> Routes<App> {
    routes![
        auth: log_in @ Login, refresh_session @ Login, log_out, choose_first_password @ Login,
            change_password @ Login, get_me;
        store: get_config;
        admin: list_entitlements;
        sysadmin: create_tenant, list_tenants, get_tenant, change_tenant, suspend_tenant, resume_tenant;
        health: get_health;
    ]
}
