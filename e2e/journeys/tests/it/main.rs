//! Journeys over the running platform; `make journey` starts one for them.

#[cfg(test)]
mod chain;
#[cfg(test)]
mod purchase;
#[cfg(test)]
mod storefront;
#[cfg(test)]
mod traces;

/// Every service, each a process of its own.
#[cfg(test)]
const SERVICES: [&str; 7] = [
    "tenants",
    "catalog",
    "orders",
    "payments",
    "invoicing",
    "mail",
    "migration",
];
