//! Migration over HTTP against real parts, with catalog and orders beside it and a shop to move away from.

#[cfg(test)]
mod imports;
#[cfg(test)]
mod interruptions;
#[cfg(test)]
mod logs;
#[cfg(test)]
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod world;
