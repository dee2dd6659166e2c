//! The resiliency matrix: each part the platform stands on, in each kind of trouble; what people can
//! still do, and that nothing is lost of what they did.
//!
//! A binary of its own: the troubles are everybody's, so no other journey goes on beside them.

#[cfg(test)]
mod broker;
#[cfg(test)]
mod deaths;
#[cfg(test)]
mod deeds;
#[cfg(test)]
mod ending;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod services;

/// Troubles come one after another.
#[cfg(test)]
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
