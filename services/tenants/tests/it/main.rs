//! The tenants service through HTTP, on real parts.

#[cfg(test)]
mod config;
#[cfg(test)]
mod dns;
#[cfg(test)]
mod domains;
#[cfg(test)]
mod door;
#[cfg(test)]
mod looks;
#[cfg(test)]
mod people;
#[cfg(test)]
mod provisioning;
#[cfg(test)]
mod registry;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod trail;
#[cfg(test)]
mod world;
