//! What to do before the switch, and how much of it is seen to be done.

use super::{CheckView, IssueCount, TotalView, TurnoverView};
use crate::routes::view::ImportView;
use crate::store::counts;
use crate::store::imports::COMPLETED;

pub fn checklist(
    import: &ImportView,
    totals: &[TotalView],
    turnover: &[TurnoverView],
    issues: &[IssueCount],
) -> Vec<CheckView> {
    let failed: i64 = issues
        .iter()
        .filter(|issue| issue.kind == counts::FAILED)
        .map(|issue| issue.count)
        .sum();
    let passwords = import
        .counts
        .iter()
        .any(|count| count.resource == "password" && count.applied > 0);
    let same_turnover = turnover.iter().all(|row| row.source == row.arrived);
    vec![
        check(
            "completed",
            Some(import.state == COMPLETED && !import.dry_run),
            "the last import ran to its end",
        ),
        check(
            "products",
            arrived(import, totals, ("products", &["product", "variation"])),
            "all products and variations arrived",
        ),
        check(
            "customers",
            arrived(import, totals, ("customers", &["customer"])),
            "all customers arrived",
        ),
        check(
            "orders",
            arrived(import, totals, ("orders", &["order"])),
            "all orders arrived",
        ),
        check(
            "turnover",
            arrived(import, totals, ("orders", &["order"]))
                .map(|_| is_whole(import) && same_turnover),
            "turnover is the same in every month",
        ),
        check(
            "issues",
            import.has_ended().then_some(failed == 0),
            "nothing failed, or everything that did was looked at",
        ),
        check(
            "passwords",
            Some(passwords),
            "password hashes were handed over, so that customers sign in as before",
        ),
        check(
            "drafts",
            None,
            "products that came as drafts were looked at",
        ),
        check("shipping", None, "shipping prices were compared"),
        check(
            "payments",
            None,
            "payments are connected and a test order was paid",
        ),
        check(
            "delta",
            None,
            "the old shop takes no more orders, and one more import brought the last ones",
        ),
        check(
            "domain",
            None,
            "the domain leads here; old addresses are redirected by themselves",
        ),
    ]
}

fn check(key: &str, done: Option<bool>, text: &str) -> CheckView {
    CheckView {
        key: key.to_owned(),
        done,
        text: text.to_owned(),
    }
}

/// An import that was stopped or failed has not seen all there is, so it cannot say that all arrived.
fn is_whole(import: &ImportView) -> bool {
    import.state == COMPLETED
}

/// Nothing before the import has ended, after a dry run, and of what was never asked for.
fn arrived(
    import: &ImportView,
    totals: &[TotalView],
    (list, resources): (&str, &[&str]),
) -> Option<bool> {
    if !import.has_ended() || import.dry_run {
        return None;
    }
    let of_them = || {
        let is_one = |row: &&TotalView| resources.contains(&row.resource.as_str());
        totals.iter().filter(is_one)
    };
    let was_asked = import.resources.is_empty() || import.resources.iter().any(|one| one == list);
    let is_known = was_asked || of_them().next().is_some();
    is_known.then(|| is_whole(import) && of_them().all(|row| row.source == row.arrived))
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;
    use uuid::Uuid;

    use super::*;
    use crate::store::imports::{RUNNING, STOPPED};

    fn import(state: &str) -> ImportView {
        ImportView {
            id: Uuid::nil(),
            state: state.to_owned(),
            shop: String::new(),
            dry_run: false,
            resources: Vec::new(),
            since: None,
            step: String::new(),
            counts: Vec::new(),
            records_per_second: 0,
            seconds_left: None,
            last_error: String::new(),
            created_at: OffsetDateTime::UNIX_EPOCH,
            started_at: None,
            finished_at: None,
        }
    }

    fn total(resource: &str, source: i64, arrived: i64) -> TotalView {
        TotalView {
            resource: resource.to_owned(),
            label: String::new(),
            source,
            arrived,
            would_come: None,
            gone: 0,
        }
    }

    fn done(import: &ImportView, totals: &[TotalView], key: &str) -> Option<bool> {
        let list = checklist(import, totals, &[], &[]);
        list.into_iter()
            .find(|check| check.key == key)
            .unwrap()
            .done
    }

    #[test]
    fn nothing_is_said_to_have_arrived_before_the_end() {
        for key in ["products", "customers", "orders", "turnover", "issues"] {
            assert_eq!(done(&import(RUNNING), &[], key), None, "{key}");
        }
        let trial = ImportView {
            dry_run: true,
            ..import(COMPLETED)
        };
        for key in ["products", "customers", "orders", "turnover"] {
            assert_eq!(done(&trial, &[], key), None, "{key}");
        }
        assert_eq!(done(&trial, &[], "completed"), Some(false));
    }

    #[test]
    fn an_import_that_was_stopped_has_not_seen_all() {
        let totals = [total("product", 3, 3)];
        assert_eq!(done(&import(STOPPED), &totals, "products"), Some(false));
        assert_eq!(done(&import(COMPLETED), &totals, "products"), Some(true));
        let missing = [total("product", 3, 3), total("variation", 2, 1)];
        assert_eq!(done(&import(COMPLETED), &missing, "products"), Some(false));
    }

    #[test]
    fn what_was_not_asked_for_is_not_said_to_have_arrived() {
        let some = ImportView {
            resources: vec!["products".to_owned()],
            ..import(COMPLETED)
        };
        assert_eq!(done(&some, &[], "products"), Some(true));
        assert_eq!(done(&some, &[], "customers"), None);
        assert_eq!(
            done(&some, &[total("customer", 1, 0)], "customers"),
            Some(false)
        );
    }
}
