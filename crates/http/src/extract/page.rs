//! Lists, a page at a time.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::{Ready, ready};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Input;
use crate::ApiError;
use crate::openapi::OperationInput;

const LIMIT_DEFAULT: i64 = 20;
const LIMIT_MAX: i64 = 100;
const CURSOR_CHARS_MAX: usize = 1_024;
const _: () = assert!(LIMIT_MAX <= 200);

/// `?limit=20&after=CURSOR`.
#[derive(Clone, Debug)]
pub struct Page {
    /// 1 to 100.
    pub limit: i64,
    after: Option<String>,
}

/// A page of a list that can also count all of its things, when `count=true` asks for it.
#[derive(Clone, Debug)]
pub struct CountedPage {
    pub count: bool,
    page: Page,
}

/// A page of things and the cursor of the next one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct List<T> {
    pub items: Vec<T>,
    /// Give it back as `after`; null at the end.
    pub next: Option<String>,
    /// How many there are on all pages; only of lists that take `count`, and when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
}

impl Page {
    pub fn first(limit: i64) -> Self {
        Self { limit, after: None }
    }

    /// How many rows to ask for: one more than the page has, so that its end is known.
    pub fn fetch(&self) -> i64 {
        self.limit + 1
    }

    /// The sort key of the last row that the client has. A cursor holds nothing else, so a forged
    /// one only moves the window within what the client may see.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, ApiError> {
        let Some(cursor) = &self.after else {
            return Ok(None);
        };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
        let bytes = bytes.filter(|bytes| !bytes.windows(6).any(|six| six == br"\u0000"));
        let key = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        key.map(Some).ok_or_else(|| {
            ApiError::bad_request("invalid-cursor", "after is the next of an earlier answer")
        })
    }

    /// Makes the answer from at most [`fetch`](Self::fetch) rows, in order.
    pub fn list<R, T, K: Serialize>(
        &self,
        mut rows: Vec<R>,
        key: impl FnOnce(&R) -> K,
        view: impl FnMut(R) -> T,
    ) -> List<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| more);
        let next = last.map(|row| {
            let json = serde_json::to_vec(&key(row)).expect("a sort key is plain data");
            URL_SAFE_NO_PAD.encode(json)
        });
        List {
            items: rows.into_iter().map(view).collect(),
            next,
            count: None,
        }
    }
}

impl Deref for CountedPage {
    type Target = Page;
    fn deref(&self) -> &Page {
        &self.page
    }
}

#[derive(Default, Deserialize)]
struct Fields {
    limit: Option<i64>,
    after: Option<String>,
    count: Option<bool>,
}

impl FromRequest for Page {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(req.query_string()).and_then(uncounted))
    }
}

impl FromRequest for CountedPage {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = read(req.query_string());
        ready(read.map(|(page, count)| Self {
            count: count.unwrap_or(false),
            page,
        }))
    }
}

/// Whoever asks for a total where there is none is told so.
fn uncounted((page, count): (Page, Option<bool>)) -> Result<Page, ApiError> {
    match count {
        None => Ok(page),
        Some(_) => {
            Err(
                ApiError::bad_request("invalid-page", "this list does not count its things").at(
                    "/count",
                    "unknown-field",
                    "this field is not known here; leave it out",
                ),
            )
        }
    }
}

fn read(query: &str) -> Result<(Page, Option<bool>), ApiError> {
    let problem = |detail: &str| ApiError::bad_request("invalid-page", detail);
    let fields: Fields = serde_urlencoded::from_str(query)
        .map_err(|_| problem("limit is a number, after a cursor, count true or false"))?;
    let limit = fields.limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(problem("limit is 1 to 100").at("/limit", "out-of-range", "1 to 100"));
    }
    let after = fields.after.filter(|cursor| !cursor.is_empty());
    if after
        .as_ref()
        .is_some_and(|cursor| cursor.len() > CURSOR_CHARS_MAX)
    {
        return Err(problem("after is the next of an earlier answer"));
    }
    Ok((Page { limit, after }, fields.count))
}

impl Input for Page {
    fn describe(operation: &mut OperationInput<'_>) {
        operation.page();
    }
}

impl Input for CountedPage {
    fn describe(operation: &mut OperationInput<'_>) {
        operation.page();
        operation.count();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_with_a_cursor_only_when_there_is_more() {
        let page = Page::first(2);
        let list = page.list(vec![1, 2, 3], |row| *row, |row| row);
        assert_eq!(list.items, [1, 2]);
        let next = read(&format!("limit=2&after={}", list.next.unwrap()));
        let (next, _) = next.unwrap();
        assert_eq!(next.after::<i64>().unwrap(), Some(2));
        assert!(next.after::<Vec<String>>().is_err());
        let nul = URL_SAFE_NO_PAD.encode(r#""a\u0000""#);
        let (forged, _) = read(&format!("after={nul}")).unwrap();
        assert!(forged.after::<String>().is_err());
        assert_eq!(page.list(vec![1, 2], |row| *row, |row| row).next, None);
    }

    #[test]
    fn only_a_list_that_counts_takes_count() {
        assert!(uncounted(read("count=true").unwrap()).is_err());
        assert!(uncounted(read("limit=5").unwrap()).is_ok());
        assert_eq!(read("count=true").unwrap().1, Some(true));
    }

    #[test]
    fn a_limit_is_1_to_100() {
        assert_eq!(read("").unwrap().0.limit, 20);
        assert_eq!(read("limit=100").unwrap().0.limit, 100);
        for bad in [
            "limit=0",
            "limit=101",
            "limit=-1",
            "limit=x",
            "limit=1&limit=2",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
