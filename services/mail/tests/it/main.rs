//! The mail service through HTTP, on real parts, with a ZeptoMail that does as it is told.

#[cfg(test)]
mod customers;
#[cfg(test)]
mod erasures;
#[cfg(test)]
mod hearing;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod meter;
#[cfg(test)]
mod news;
#[cfg(test)]
mod receiver;
#[cfg(test)]
mod sealed;
#[cfg(test)]
mod sending;
#[cfg(test)]
mod smtp;
#[cfg(test)]
mod templates;
#[cfg(test)]
mod walls;
#[cfg(test)]
mod webhooks;
#[cfg(test)]
mod world;
#[cfg(test)]
mod zepto;
