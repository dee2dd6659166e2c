//! The simulators are trusted by every other test, so they are tested themselves.

#[cfg(test)]
mod moloni;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod s3;
#[cfg(test)]
mod stripe;
#[cfg(test)]
mod woocommerce;
#[cfg(test)]
mod zeptomail;
