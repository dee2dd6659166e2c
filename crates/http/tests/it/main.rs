//! The kit over real sockets.

mod auth;
mod cache;
mod cors;
mod limits;
mod openapi;
mod people;
mod problems;
mod rates;
mod world;
