//! The path table.

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

use http_kit::{Routes, routes};

use crate::app::App;

pub fn table() -> Routes<App> {
    routes![
        carts: create_cart, get_cart, add_line, set_line, remove_line, estimate_shipping;
        checkout: place_order @ Checkout;
        shop_orders: get_order, create_ticket;
        admin_orders: list_orders, get_order_detail;
        order_actions: cancel_order, refund_order, fulfil_order, set_tracking;
        stock: list_stock, set_stock, adjust_stock, list_movements;
        settings: get_settings, set_settings;
        shipping: get_shipping, set_shipping;
        past: list_customers, list_past_orders, get_past_order, list_coupons, list_imported_settings;
    ]
}
