//! All services together: what must hold for every one of them, also for the next.

#[cfg(test)]
#[path = "../../../tenants/tests/it/place.rs"]
mod place;
#[cfg(test)]
mod platform;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod strangers;
