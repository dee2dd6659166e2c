//! A request to the shop, as PHP and WordPress read it.

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;

/// What is asked, and by whom.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Query,
    /// Scheme and host as the shop believes them: without a slash at the end.
    pub(super) origin: String,
    pub(super) is_https: bool,
    pub(super) authorization: Option<String>,
}

impl Ask {
    pub(super) fn of(request: &HttpRequest) -> Self {
        let header = |name: &str| {
            let value = request.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        // Behind a proxy PHP believes what the proxy says, if it says it.
        let is_https = header("x-forwarded-proto").as_deref() == Some("https");
        let scheme = if is_https { "https" } else { "http" };
        let host = header("host").unwrap_or_default();
        Self {
            method: request.method().as_str().to_owned(),
            path: request.path().to_owned(),
            query: Query::of(request.query_string()),
            origin: format!("{scheme}://{host}"),
            is_https,
            authorization: header(AUTHORIZATION.as_str()),
        }
    }
}

/// Parameters in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Query(pub(super) Vec<(String, String)>);

impl Query {
    fn of(text: &str) -> Self {
        Self(
            form_urlencoded::parse(text.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// The last one of a name, as PHP takes it.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(given, _)| given == name)?;
        Some(found.1.as_str())
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.text(name), "true" | "1")
    }

    /// `status=a,b`, `status[]=a&status[]=b` and `status[0]=a` are the same list.
    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        let inside = |given: &str| {
            given
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('['))
        };
        let values = self
            .0
            .iter()
            .filter(|(given, _)| given == name || inside(given));
        values
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .collect()
    }

    pub(super) fn ids(&self, name: &str) -> Vec<u64> {
        let list = self.list(name);
        list.iter().filter_map(|text| text.parse().ok()).collect()
    }

    /// Puts a parameter where it stands, or at the end.
    pub(super) fn put(&mut self, name: &str, value: &str) {
        match self.0.iter_mut().find(|(given, _)| given == name) {
            Some(found) => value.clone_into(&mut found.1),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.0.retain(|(given, _)| given != name);
    }

    pub(super) fn encoded(&self) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn lists_are_read_in_each_of_phps_ways() {
        for text in [
            "status=a,b",
            "status%5B%5D=a&status%5B%5D=b",
            "status[0]=a&status[1]=b",
        ] {
            assert_eq!(Query::of(text).list("status"), ["a", "b"], "{text}");
        }
        assert!(Query::of("statuses=a").list("status").is_empty());
    }

    #[test]
    fn a_parameter_is_replaced_in_its_place() {
        let mut query = Query::of("page=1&per_page=5");
        query.put("page", "2");
        query.put("context", "view");
        assert_eq!(query.encoded(), "page=2&per_page=5&context=view");
    }
}
