//! The path table.

pub mod account;
pub mod admin_orders;
pub mod carts;
pub mod checkout;
pub mod order_actions;
pub mod past;
pub mod seen;
pub mod settings;
pub mod shipping;
pub mod shop_orders;
pub mod stock;
pub mod withdrawals;

use http_kit::{Routes, routes};

use crate::app::App;

pub fn table() -> Routes<App> {
    routes![
        carts: create_cart, get_cart, add_line, set_line, remove_line, estimate_shipping;
        checkout: place_order @ Checkout;
        shop_orders: get_order, create_ticket;
        account: register_customer @ Login, verify_customer @ Login, log_in_customer @ Login,
            refresh_customer, log_out_customer, forgot_password @ Login, reset_password @ Login,
            get_profile, change_profile, change_customer_password @ Login, erase_customer @ Login,
            export_customer, list_addresses, create_address, save_address, delete_address, list_own_orders;
        withdrawals: declare_withdrawal @ Login, list_withdrawals, close_withdrawal;
        admin_orders: list_orders, get_order_detail;
        order_actions: cancel_order, refund_order, fulfil_order, set_tracking;
        stock: list_stock, set_stock, adjust_stock, list_movements;
        settings: get_settings, set_settings;
        shipping: get_shipping, set_shipping;
        past: list_customers, list_past_orders, get_past_order, list_coupons, list_imported_settings;
    ]
}
