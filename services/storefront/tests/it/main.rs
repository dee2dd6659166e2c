//! The themes that are shipped, as the storefront loads them, and its pages over services that a test
//! plays. What needs the real services is in the journeys.

#[cfg(test)]
mod account;
#[cfg(test)]
mod making;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod themes;
