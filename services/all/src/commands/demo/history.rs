//! Ninety days of the demo store's trade: ever more of it, most on Sundays and Mondays, the same each time it is made up.

use std::collections::BTreeMap;

use anyhow::Context;
use catalog::operator::Offered;
use kernel::{Money, Quantity, VariantId};
use orders::details::Address;
use orders::domain::cart::{Offer, Quantities};
use orders::domain::tax::TaxClass;
use orders::operator::history::{Course, PastSale};
use time::{Duration, OffsetDateTime, Weekday};

use super::data::{Buyers, Product, Store};
use super::goods::email_of;

const DAYS: i64 = 90;
/// Before anybody says something of what he bought.
const DAYS_OF_USE: i64 = 9;

/// A product with what is offered of it.
pub struct Shelved<'a> {
    pub product: &'a Product,
    pub offered: Vec<Offered>,
}

/// What was bought until `now`, the earliest first.
pub fn sales(
    store: &Store,
    shelves: &[Shelved<'_>],
    now: OffsetDateTime,
) -> anyhow::Result<Vec<PastSale>> {
    let mut past = Past {
        store,
        shelves,
        now,
        dice: Dice(20_250_901),
    };
    let mut sales = Vec::new();
    for ago in (0..=DAYS).rev() {
        let day = now - Duration::days(ago);
        for _ in 0..past.count_on(day, ago) {
            sales.extend(past.sale(day)?);
        }
    }
    for review in &store.reviews {
        let day = now - Duration::days(review.days_ago + DAYS_OF_USE);
        let bought = shelves
            .iter()
            .find(|shelf| shelf.product.slug == review.product);
        if let Some(shelf) = bought {
            sales.extend(past.sale_of(day, &review.name, shelf)?);
        }
    }
    sales.sort_by_key(|sale| sale.placed_at);
    Ok(sales)
}

struct Past<'a> {
    store: &'a Store,
    shelves: &'a [Shelved<'a>],
    now: OffsetDateTime,
    dice: Dice,
}

impl<'a> Past<'a> {
    fn count_on(&mut self, day: OffsetDateTime, ago: i64) -> i64 {
        let rhythm = match day.weekday() {
            Weekday::Sunday => 135,
            Weekday::Monday => 115,
            Weekday::Tuesday | Weekday::Thursday => 100,
            Weekday::Wednesday => 95,
            Weekday::Friday => 85,
            Weekday::Saturday => 75,
        };
        // In hundredths of an order, with its chance of being one more.
        let expected = (130 + (DAYS - ago) * 3) * rhythm / 100;
        (expected + self.dice.below(100)) / 100
    }

    /// An order of somebody's; nothing when that hour of the day is still to come.
    fn sale(&mut self, day: OffsetDateTime) -> anyhow::Result<Option<PastSale>> {
        let Buyers {
            first_names,
            last_names,
            ..
        } = &self.store.buyers;
        let first = self.dice.pick(first_names).context("first names")?;
        let last = self.dice.pick(last_names).context("last names")?;
        let name = format!("{first} {last}");
        let lines = match self.dice.below(100) {
            0..55 => 1,
            55..85 => 2,
            _ => 3,
        };
        let placed_at = self.hour_of(day);
        let mut wanted = BTreeMap::new();
        for _ in 0..lines {
            if let Some(shelf) = self.favourite(placed_at) {
                self.take(shelf, placed_at, &mut wanted)?;
            }
        }
        self.placed(placed_at, &name, wanted)
    }

    /// What somebody bought before he spoke of it.
    fn sale_of(
        &mut self,
        day: OffsetDateTime,
        name: &str,
        shelf: &Shelved<'_>,
    ) -> anyhow::Result<Option<PastSale>> {
        let placed_at = self.hour_of(day);
        let mut wanted = BTreeMap::new();
        if self.is_listed(shelf, placed_at) {
            self.take(shelf, placed_at, &mut wanted)?;
        }
        let sale = self.placed(placed_at, name, wanted)?;
        Ok(sale.map(|sale| PastSale {
            course: self.sent(placed_at),
            ..sale
        }))
    }

    fn placed(
        &mut self,
        placed_at: OffsetDateTime,
        name: &str,
        wanted: BTreeMap<VariantId, (Offer, Quantity)>,
    ) -> anyhow::Result<Option<PastSale>> {
        if placed_at >= self.now || wanted.is_empty() {
            return Ok(None);
        }
        let methods = ["card", "card", "mb_way", "mb_way", "mb_way", "multibanco"];
        let method = self.dice.pick(&methods).copied().unwrap_or("card");
        Ok(Some(PastSale {
            placed_at,
            email: email_of(name).parse()?,
            locale: "pt-PT".parse()?,
            address: self.address(name)?,
            payment_method: method.to_owned(),
            wanted: wanted.into_values().collect(),
            course: self.course(placed_at),
        }))
    }

    /// Of what was listed then, rather what people speak of.
    fn favourite(&mut self, at: OffsetDateTime) -> Option<&'a Shelved<'a>> {
        let shelves = self.shelves;
        let listed = shelves.iter().filter(|shelf| self.is_listed(shelf, at));
        let tickets: Vec<_> = listed
            .flat_map(|shelf| {
                let said = self.store.reviews_of(&shelf.product.slug).count();
                std::iter::repeat_n(shelf, 1 + 2 * said)
            })
            .collect();
        self.dice.pick(&tickets).copied()
    }

    fn is_listed(&self, shelf: &Shelved<'_>, at: OffsetDateTime) -> bool {
        self.now - Duration::days(shelf.product.listed_days_ago) < at
    }

    fn take(
        &mut self,
        shelf: &Shelved<'_>,
        at: OffsetDateTime,
        wanted: &mut BTreeMap<VariantId, (Offer, Quantity)>,
    ) -> anyhow::Result<()> {
        let Some(offered) = self.dice.pick(&shelf.offered) else {
            return Ok(());
        };
        let is_cheap = shelf.product.price < 4_000;
        let quantity: i64 = if is_cheap && self.dice.below(5) == 0 {
            2
        } else {
            1
        };
        let offer = offer(shelf.product, offered, (at, self.now))?;
        wanted.insert(offered.variant, (offer, Quantity::try_from(quantity)?));
        Ok(())
    }

    fn hour_of(&mut self, day: OffsetDateTime) -> OffsetDateTime {
        let midnight = day.replace_time(time::Time::MIDNIGHT);
        midnight
            + Duration::hours(8 + self.dice.below(15))
            + Duration::seconds(self.dice.below(3_600))
    }

    fn address(&mut self, name: &str) -> anyhow::Result<Address> {
        let Buyers {
            streets, places, ..
        } = &self.store.buyers;
        let street = self.dice.pick(streets).context("streets")?;
        let town = self.dice.pick(places).context("places")?;
        Ok(Address {
            name: name.to_owned(),
            company: String::new(),
            line1: format!("{street}, {}", 1 + self.dice.below(180)),
            line2: String::new(),
            city: town.city.clone(),
            postcode: town.postcode.parse()?,
            country: "PT".parse()?,
        })
    }

    fn course(&mut self, placed_at: OffsetDateTime) -> Course {
        let chance = self.dice.below(100);
        let age = self.now - placed_at;
        let waits = match age.whole_hours() {
            ..30 => 80,
            30..54 => 15,
            _ => 0,
        };
        if chance < waits {
            return Course::Waits;
        }
        match chance {
            90..94 => Course::Lapsed {
                at: self.past(placed_at + Duration::hours(2)),
            },
            94.. if age > Duration::days(12) => Course::GivenBack {
                sent_at: placed_at + Duration::hours(20),
                at: placed_at + Duration::days(9),
                hundredths: if chance < 97 { 100 } else { 30 },
            },
            _ => self.sent(placed_at),
        }
    }

    fn sent(&mut self, placed_at: OffsetDateTime) -> Course {
        let packed_in = Duration::hours(18 + self.dice.below(10));
        Course::Sent {
            at: self.past(placed_at + packed_in),
            tracking: format!("DA{:09}PT", self.dice.below(1_000_000_000)),
        }
    }

    fn past(&self, at: OffsetDateTime) -> OffsetDateTime {
        at.min(self.now)
    }
}

/// What was offered at an instant, at the price of that day.
fn offer(
    product: &Product,
    from: &Offered,
    (at, now): (OffsetDateTime, OffsetDateTime),
) -> anyhow::Result<Offer> {
    let cut_at = now - Duration::days(product.cut_days_ago);
    let price = match product.was {
        Some(was) if at < cut_at => Money {
            minor: was,
            ..from.price
        },
        _ => from.price,
    };
    Ok(Offer {
        variant: from.variant,
        product: from.product,
        product_slug: from.slug.to_string(),
        sku: from.sku.to_string(),
        barcode: String::new(),
        title: from.title.clone(),
        variant_title: from.variant_title.clone(),
        image_url: from.image_url.clone(),
        price,
        tax_class: TaxClass::of_name(from.vat_class.as_str()),
        exemption_code: String::new(),
        weight_grams: u32::try_from(from.weight_grams)?,
        requires_shipping: true,
        for_sale: true,
        available: None,
        quantities: Quantities::ANY,
    })
}

/// Chance that is the same each time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        i64::try_from(mixed >> 1).unwrap_or(0) % sides.max(1)
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let at = self.below(i64::try_from(of.len()).unwrap_or(1));
        of.get(usize::try_from(at).unwrap_or(0))
    }
}
