//! Products and their variations.

use super::words::{ADJECTIVES, NOUNS};
use super::{ATTACHMENTS, Attribute, Dice, Garden, IMAGES, PRODUCTS, Term, Unit, variation_id};
use crate::json::Json as _;
use crate::woocommerce::shop::Kind;
use crate::woocommerce::views::blank;
use rust_decimal::Decimal;
use serde_json::{Value, json};

const TAX_CLASSES: [&str; 6] = ["", "", "", "", "reduced-rate", "taxa-intermedia"];

/// What the n-th product is: half have variations, and every twentieth is grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Simple,
    Variable,
    Download,
    External,
    Grouped,
}

impl Form {
    fn of(number: u64) -> Self {
        match number % 20 {
            0..=9 => Self::Variable,
            10 => Self::Download,
            11 => Self::External,
            12 => Self::Grouped,
            _ => Self::Simple,
        }
    }
}

impl Garden {
    pub(in crate::woocommerce) fn product_status(number: u64) -> &'static str {
        match number % 101 {
            100 => "draft",
            99 => "private",
            _ => "publish",
        }
    }

    /// How many variations the n-th product has.
    pub(in crate::woocommerce) fn variations_of(&self, number: u64) -> u64 {
        match Form::of(number) {
            Form::Variable => 2 + self.dice(Kind::Variations, number).below(5),
            _ => 0,
        }
    }

    pub(in crate::woocommerce) fn category_of(&self, number: u64) -> Option<&Term> {
        pick(&self.ground.categories, number)
    }

    pub(in crate::woocommerce) fn tag_of(&self, number: u64) -> Option<&Term> {
        let tag = pick(&self.ground.tags, number / 3);
        tag.filter(|_| number.is_multiple_of(3))
    }

    pub(super) fn product(&self, number: u64) -> Value {
        let mut dice = self.dice(Kind::Products, number);
        let (noun, adjective) = (dice.one_of(&NOUNS), dice.one_of(&ADJECTIVES));
        let name = format!("{noun} {adjective} n.º {}", number + 1);
        let grams = i64::try_from(dice.below(5_000)).unwrap_or_default();
        let mut body = blank::product();
        body.merge(&json!({
            "name": name,
            "slug": blank::slug(&name),
            "sku": sku(number),
            "description": format!("Feito à mão.\n\nCada peça é única: a n.º {} também.", number + 1),
            "short_description": "Artesanato <em>português</em>",
            "tax_class": dice.one_of(&TAX_CLASSES),
            "weight": Decimal::new(grams, 3).to_string(),
            "total_sales": dice.below(50),
            "categories": terms(self.category_of(number)),
            "tags": terms(self.tag_of(number)),
            "images": [image(dice.below(IMAGES), &name)],
        }));
        self.shape(&mut body, number, &mut dice);
        body
    }

    fn shape(&self, body: &mut Value, number: u64, dice: &mut Dice) {
        let price = self.price(number);
        match Form::of(number) {
            Form::Variable => self.make_variable(body, number),
            Form::Grouped => {
                let members: Vec<_> = (number + 1..self.products)
                    .take(3)
                    .map(|member| PRODUCTS + member)
                    .collect();
                body.merge(&json!({"type": "grouped", "grouped_products": members}));
            }
            Form::External => body.merge(&json!({
                "type": "external",
                "regular_price": price.to_string(),
                "external_url": "https://parceiro.example.test/peca",
                "button_text": "Comprar no parceiro",
            })),
            Form::Download => body.merge(&json!({
                "regular_price": price.to_string(),
                "virtual": true,
                "downloadable": true,
                "downloads": [{"id": format!("f-{number}"), "name": "Guia", "file": blank::upload("guia.pdf")}],
            })),
            Form::Simple => make_simple(body, price, dice),
        }
    }

    fn make_variable(&self, body: &mut Value, number: u64) {
        let colours = self.variations_of(number).div_ceil(2);
        let attribute = |attribute: &Attribute, count: u64| {
            let count = usize::try_from(count).unwrap_or_default();
            let options: Vec<_> = attribute
                .terms
                .iter()
                .take(count)
                .map(|term| &term.name)
                .collect();
            json!({"id": attribute.id, "name": attribute.name, "position": 0, "visible": true,
                "variation": true, "options": options})
        };
        body.merge(&json!({
            "type": "variable",
            "attributes": [attribute(&self.ground.colour, colours), attribute(&self.ground.size, 2)],
        }));
    }

    /// The k-th variation: two sizes of each colour.
    pub(super) fn variation(&self, number: u64, k: u64) -> Value {
        // A product has fewer than a hundred.
        let quantity = self.dice(Kind::Terms, number * 100 + k).below(60);
        let chosen = |attribute: &Attribute, at: u64| {
            let option = pick(&attribute.terms, at).map(|term| term.name.as_str());
            json!({"id": attribute.id, "name": attribute.name, "option": option.unwrap_or_default()})
        };
        let mut body = blank::variation();
        body.merge(&json!({
            "sku": format!("{}-{k}", sku(number)),
            "regular_price": self.variation_price(number, k).to_string(),
            "tax_class": "parent",
            "manage_stock": true,
            "stock_quantity": quantity,
            "stock_status": blank::stock_status(quantity),
            "attributes": [chosen(&self.ground.colour, k / 2), chosen(&self.ground.size, k % 2)],
            "menu_order": k + 1,
        }));
        body
    }

    /// The n-th product, or one of its variations.
    pub(super) fn grown_unit(&self, number: u64) -> Unit {
        let product = self.product(number);
        let unit = Unit {
            product: PRODUCTS + number,
            name: product.text("name").to_owned(),
            sku: product.text("sku").to_owned(),
            tax_class: product.text("tax_class").to_owned(),
            price: self.price(number),
            ..Unit::default()
        };
        match self.variations_of(number) {
            0 => unit,
            count => self.varied(unit, number, number % count),
        }
    }

    fn varied(&self, product: Unit, number: u64, k: u64) -> Unit {
        let value = |attribute: &Attribute, at: u64| {
            let term = pick(&attribute.terms, at).cloned().unwrap_or_default();
            [
                attribute.slug.clone(),
                attribute.name.clone(),
                term.slug,
                term.name,
            ]
        };
        let chosen = vec![
            value(&self.ground.colour, k / 2),
            value(&self.ground.size, k % 2),
        ];
        let shown: Vec<_> = chosen.iter().map(|[.., shown]| shown.as_str()).collect();
        Unit {
            variation: variation_id(number, k),
            name: format!("{} - {}", product.name, shown.join(", ")),
            sku: format!("{}-{k}", sku(number)),
            price: self.variation_price(number, k),
            parent_name: Some(product.name.clone()),
            chosen,
            ..product
        }
    }

    fn price(&self, number: u64) -> Decimal {
        let cents = 300 + self.dice(Kind::Taxes, number).below(11_700);
        Decimal::new(i64::try_from(cents).unwrap_or_default(), 2)
    }

    fn variation_price(&self, number: u64, k: u64) -> Decimal {
        self.price(number) + Decimal::new(50, 2) * Decimal::from(k)
    }
}

fn make_simple(body: &mut Value, price: Decimal, dice: &mut Dice) {
    body.set("regular_price", price.to_string());
    if dice.percent(20) {
        let reduced = (price * Decimal::new(8, 1)).round_dp(2);
        body.set("sale_price", reduced.to_string());
    }
    if dice.percent(60) {
        let quantity = dice.below(80);
        body.merge(&json!({"manage_stock": true, "stock_quantity": quantity,
            "stock_status": blank::stock_status(quantity)}));
    }
}

fn terms(term: Option<&Term>) -> Vec<Value> {
    let view = |term: &Term| json!({"id": term.id, "name": term.name, "slug": term.slug});
    term.into_iter().map(view).collect()
}

fn pick<T>(list: &[T], at: u64) -> Option<&T> {
    let count = u64::try_from(list.len()).ok().filter(|count| *count > 0)?;
    list.get(usize::try_from(at % count).ok()?)
}

fn sku(number: u64) -> String {
    format!("G-{number:06}")
}

fn image(at: u64, alt: &str) -> Value {
    let name = format!("peca-{at}");
    let src = blank::upload(&format!("{name}.jpg"));
    json!({"id": ATTACHMENTS + at, "src": src, "name": name, "alt": alt})
}
