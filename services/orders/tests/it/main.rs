//! The orders service through HTTP, on real parts. What catalog, payments and tenants tell it comes
//! through the broker where the way matters, and is handed to the handlers as the consumer does where
//! only the effect matters.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod admin;
#[cfg(test)]
mod carts;
#[cfg(test)]
mod cast;
#[cfg(test)]
mod checkout;
#[cfg(test)]
mod crowd;
#[cfg(test)]
mod customers;
#[cfg(test)]
mod erasing;
#[cfg(test)]
mod heard;
#[cfg(test)]
mod members;
#[cfg(test)]
mod payments;
#[cfg(test)]
mod quantities;
#[cfg(test)]
mod refunds;
#[cfg(test)]
mod repeats;
#[cfg(test)]
mod reservations;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod steps;
#[cfg(test)]
mod stock;
#[cfg(test)]
mod strangers;
#[cfg(test)]
mod tax;
#[cfg(test)]
mod withdrawals;
#[cfg(test)]
mod world;
