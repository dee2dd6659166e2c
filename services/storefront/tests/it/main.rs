//! The themes that are shipped, as the storefront loads them. What needs the services is in the
//! journeys.

#[cfg(test)]
mod themes;
