//! What the shop says of itself.

use crate::woocommerce::calendar::ZONE;
use crate::woocommerce::routes::ROUTES;
use crate::woocommerce::views::ORIGIN;
use serde_json::{Map, Value, json};

/// `/wp-json/`: for everybody, and the way to learn where a shop really is.
pub(in crate::woocommerce) fn index() -> Value {
    json!({
        "name": "Loja de Ensaio",
        "description": "",
        "url": ORIGIN,
        "home": ORIGIN,
        "gmt_offset": 0,
        "timezone_string": ZONE,
        "namespaces": ["oembed/1.0", "wc/v3", "wc/v2", "wc/v1", "wc/store", "wc/store/v1", "wp/v2"],
        "authentication": {"application-passwords": {"endpoints": {
            "authorization": format!("{ORIGIN}/wp-admin/authorize-application.php")}}},
        "routes": routes(),
        "site_logo": 0,
        "site_icon": 0,
        "site_icon_url": "",
        "_links": {"help": [{"href": "https://developer.wordpress.org/rest-api/"}]},
    })
}

pub(in crate::woocommerce) fn namespace() -> Value {
    json!({"namespace": "wc/v3", "routes": routes(), "_links": {"up": [{"href": format!("{ORIGIN}/wp-json/")}]}})
}

fn routes() -> Map<String, Value> {
    let view = |route: &&str| {
        let path = format!("/wc/v3{route}");
        let own = format!("{ORIGIN}/wp-json{path}");
        let about = json!({"namespace": "wc/v3", "methods": ["GET"], "endpoints": [],
            "_links": {"self": [{"href": own}]}});
        (path, about)
    };
    ROUTES.iter().map(view).collect()
}

pub(in crate::woocommerce) fn status(counts: &[(&str, usize)]) -> Value {
    let counts: Vec<_> = counts
        .iter()
        .map(|(kind, count)| json!({"type": kind, "count": count.to_string()}))
        .collect();
    json!({
        "environment": environment(),
        "database": {"wc_database_version": "8.2.2", "database_prefix": "wp_",
            "maxmind_geoip_database": "", "database_tables": {"woocommerce": {}, "other": {}},
            "database_size": {"data": 3.25, "index": 2.5}},
        "active_plugins": [plugin("woocommerce/woocommerce.php", "WooCommerce")],
        "inactive_plugins": [],
        "dropins_mu_plugins": {"dropins": [], "mu_plugins": [{"plugin": "loja.php", "name": "loja.php",
            "version": "", "url": "", "author_name": "", "author_url": ""}]},
        "theme": {"name": "Blank", "version": "1", "version_latest": 0, "author_url": "",
            "is_child_theme": false, "has_woocommerce_support": false, "has_woocommerce_file": false,
            "has_outdated_templates": false, "overrides": [], "parent_name": "", "parent_version": "",
            "parent_version_latest": "", "parent_author_url": ""},
        "settings": {"api_enabled": false, "force_ssl": false, "currency": "EUR", "currency_symbol": "&euro;",
            "currency_position": "right_space", "thousand_separator": ".", "decimal_separator": ",",
            "number_of_decimals": 2, "HPOS_enabled": false},
        "security": {"secure_connection": true, "hide_errors": true},
        "pages": [{"page_name": "Shop base", "page_id": "5", "page_set": true, "page_exists": true,
            "page_visible": true, "shortcode": "", "block": "", "shortcode_required": false,
            "shortcode_present": false, "block_present": false, "block_required": false}],
        "post_type_counts": counts,
    })
}

fn environment() -> Value {
    json!({"home_url": ORIGIN, "site_url": ORIGIN, "version": "8.2.2",
        "log_directory": "/var/www/html/wp-content/uploads/wc-logs/", "log_directory_writable": true,
        "wp_version": "6.4.1", "wp_multisite": false, "wp_memory_limit": 268_435_456, "wp_debug_mode": false,
        "wp_cron": true, "language": "pt_PT", "external_object_cache": null, "server_info": "Apache",
        "php_version": "8.2.36", "php_post_max_size": 8_388_608, "php_max_execution_time": 30,
        "php_max_input_vars": 1_000, "curl_version": "7.88.1, OpenSSL/3.0.19", "suhosin_installed": false,
        "max_upload_size": 8_388_608, "mysql_version": "10.11.19", "mysql_version_string": "10.11.19-MariaDB",
        "default_timezone": "UTC", "fsockopen_or_curl_enabled": true, "soapclient_enabled": false,
        "domdocument_enabled": true, "gzip_enabled": true, "mbstring_enabled": true,
        "remote_post_successful": false, "remote_post_response": false, "remote_get_successful": false,
        "remote_get_response": false})
}

fn plugin(file: &str, name: &str) -> Value {
    json!({"plugin": file, "name": name, "version": "8.2.2", "version_latest": "8.2.2",
        "url": "https://woocommerce.com/", "author_name": "Automattic",
        "author_url": "https://woocommerce.com", "network_activated": false})
}
