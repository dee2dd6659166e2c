//! The payments service through HTTP, on real parts, with a Stripe that does as it is told.

#[cfg(test)]
mod account;
#[cfg(test)]
mod catch_up;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod declines;
#[cfg(test)]
mod disputes;
#[cfg(test)]
mod forgery;
#[cfg(test)]
mod hearing;
#[cfg(test)]
mod intents;
#[cfg(test)]
mod methods;
#[cfg(test)]
mod refunds;
#[cfg(test)]
mod second;
#[cfg(test)]
mod stripe;
#[cfg(test)]
mod trail;
#[cfg(test)]
mod trouble;
#[cfg(test)]
mod walls;
#[cfg(test)]
mod webhooks;
#[cfg(test)]
mod world;
