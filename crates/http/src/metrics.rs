//! What is counted of requests; handles are made once per route, so that counting costs no look-up.

use std::time::Duration;

use actix_web::http::StatusCode;
use metrics::{Counter, Histogram};

/// A route's counters and its histogram of seconds.
pub struct RouteMetrics {
    by_class: [Counter; 5],
    seconds: Histogram,
}

impl RouteMetrics {
    /// `route` is the path's template, never a path with values in it.
    pub fn new(service: &'static str, method: &str, route: &str) -> Self {
        let (method, route) = (method.to_owned(), route.to_owned());
        let counter = |class: &'static str| {
            metrics::counter!(
                "http_requests_total",
                "service" => service, "method" => method.clone(), "route" => route.clone(), "status" => class
            )
        };
        Self {
            by_class: ["1xx", "2xx", "3xx", "4xx", "5xx"].map(counter),
            seconds: metrics::histogram!(
                "http_request_seconds",
                "service" => service, "method" => method.clone(), "route" => route.clone()
            ),
        }
    }

    pub fn record(&self, status: StatusCode, elapsed: Duration) {
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(counter) = self.by_class.get(class) {
            counter.increment(1);
        }
        self.seconds.record(elapsed.as_secs_f64());
    }
}
