//! The guard against a listener on this machine: what is inside gets no connection. And what is
//! said of one that does not answer.

#[cfg(test)]
mod breaking;
#[cfg(test)]
mod failing;
#[cfg(test)]
mod inside;
