//! A proforma on paper: A4, one font that has the letters of Europe's languages, and on every page that it
//! is no fiscal document.

mod words;

use krilla::Document;
use krilla::geom::Point;
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};

use events::MoneyField;
use events::common::v1::Money as MoneyMessage;
use events::from_us;
use events::orders::v1::Order;
use kernel::{Money, lisbon};
use words::Words;

use crate::domain::buyer::Buyer;

/// DejaVu Sans 2.37; its licence is beside it. Only the letters that are used go into a file.
static FONT: &[u8] = include_bytes!("../assets/DejaVuSans.ttf");

/// Points.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const LEFT: f32 = 50.0;
const RIGHT: f32 = WIDTH - 50.0;
const TOP: f32 = 60.0;
const BOTTOM: f32 = HEIGHT - 70.0;
const LINE: f32 = 16.0;
const SMALL: f32 = 9.0;
const NORMAL: f32 = 10.0;
const LARGE: f32 = 18.0;
const NAME_CHARS_MAX: usize = 62;
/// Lines that a proforma shows; an order has fewer.
const LINES_MAX: usize = 1_000;

/// What a proforma says.
#[derive(Clone, Copy, Debug)]
pub struct Paper<'a> {
    pub store: &'a str,
    /// The store's language.
    pub locale: &'a str,
    pub number: &'a str,
    pub order: &'a Order,
}

/// The PDF; nothing when it cannot be drawn.
pub fn draw(paper: &Paper<'_>) -> Option<Vec<u8>> {
    let font = Font::new(FONT.into(), 0)?;
    let words = Words::of(paper.locale);
    let (head, body) = (head(paper, words), body(paper, words));
    let mut document = Document::new();
    let mut rows = body.iter().peekable();
    let mut is_first = true;
    while is_first || rows.peek().is_some() {
        let mut page = document.start_page_with(PageSettings::from_wh(WIDTH, HEIGHT)?);
        let mut pen = Pen {
            surface: page.surface(),
            font: font.clone(),
            y: TOP,
        };
        pen.text(LEFT, LARGE, words.title);
        pen.down(LINE * 1.5);
        pen.text(LEFT, NORMAL, words.mark);
        pen.down(LINE * 2.0);
        if is_first {
            head.iter().for_each(|text| pen.line(text, ""));
            pen.down(LINE);
        }
        while pen.y < BOTTOM {
            let Some((left, right)) = rows.next() else {
                break;
            };
            pen.line(left, right);
        }
        pen.y = HEIGHT - 40.0;
        pen.text(LEFT, SMALL, words.mark);
        // The page is finished when what is drawn on it is.
        drop(pen);
        page.finish();
        is_first = false;
    }
    document.finish().ok()
}

fn head(paper: &Paper<'_>, words: Words) -> Vec<String> {
    let (order, buyer) = (paper.order, Buyer::of(paper.order));
    let paid = from_us(order.paid_at_us).map(|at| lisbon::day(at).to_string());
    let mut lines = vec![
        paper.store.to_owned(),
        format!("{} {}", words.number, paper.number),
        format!("{} {}", words.order, order.number),
    ];
    lines.extend(paid.map(|day| format!("{} {day}", words.date)));
    lines.push(String::new());
    lines.push(buyer.name.clone());
    lines.push(buyer.address.clone());
    lines.push(format!(
        "{} {}, {}",
        buyer.postcode, buyer.city, buyer.country
    ));
    lines.extend(
        buyer
            .tax_id
            .map(|number| format!("{} {number}", words.tax_number)),
    );
    lines
}

/// Lines with their amounts, then the sums.
fn body(paper: &Paper<'_>, words: Words) -> Vec<(String, String)> {
    let order = paper.order;
    let mut rows: Vec<(String, String)> = order
        .lines
        .iter()
        .take(LINES_MAX)
        .map(|line| {
            let name = match line.variant_title.trim() {
                "" => line.title.clone(),
                variant => format!("{} — {variant}", line.title),
            };
            let name: String = name.chars().take(NAME_CHARS_MAX).collect();
            (format!("{} × {name}", line.quantity), amount(&line.total))
        })
        .collect();
    let shipping = order.shipping.as_ref().and_then(|one| one.total.clone());
    if shipping.as_ref().is_some_and(|total| total.minor != 0) {
        rows.push((words.shipping.to_owned(), amount(&shipping)));
    }
    rows.push((String::new(), String::new()));
    for tax in &order.taxes {
        let (whole, part) = (tax.rate_bps / 100, tax.rate_bps % 100);
        let rate = match part {
            0 => format!("{whole} %"),
            part => format!("{whole}.{part:02} %"),
        };
        rows.push((format!("{} {rate}", words.tax), amount(&tax.tax)));
    }
    rows.push((words.total.to_owned(), amount(&order.total)));
    rows
}

fn amount(money: &Option<MoneyMessage>) -> String {
    let money = money.optional().ok().flatten();
    money
        .map(|money: Money| money.to_string())
        .unwrap_or_default()
}

/// Where the next line goes.
struct Pen<'a> {
    surface: Surface<'a>,
    font: Font,
    y: f32,
}

impl Pen<'_> {
    fn text(&mut self, x: f32, size: f32, text: &str) {
        let (point, font) = (Point::from_xy(x, self.y), self.font.clone());
        self.surface
            .draw_text(point, font, size, text, false, TextDirection::Auto);
    }

    fn down(&mut self, by: f32) {
        self.y += by;
    }

    fn line(&mut self, left: &str, right: &str) {
        if !left.is_empty() {
            self.text(LEFT, NORMAL, left);
        }
        if !right.is_empty() {
            self.text(RIGHT - width(right) * NORMAL, NORMAL, right);
        }
        self.down(LINE);
    }
}

/// The width of an amount, in parts of the font's size: all digits are as wide as each other.
fn width(amount: &str) -> f32 {
    let of = |c: char| match c {
        '0'..='9' => 0.6362,
        '.' | ',' | ' ' => 0.3179,
        '-' => 0.361,
        _ => 0.69,
    };
    amount.chars().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::common::v1::Address;
    use events::orders::v1::OrderLine;
    use kernel::Currency;

    fn order(lines: usize) -> Order {
        let money = Some(Money::new(1_990, Currency::EUR).into());
        let line = OrderLine {
            title: "Réplica coração ł Ω Ж".into(),
            quantity: 2,
            total: money.clone(),
            ..OrderLine::default()
        };
        Order {
            number: "PT-1042".into(),
            total: money,
            billing_address: Some(Address {
                name: "Ana Gonçalves".into(),
                ..Address::default()
            }),
            lines: vec![line; lines],
            ..Order::default()
        }
    }

    #[test]
    fn a_proforma_is_a_small_pdf_with_as_many_pages_as_it_needs() {
        for (lines, pages) in [(1, 1), (100, 3), (0, 1)] {
            let order = order(lines);
            let paper = Paper {
                store: "Loja",
                locale: "pt-PT",
                number: "PF PT-1042",
                order: &order,
            };
            let file = draw(&paper).unwrap();
            assert!(file.starts_with(b"%PDF"));
            assert!(file.len() < 100_000, "{}", file.len());
            let text = String::from_utf8_lossy(&file);
            assert!(text.contains(&format!("/Count {pages}")), "{lines} lines");
        }
    }
}
