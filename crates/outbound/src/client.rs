//! The client for addresses that the operator configured.

use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const IDLE_MAX: usize = 16;

/// A client for one configured system: no redirects, no proxy that the environment names. Every
/// request sets its own time limit.
///
/// # Errors
/// When the machine has no usable TLS.
pub fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_max_idle_per_host(IDLE_MAX)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent("virtual-stores")
        .build()
}
