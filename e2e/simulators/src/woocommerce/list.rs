//! Which of many are asked for, in which order, and which page of them.

use super::ask::Query;
use super::calendar;
use super::error::{Error, Result};
use super::shop::{Id, Kind, Row};

pub(super) const PER_PAGE_MAX: usize = 100;

/// What a list of one resource understands.
#[derive(Debug)]
pub(super) struct Rules {
    /// The first one is the default.
    orderby: &'static [&'static str],
    is_descending: bool,
    has_dates: bool,
    has_modified: bool,
    statuses: &'static [&'static str],
    /// Orders take many at once, and say so when one is wrong.
    many_statuses: bool,
    /// Attributes come all at once, whatever the page.
    pub(super) is_paged: bool,
}

const POST_ORDER: [&str; 6] = ["date", "id", "include", "title", "slug", "modified"];
const TERM_ORDER: [&str; 7] = [
    "name",
    "id",
    "include",
    "slug",
    "term_group",
    "description",
    "count",
];
const POST_STATUSES: [&str; 7] = [
    "any", "future", "trash", "draft", "pending", "private", "publish",
];
pub(super) const ORDER_STATUSES: [&str; 12] = [
    "any",
    "trash",
    "auto-draft",
    "pending",
    "processing",
    "on-hold",
    "completed",
    "cancelled",
    "refunded",
    "failed",
    "em-producao",
    "checkout-draft",
];

const POSTS: Rules = Rules {
    orderby: &[
        "date",
        "id",
        "include",
        "title",
        "slug",
        "modified",
        "popularity",
        "rating",
        "popularity",
        "rating",
        "menu_order",
        "price",
        "popularity",
        "rating",
    ],
    is_descending: true,
    has_dates: true,
    has_modified: true,
    statuses: &POST_STATUSES,
    many_statuses: false,
    is_paged: true,
};

const TERMS: Rules = Rules {
    orderby: &TERM_ORDER,
    is_descending: false,
    has_dates: false,
    has_modified: false,
    statuses: &[],
    many_statuses: false,
    is_paged: true,
};

impl Rules {
    pub(super) fn of(kind: Kind) -> Self {
        match kind {
            Kind::Products => POSTS,
            Kind::Variations => Self {
                orderby: &[
                    "date",
                    "id",
                    "include",
                    "title",
                    "slug",
                    "modified",
                    "menu_order",
                ],
                ..POSTS
            },
            Kind::Orders => Self {
                orderby: &POST_ORDER,
                statuses: &ORDER_STATUSES,
                many_statuses: true,
                ..POSTS
            },
            Kind::Refunds | Kind::Coupons => Self {
                orderby: &POST_ORDER,
                statuses: &[],
                ..POSTS
            },
            Kind::Reviews => Self {
                orderby: &["date_gmt", "date", "id", "include", "product"],
                has_modified: false,
                statuses: &["all", "hold", "approved", "spam", "trash"],
                ..POSTS
            },
            Kind::Customers => Self {
                orderby: &["name", "id", "include", "registered_date"],
                ..TERMS
            },
            Kind::Taxes => Self {
                orderby: &["order", "id", "priority"],
                ..TERMS
            },
            Kind::Attributes | Kind::Notes => Self {
                is_paged: false,
                ..TERMS
            },
            Kind::Categories | Kind::Tags | Kind::ShippingClasses | Kind::Terms => TERMS,
        }
    }
}

/// What a list was asked for, checked.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) per_page: usize,
    pub(super) page: usize,
    offset: Option<usize>,
    pub(super) orderby: String,
    pub(super) is_descending: bool,
    statuses: Vec<String>,
    include: Vec<u64>,
    exclude: Vec<u64>,
    created: Between,
    modified: Between,
    dates_are_gmt: bool,
}

/// Strictly between two moments, as SQL compares them.
#[derive(Debug, Default)]
struct Between {
    after: Option<i64>,
    before: Option<i64>,
}

impl Between {
    /// The moment is only worked out when somebody asks for it: a list has tens of thousands.
    fn holds(&self, at: impl FnOnce() -> i64) -> bool {
        if self.after.is_none() && self.before.is_none() {
            return true;
        }
        let at = at();
        self.after.is_none_or(|after| at > after) && self.before.is_none_or(|before| at < before)
    }
}

type Wrong = Vec<(String, &'static str, String)>;

impl Wanted {
    pub(super) fn read(rules: &Rules, query: &Query) -> Result<Self> {
        let mut wrong = Wrong::new();
        let mut wanted = Self {
            per_page: 10,
            page: 1,
            offset: query.get("offset").and_then(|text| text.parse().ok()),
            orderby: rules
                .orderby
                .first()
                .copied()
                .unwrap_or_default()
                .to_owned(),
            is_descending: rules.is_descending,
            statuses: query
                .list("status")
                .into_iter()
                .map(str::to_owned)
                .collect(),
            include: query.ids("include"),
            exclude: query.ids("exclude"),
            created: Between::default(),
            modified: Between::default(),
            dates_are_gmt: query.flag("dates_are_gmt"),
        };
        if rules.is_paged {
            wanted.read_page(query, &mut wrong);
        }
        wanted.read_order(rules, query, &mut wrong);
        wanted.read_statuses(rules, &mut wrong);
        if rules.has_dates {
            wanted.created.after = date(query, "after", &mut wrong);
            wanted.created.before = date(query, "before", &mut wrong);
        }
        if rules.has_modified {
            wanted.modified.after = date(query, "modified_after", &mut wrong);
            wanted.modified.before = date(query, "modified_before", &mut wrong);
        }
        match wrong.is_empty() {
            true => Ok(wanted),
            false => Err(Error::invalid_params(wrong)),
        }
    }

    fn read_page(&mut self, query: &Query, wrong: &mut Wrong) {
        let number = |name: &str, wrong: &mut Wrong| {
            let text = query.get(name)?;
            let number = text.parse::<i64>().ok();
            if number.is_none() {
                wrong.push((
                    name.into(),
                    "rest_invalid_type",
                    format!("{name} is not of type integer."),
                ));
            }
            number
        };
        if let Some(number) = number("per_page", wrong) {
            match usize::try_from(number)
                .ok()
                .filter(|size| (1..=PER_PAGE_MAX).contains(size))
            {
                Some(size) => self.per_page = size,
                None => {
                    let text = "per_page must be between 1 (inclusive) and 100 (inclusive)";
                    wrong.push(("per_page".into(), "rest_out_of_bounds", text.into()));
                }
            }
        }
        if let Some(number) = number("page", wrong) {
            match usize::try_from(number).ok().filter(|page| *page > 0) {
                Some(page) => self.page = page,
                None => {
                    let text = "page must be greater than or equal to 1";
                    wrong.push(("page".into(), "rest_out_of_bounds", text.into()));
                }
            }
        }
    }

    fn read_order(&mut self, rules: &Rules, query: &Query, wrong: &mut Wrong) {
        if let Some(orderby) = query.get("orderby") {
            match rules.orderby.contains(&orderby) {
                true => orderby.clone_into(&mut self.orderby),
                false => wrong.push(not_one_of("orderby", "orderby", rules.orderby)),
            }
        }
        match query.get("order") {
            Some("asc") => self.is_descending = false,
            Some("desc") => self.is_descending = true,
            Some(_) => wrong.push(not_one_of("order", "order", &["asc", "desc"])),
            None => {}
        }
    }

    fn read_statuses(&mut self, rules: &Rules, wrong: &mut Wrong) {
        if rules.statuses.is_empty() {
            self.statuses.clear();
            return;
        }
        let known = |status: &String| rules.statuses.contains(&status.as_str());
        let Some(at) = self.statuses.iter().position(|status| !known(status)) else {
            return;
        };
        let spot = match rules.many_statuses {
            true => format!("status[{at}]"),
            false => "status".to_owned(),
        };
        wrong.push(not_one_of("status", &spot, rules.statuses));
    }

    /// Forgets the dates that an old version does not know.
    pub(super) fn ignore_modified(&mut self) {
        self.modified = Between::default();
    }

    /// Whether a row is among those asked for, as far as a row can tell.
    pub(super) fn takes(&self, kind: Kind, id: Id, row: &Row) -> bool {
        let at = |unix: i64| match self.dates_are_gmt {
            true => unix,
            false => calendar::as_wall(unix),
        };
        self.takes_status(kind, &row.status)
            && (self.include.is_empty() || self.include.contains(&id.1))
            && !self.exclude.contains(&id.1)
            && self.created.holds(|| at(row.created))
            && self
                .modified
                .holds(|| at(row.modified.unwrap_or(row.created)))
    }

    fn takes_status(&self, kind: Kind, status: &str) -> bool {
        let shown_unasked = match kind {
            Kind::Reviews => status == "approved",
            _ => !matches!(status, "trash" | "auto-draft" | "checkout-draft"),
        };
        let shown_with_all = matches!(status, "approved" | "hold");
        match self.statuses.as_slice() {
            [] => shown_unasked,
            [all] if all == "all" => shown_with_all,
            [any] if any == "any" => shown_unasked,
            some => some.iter().any(|wanted| wanted == status),
        }
    }

    /// Where an id stands in `include`.
    pub(super) fn place(&self, id: u64) -> usize {
        self.include
            .iter()
            .position(|wanted| *wanted == id)
            .unwrap_or(usize::MAX)
    }

    pub(super) fn start(&self) -> usize {
        self.offset
            .unwrap_or_else(|| (self.page - 1).saturating_mul(self.per_page))
    }

    pub(super) fn pages(&self, total: usize) -> usize {
        total.div_ceil(self.per_page)
    }

    /// What WooCommerce itself adds to the address of the next page of orders.
    pub(super) fn statuses_in_link(&self) -> Vec<String> {
        match self.statuses.as_slice() {
            [] => vec!["any".to_owned()],
            some => some.to_vec(),
        }
    }
}

fn date(query: &Query, name: &str, wrong: &mut Wrong) -> Option<i64> {
    let text = query.get(name)?;
    let read = calendar::read_filter(text);
    if read.is_none() {
        wrong.push((name.into(), "rest_invalid_date", "Invalid date.".into()));
    }
    read
}

fn not_one_of(name: &str, spot: &str, allowed: &[&str]) -> (String, &'static str, String) {
    let list = match allowed {
        [head @ .., last] if head.len() > 1 => format!("{}, and {last}", head.join(", ")),
        _ => allowed.join(" and "),
    };
    (
        name.to_owned(),
        "rest_not_in_enum",
        format!("{spot} is not one of {list}."),
    )
}
