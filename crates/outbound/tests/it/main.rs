//! The guard against a listener on this machine: what is inside gets no connection.

#[cfg(test)]
mod inside;
