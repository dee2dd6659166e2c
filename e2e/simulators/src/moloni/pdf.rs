//! A small PDF of one page that shows a document. Certified software makes the real one.

use super::document::totals::cents;
use super::document::{Document, Line};
use super::world::Company;
use crate::json::Json as _;
use rust_decimal::Decimal;

/// Points; A4.
const WIDTH: i32 = 595;
const HEIGHT: i32 = 842;
const MARGIN: i32 = 50;
/// Lines of a document that fit on its page.
const LINES_MAX: usize = 30;

pub(super) fn of(company: &Company, document: &Document) -> Vec<u8> {
    let mut page = Page::default();
    head(&mut page, company, document);
    lines(&mut page, document);
    foot(&mut page, document);
    file(&page.0)
}

fn head(page: &mut Page, company: &Company, document: &Document) {
    let (card, entity, draft) = (&company.card, &document.entity, &document.draft);
    page.bold(16, MARGIN, 780, card.text("name"));
    page.text(10, MARGIN, 764, &format!("NIF {}", card.text("vat")));
    let place = |of: &serde_json::Value| format!("{} {}", of.text("zip_code"), of.text("city"));
    page.text(
        10,
        MARGIN,
        750,
        &format!("{}, {}", card.text("address"), place(card)),
    );
    page.bold(14, MARGIN, 706, document.family.title());
    page.bold(14, 220, 706, &document.printed_number());
    page.text(10, MARGIN, 690, &format!("ATCUD: {}", document.atcud));
    page.text(10, 220, 690, &format!("Data: {}", draft.date));
    page.text(10, 380, 690, &format!("V/ ref.: {}", draft.your_reference));
    page.text(10, 380, 676, &format!("N/ ref.: {}", draft.our_reference));
    page.text(10, 350, 780, entity.text("name"));
    page.text(10, 350, 764, &format!("NIF {}", entity.text("vat")));
    page.text(10, 350, 750, entity.text("address"));
    page.text(10, 350, 736, &place(entity));
}

fn lines(page: &mut Page, document: &Document) {
    let at = [MARGIN, 330, 400, 450, 500];
    let titles = ["Designação", "Preço", "Qtd.", "IVA", "Total"];
    for (x, title) in at.iter().zip(titles) {
        page.bold(10, *x, 640, title);
    }
    page.rule(634);
    let mut y = 618;
    for line in document.draft.lines.iter().take(LINES_MAX) {
        for (x, cell) in at.iter().zip(cells(line)) {
            page.text(10, *x, y, &cell);
        }
        y -= 14;
    }
    page.rule(y + 6);
}

fn cells(line: &Line) -> [String; 5] {
    let vat = match line.rate().is_zero() {
        true => line.exemption_reason.clone(),
        false => format!("{}%", line.rate().normalize()),
    };
    let name: String = line.name.chars().take(48).collect();
    [
        name,
        money(line.price),
        line.qty.normalize().to_string(),
        vat,
        money(line.discounted()),
    ]
}

fn foot(page: &mut Page, document: &Document) {
    let totals = &document.totals;
    let sums = [
        ("Total ilíquido", totals.gross),
        ("Desconto comercial", totals.commercial_discount),
        ("Desconto financeiro", totals.financial_discount),
        ("IVA", totals.taxes),
    ];
    let mut y = 150;
    for (title, amount) in sums {
        page.text(10, 350, y, title);
        page.text(10, 500, y, &money(amount));
        y -= 14;
    }
    page.bold(12, 350, y - 4, "Total a pagar");
    page.bold(12, 500, y - 4, &money(totals.net));
    let signature: String = document.rsa_hash.chars().step_by(10).take(4).collect();
    let certified = format!("{signature}-Documento simulado, sem valor fiscal");
    page.text(8, MARGIN, 50, &certified);
}

fn money(amount: Decimal) -> String {
    format!("{:.2} €", cents(amount)).replace('.', ",")
}

/// The drawing instructions of a page.
#[derive(Default)]
struct Page(Vec<u8>);

impl Page {
    fn text(&mut self, size: u8, x: i32, y: i32, text: &str) {
        self.write("F1", size, (x, y), text);
    }

    fn bold(&mut self, size: u8, x: i32, y: i32, text: &str) {
        self.write("F2", size, (x, y), text);
    }

    fn write(&mut self, font: &str, size: u8, (x, y): (i32, i32), text: &str) {
        self.0
            .extend(format!("BT /{font} {size} Tf {x} {y} Td (").bytes());
        for letter in text.chars() {
            let byte = windows_1252(letter);
            if matches!(byte, b'(' | b')' | b'\\') {
                self.0.push(b'\\');
            }
            self.0.push(byte);
        }
        self.0.extend(b") Tj ET\n");
    }

    fn rule(&mut self, y: i32) {
        let right = WIDTH - MARGIN;
        self.0
            .extend(format!("0.5 w {MARGIN} {y} m {right} {y} l S\n").bytes());
    }
}

/// The fonts' encoding: Latin 1, with the euro where Windows has it.
fn windows_1252(letter: char) -> u8 {
    match letter {
        '€' => 0x80,
        letter if letter.is_control() => b' ',
        letter => u8::try_from(u32::from(letter)).unwrap_or(b'?'),
    }
}

fn file(content: &[u8]) -> Vec<u8> {
    let font = |name: &str| {
        format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>")
            .into_bytes()
    };
    let page = format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>"
    );
    let mut stream = format!("<< /Length {} >>\nstream\n", content.len()).into_bytes();
    stream.extend(content);
    stream.extend(b"\nendstream");
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        page.into_bytes(),
        stream,
        font("Helvetica"),
        font("Helvetica-Bold"),
    ];
    assemble(&objects)
}

/// The objects, the table of where each begins, and where that table begins.
fn assemble(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(objects) {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.extend(format!("{number} 0 obj\n").bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let begin = file.len();
    let size = objects.len() + 1;
    file.extend(table.bytes());
    file.extend(
        format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{begin}\n%%EOF\n").bytes(),
    );
    file
}
