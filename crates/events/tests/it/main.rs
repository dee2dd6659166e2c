//! The contracts of `proto/`.

#[cfg(test)]
mod contracts;
