//! The path table.

pub mod admin;
pub mod audiences;
pub mod auth;
pub mod cookies;
pub mod domains;
pub mod health;
pub mod settings;
pub mod staff;
pub mod store;
pub mod sysadmin;
pub mod theme;
pub mod traefik;
pub mod trail;

use http_kit::{ApiError, Routes, routes};

use crate::App;
use crate::domain::Misfit;

pub fn table() -> Routes<App> {
    routes![
        auth: log_in @ Login, refresh_session @ Login, log_out, choose_first_password @ Login,
            change_password @ Login, get_me;
        store: get_config;
        admin: list_entitlements;
        settings: get_store_settings, save_store_settings;
        domains: list_domains, add_domain, verify_domain, make_domain_primary, remove_domain,
            list_tenant_domains;
        theme: list_store_templates, get_theme, save_theme, publish_theme, list_theme_versions,
            roll_back_theme, preview_theme;
        staff: list_staff, invite_staff, change_staff, remove_staff, renew_staff_password;
        trail: list_audit, list_platform_audit;
        sysadmin: create_tenant, list_tenants, get_tenant, change_tenant, suspend_tenant, resume_tenant;
        health: get_health;
        traefik: get_door;
    ]
}

/// 422; the fields are named with `at`.
fn not_acceptable() -> ApiError {
    ApiError::invalid("invalid-body", "some fields are not acceptable")
}

fn refused(misfits: Vec<Misfit>) -> ApiError {
    misfits
        .into_iter()
        .fold(not_acceptable(), |problem, misfit| {
            problem.at(misfit.pointer, "invalid", misfit.accepted)
        })
}
