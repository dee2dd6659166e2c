//! The guard against a listener on this machine: what is inside gets no connection. And when
//! a system that does not answer is left alone.

#[cfg(test)]
mod breaking;
#[cfg(test)]
mod inside;
