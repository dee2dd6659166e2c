//! Which page still shows what the services know.
//!
//! Every piece of news has a number. A page remembers the number that was current before its first
//! question, and what it shows: it is right as long as none of that was in later news. An answer may
//! itself come from a service's memory that has not heard the news yet, so a page that is made right
//! after news of what it shows is given to its asker and not kept, unless it bears witness that it is
//! newer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use dashmap::DashMap;
use uuid::Uuid;

/// Every service's memory has heard the same news by then.
const SETTLED_AFTER: Duration = Duration::from_millis(1_500);
/// Products remembered one by one; when there are more, all products of the store count as changed.
const PRODUCTS_MAX: usize = 4_096;

/// What a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// Name, theme, contact.
    Store,
    Categories,
    /// Any product: lists.
    Shelf,
    Product(Uuid),
}

/// The number of the news that was current before a page was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp(u64);

/// That an answer shows a product as it was at a time: microseconds of its last change.
#[derive(Clone, Copy, Debug)]
pub struct Witness {
    pub product: Uuid,
    pub changed_at_us: i64,
}

#[derive(Clone, Copy)]
struct Change {
    number: u64,
    at: Instant,
    /// Of the state that was told; zero where the news told of something else.
    changed_at_us: i64,
}

#[derive(Default)]
struct OfTenant {
    store: Option<Change>,
    categories: Option<Change>,
    shelf: Option<Change>,
    products: HashMap<Uuid, Change>,
    /// For products that are no longer remembered one by one.
    any_product: Option<Change>,
}

#[derive(Default)]
pub struct Versions {
    current: AtomicU64,
    /// Pages that were begun before it are all outdated.
    floor: AtomicU64,
    tenants: DashMap<Uuid, OfTenant>,
}

impl Versions {
    /// To be taken before the first question.
    pub fn stamp(&self) -> Stamp {
        Stamp(self.current.load(Ordering::Acquire))
    }

    /// News of what pages of a store show.
    pub fn changed(&self, tenant: Uuid, tag: Tag) {
        self.told(tenant, tag, 0);
    }

    /// News of a product's state.
    pub fn product_changed(&self, tenant: Uuid, news: Witness) {
        self.told(tenant, Tag::Product(news.product), news.changed_at_us);
        self.told(tenant, Tag::Shelf, 0);
    }

    /// News may have been missed: nothing that was made before counts.
    pub fn lost(&self) {
        let number = self.current.fetch_add(1, Ordering::AcqRel) + 1;
        self.floor.store(number, Ordering::Release);
        self.tenants.clear();
    }

    /// Whether nothing of what a page shows was in later news.
    pub fn is_current(&self, tenant: Uuid, tags: &[Tag], stamp: Stamp) -> bool {
        if stamp.0 < self.floor.load(Ordering::Acquire) {
            return false;
        }
        let Some(known) = self.tenants.get(&tenant) else {
            return true;
        };
        tags.iter()
            .filter_map(|tag| known.change(*tag))
            .all(|change| change.number <= stamp.0)
    }

    /// Whether a page that was begun at `stamp` may be kept.
    pub fn may_keep(&self, tenant: Uuid, tags: &[Tag], stamp: Stamp, seen: &[Witness]) -> bool {
        if !self.is_current(tenant, tags, stamp) {
            return false;
        }
        let Some(known) = self.tenants.get(&tenant) else {
            return true;
        };
        tags.iter().all(|tag| {
            let Some(change) = known.change(*tag) else {
                return true;
            };
            let witness = match tag {
                Tag::Product(id) => seen.iter().find(|seen| seen.product == *id),
                Tag::Store | Tag::Categories | Tag::Shelf => None,
            };
            match witness {
                Some(seen) if change.changed_at_us > 0 => {
                    seen.changed_at_us >= change.changed_at_us
                }
                _ => change.at.elapsed() >= SETTLED_AFTER,
            }
        })
    }

    fn told(&self, tenant: Uuid, tag: Tag, changed_at_us: i64) {
        let mut known = self.tenants.entry(tenant).or_default();
        let change = Change {
            number: self.current.fetch_add(1, Ordering::AcqRel) + 1,
            at: Instant::now(),
            changed_at_us,
        };
        known.note(tag, change);
    }
}

impl OfTenant {
    fn change(&self, tag: Tag) -> Option<Change> {
        match tag {
            Tag::Store => self.store,
            Tag::Categories => self.categories,
            Tag::Shelf => self.shelf,
            Tag::Product(id) => self.products.get(&id).copied().or(self.any_product),
        }
    }

    fn note(&mut self, tag: Tag, change: Change) {
        match tag {
            Tag::Store => self.store = Some(change),
            Tag::Categories => self.categories = Some(change),
            Tag::Shelf => self.shelf = Some(change),
            Tag::Product(id) => {
                if self.products.len() >= PRODUCTS_MAX {
                    self.products.clear();
                    self.any_product = Some(Change {
                        changed_at_us: 0,
                        ..change
                    });
                }
                self.products.insert(id, change);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORE: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);
    const RIFLE: Uuid = Uuid::from_u128(3);
    const VEST: Uuid = Uuid::from_u128(4);

    fn witness(product: Uuid, changed_at_us: i64) -> Witness {
        Witness {
            product,
            changed_at_us,
        }
    }

    #[test]
    fn news_of_a_product_outdates_its_page_and_the_lists_and_nothing_else() {
        let versions = Versions::default();
        let stamp = versions.stamp();
        versions.product_changed(STORE, witness(RIFLE, 10));
        let current = |tenant, tag| versions.is_current(tenant, &[Tag::Store, tag], stamp);
        assert!(!current(STORE, Tag::Product(RIFLE)));
        assert!(!current(STORE, Tag::Shelf));
        assert!(current(STORE, Tag::Product(VEST)));
        assert!(current(STORE, Tag::Categories));
        assert!(current(OTHER, Tag::Shelf), "another store's pages stay");
    }

    #[test]
    fn an_answer_older_than_the_news_is_never_kept() {
        let versions = Versions::default();
        versions.product_changed(STORE, witness(RIFLE, 10));
        let stamp = versions.stamp();
        let tags = [Tag::Product(RIFLE)];
        let keeps = |at| versions.may_keep(STORE, &tags, stamp, &[witness(RIFLE, at)]);
        assert!(!keeps(9), "a service's memory had not heard yet");
        assert!(keeps(10));
        assert!(keeps(11), "newer still");
    }

    #[test]
    fn news_while_a_page_is_made_keep_it_from_being_kept() {
        let versions = Versions::default();
        let stamp = versions.stamp();
        versions.changed(STORE, Tag::Store);
        assert!(!versions.may_keep(STORE, &[Tag::Store], stamp, &[]));
    }

    #[test]
    fn a_list_that_is_made_right_after_news_is_not_kept_either() {
        let versions = Versions::default();
        versions.product_changed(STORE, witness(RIFLE, 10));
        let stamp = versions.stamp();
        assert!(versions.is_current(STORE, &[Tag::Shelf], stamp));
        assert!(!versions.may_keep(STORE, &[Tag::Shelf], stamp, &[]));
        let later = versions.tenants.get_mut(&STORE);
        let shelf = later.and_then(|mut known| {
            let change = known.shelf.as_mut()?;
            change.at -= SETTLED_AFTER;
            Some(())
        });
        assert!(shelf.is_some());
        assert!(versions.may_keep(STORE, &[Tag::Shelf], stamp, &[]));
    }

    #[test]
    fn after_missed_news_nothing_counts_that_was_made_before() {
        let versions = Versions::default();
        let stamp = versions.stamp();
        versions.lost();
        assert!(!versions.is_current(STORE, &[], stamp));
        assert!(versions.may_keep(STORE, &[Tag::Shelf], versions.stamp(), &[]));
    }

    #[test]
    fn more_products_than_are_remembered_count_as_changed_together() {
        let versions = Versions::default();
        let stamp = versions.stamp();
        for id in 0..=u128::try_from(PRODUCTS_MAX).unwrap() {
            let product = Uuid::from_u128(1_000 + id);
            versions.product_changed(STORE, witness(product, 1));
        }
        assert!(!versions.is_current(STORE, &[Tag::Product(VEST)], stamp));
    }
}
