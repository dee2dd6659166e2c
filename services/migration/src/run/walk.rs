//! A list is read from its beginning to its end, in the order of its numbers, while others edit it.

use serde_json::Value;

use super::{Run, Trouble, number};
use crate::domain::plan::Cursor;

/// Records of the page before that are read again: what was deleted meanwhile shifted the rest.
const OVERLAP: u64 = 5;
/// Steps back and forth for one page.
const STEPS_MAX: u32 = 20;

/// A page of records that were not read before.
pub(super) struct News {
    pub rows: Vec<Value>,
    /// Where to go on; nothing at the end.
    pub next: Option<Cursor>,
    /// What the shop says there are.
    pub total: Option<u64>,
}

impl Run {
    /// The next records of a list. Numbers only grow, so what was read last is found again in the next
    /// page; where it is not, records before it were deleted, and the page begins further back.
    pub(super) async fn news(
        &self,
        path: &str,
        query: &[(&str, String)],
        cursor: Cursor,
    ) -> Result<News, Trouble> {
        let (mut offset, mut overlap) = (cursor.offset, OVERLAP.min(cursor.offset));
        for _ in 0..STEPS_MAX {
            let from = offset.saturating_sub(overlap);
            let mut query = query.to_vec();
            query.push(("per_page", self.shop.pace.page_size().to_string()));
            query.push(("offset", from.to_string()));
            query.push(("orderby", "id".to_owned()));
            query.push(("order", "asc".to_owned()));
            let page = self
                .shop
                .page(path, &query)
                .await
                .map_err(|error| self.trouble(error))?;
            let count = u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
            let mut rows = page.rows;
            rows.sort_by_key(number);
            if rows.is_empty() && overlap == 0 {
                return Ok(News {
                    rows,
                    next: None,
                    total: page.total,
                });
            }
            let is_joined = from == 0 || rows.iter().any(|row| number(row) <= cursor.last_id);
            if !is_joined {
                // So many were deleted that the last one is further back, or is one of them.
                overlap = (overlap * 4 + 1).min(offset);
                continue;
            }
            let read_to = from + count;
            rows.retain(|row| number(row) > cursor.last_id);
            let last = rows.last().map(number);
            if let Some(last_id) = last {
                let next = Cursor {
                    offset: read_to,
                    last_id,
                    ..cursor
                };
                return Ok(News {
                    rows,
                    next: Some(next),
                    total: page.total,
                });
            }
            if page.total == Some(read_to) {
                return Ok(News {
                    rows,
                    next: None,
                    total: page.total,
                });
            }
            // Known ones only: others came in before them, the host gives smaller pages than asked, or its
            // totals are wrong. What comes next tells.
            (offset, overlap) = (read_to, 0);
        }
        Err(self.later("the shop's list changes faster than it can be read"))
    }
}
