//! Which lines of a closed document a refund takes back.
//!
//! Lines that the refund names are credited with their quantities, at the price that comes to the amount
//! that went back, never above the invoice's. What no line names is first taken from shipping, then spread
//! over all that is left, in proportion to it: such parts are credited as fractions of a quantity at the
//! invoice's own price, so that whatever is refunded later still finds its line. So are the odd cents of a
//! line whose amount cannot be shared among its pieces.

use events::MoneyField;
use events::orders::v1::OrderRefunded;
use kernel::{Currency, Money};

use super::bill::{Bill, line_total, price_of, shown};
use super::fixed::Fixed;
use super::problem::{Code, Problem};

/// What went back, in cents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    pub amount: i64,
    pub lines: Vec<Credited>,
    /// Places of the lines that are shipping.
    pub shipping: Vec<i64>,
}

/// A line that a refund names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credited {
    /// Its place in the document, from 0.
    pub place: i64,
    pub reference: String,
    /// 0 when only money went back.
    pub quantity: i64,
    pub amount: i64,
}

/// A line of the closed document, with what is not credited yet.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenLine {
    /// The provider's id of the line.
    pub id: i64,
    pub product_id: i64,
    pub place: i64,
    pub reference: String,
    pub name: String,
    pub quantity: Fixed,
    /// Of one, without tax, after the line's own discount.
    pub price: Fixed,
    /// The provider's ids of the taxes with their rates in basis points.
    pub taxes: Vec<(i64, u32)>,
    pub exemption: String,
}

/// A line of a credit note.
#[derive(Clone, Debug, PartialEq)]
pub struct CreditLine {
    pub of: OpenLine,
    pub quantity: Fixed,
    pub price: Fixed,
}

impl OpenLine {
    fn rate_bps(&self) -> u32 {
        self.taxes.iter().map(|(_, rate)| rate).sum()
    }

    fn gross(&self) -> i64 {
        line_total(self.quantity, self.price, self.rate_bps())
    }
}

impl Credit {
    /// A refund by the places of the document's lines.
    ///
    /// # Errors
    /// When a line is not the order's, or the parts are more than the whole.
    pub fn of(bill: &Bill, refund: &OrderRefunded) -> Result<Self, Problem> {
        let unclear = |what: String| Problem::new(Code::OrderUnclear, what);
        let amount = refund.amount.required("refund.amount");
        let amount = amount.map_err(|error| unclear(error.to_string()))?;
        let mut lines = Vec::new();
        for told in &refund.lines {
            let part = told.amount.optional();
            let part = part.map_err(|error| unclear(error.to_string()))?;
            let part = part.map_or(0, |part| part.minor);
            if part <= 0 {
                continue;
            }
            let place = bill
                .lines
                .iter()
                .position(|line| line.line_id == told.line_id);
            let line = place.and_then(|place| Some((place, bill.lines.get(place)?)));
            let (place, line) = line.ok_or_else(|| unclear(format!("line {}", told.line_id)))?;
            lines.push(Credited {
                place: i64::try_from(place).unwrap_or(i64::MAX),
                reference: line.reference.clone(),
                quantity: told.quantity.max(0),
                amount: part,
            });
        }
        let named: i64 = lines.iter().map(|line| line.amount).sum();
        if named > amount.minor {
            let detail = format!("lines {}, refund {}", shown(named), shown(amount.minor));
            return Err(unclear(detail));
        }
        let places = (0_i64..).zip(&bill.lines);
        let shipping = places.filter(|(_, line)| line.is_service);
        Ok(Self {
            amount: amount.minor,
            lines,
            shipping: shipping.map(|(place, _)| place).collect(),
        })
    }
}

/// The credit note's lines.
///
/// # Errors
/// When a line is not there any more, or less is left than went back.
pub fn lines(open: Vec<OpenLine>, credit: &Credit) -> Result<Vec<CreditLine>, Problem> {
    let mut open = open;
    let mut taken = Vec::new();
    let named: i64 = credit.lines.iter().map(|line| line.amount).sum();
    let mut rest = credit.amount - named;
    for told in &credit.lines {
        let line = open
            .iter_mut()
            .find(|line| line.reference == told.reference && line.place == told.place);
        let line = line.ok_or_else(|| changed(&told.reference))?;
        if told.quantity == 0 {
            taken.push(take_part(line, told.amount)?);
        } else {
            rest += take_pieces(line, told.quantity, told.amount, &mut taken)?;
        }
    }
    let is_shipping = |line: &OpenLine| credit.shipping.contains(&line.place);
    let of_shipping: i64 = open
        .iter()
        .filter(|line| is_shipping(line))
        .map(OpenLine::gross)
        .sum();
    let of_shipping = match credit.lines.is_empty() {
        // Nothing was named at all: shipping is a line like the others.
        true => 0,
        false => of_shipping.min(rest),
    };
    spread(
        open.iter_mut().filter(|line| is_shipping(line)),
        of_shipping,
        &mut taken,
    )?;
    spread(open.iter_mut(), rest - of_shipping, &mut taken)?;
    Ok(taken)
}

/// So many pieces, at the price that comes to the amount; answers what could not be taken from the line.
fn take_pieces(
    line: &mut OpenLine,
    pieces: i64,
    amount: i64,
    taken: &mut Vec<CreditLine>,
) -> Result<i64, Problem> {
    let asked = Fixed::whole(pieces);
    // Odd cents that went back before may have taken a little of the last piece.
    let quantity = asked.min(line.quantity);
    if asked.minus(quantity) > Fixed::HALF {
        return Err(changed(&line.reference));
    }
    let full = line_total(quantity, line.price, line.rate_bps());
    let share = Fixed::of_cents(amount).without_tax(line.rate_bps());
    let share = share.over(line.price).unwrap_or_default();
    // Cents that cannot be shared among the pieces: the exact share, so that the last one fits too.
    if (full - amount).abs() <= pieces && !share.is_about(quantity) {
        taken.push(take_part(line, amount)?);
        return Ok(0);
    }
    let price = match amount < full {
        true => price_of(amount, quantity, line.rate_bps()).min(line.price),
        false => line.price,
    };
    taken.push(CreditLine {
        of: line.clone(),
        quantity,
        price,
    });
    line.quantity = line.quantity.minus(quantity);
    let odd = (amount - full).max(0);
    if odd == 0 || odd > line.gross() {
        return Ok(odd);
    }
    taken.push(take_part(line, odd)?);
    Ok(0)
}

/// A part of a line by its amount, at the line's own price.
fn take_part(line: &mut OpenLine, amount: i64) -> Result<CreditLine, Problem> {
    let left = line.gross();
    if amount > left {
        return Err(changed(&line.reference));
    }
    let quantity = match amount == left {
        true => line.quantity,
        false => {
            let net = Fixed::of_cents(amount).without_tax(line.rate_bps());
            let quantity = net
                .over(line.price)
                .ok_or_else(|| changed(&line.reference))?;
            quantity.min(line.quantity)
        }
    };
    let credited = CreditLine {
        of: line.clone(),
        quantity,
        price: line.price,
    };
    line.quantity = line.quantity.minus(quantity);
    Ok(credited)
}

/// An amount over lines, in proportion to what is left of each.
fn spread<'a>(
    lines: impl Iterator<Item = &'a mut OpenLine>,
    amount: i64,
    taken: &mut Vec<CreditLine>,
) -> Result<(), Problem> {
    if amount == 0 {
        return Ok(());
    }
    let mut lines: Vec<_> = lines.filter(|line| line.gross() > 0).collect();
    let weights: Vec<i64> = lines.iter().map(|line| line.gross()).collect();
    let left: i64 = weights.iter().sum();
    if amount > left {
        return Err(changed(&format!("{} < {}", shown(left), shown(amount))));
    }
    let shares = Money::new(amount, Currency::EUR).split_by(&weights);
    for (line, share) in lines.iter_mut().zip(shares) {
        if share.minor > 0 {
            taken.push(take_part(line, share.minor)?);
        }
    }
    Ok(())
}

fn changed(what: &str) -> Problem {
    Problem::new(Code::LinesChanged, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn open(place: i64, quantity: i64, gross: i64) -> OpenLine {
        let net = Fixed::of_cents(gross).without_tax(2_300);
        OpenLine {
            id: 100 + place,
            product_id: 10 + place,
            place,
            reference: format!("R{place}"),
            name: "x".into(),
            quantity: Fixed::whole(quantity),
            price: net.over(Fixed::whole(quantity)).unwrap(),
            taxes: vec![(1, 2_300)],
            exemption: String::new(),
        }
    }

    fn named(place: i64, quantity: i64, amount: i64) -> Credited {
        Credited {
            place,
            reference: format!("R{place}"),
            quantity,
            amount,
        }
    }

    fn total(lines: &[CreditLine]) -> i64 {
        let of = |line: &CreditLine| line_total(line.quantity, line.price, line.of.rate_bps());
        lines.iter().map(of).sum()
    }

    #[test]
    fn named_lines_are_credited_by_quantity_and_the_rest_is_shipping() {
        let credit = Credit {
            amount: 2_490,
            lines: vec![named(0, 1, 1_990)],
            shipping: vec![2],
        };
        let lines = lines(
            vec![open(0, 2, 3_980), open(1, 1, 900), open(2, 1, 500)],
            &credit,
        );
        let lines = lines.unwrap();
        assert_eq!(total(&lines), 2_490);
        let quantities: Vec<_> = lines
            .iter()
            .map(|line| (line.of.place, line.quantity))
            .collect();
        assert_eq!(quantities, [(0, Fixed::whole(1)), (2, Fixed::whole(1))]);
    }

    #[test]
    fn an_amount_alone_is_spread_and_leaves_every_line_its_share() {
        let credit = Credit {
            amount: 1_000,
            lines: Vec::new(),
            shipping: vec![1],
        };
        let lines = lines(vec![open(0, 2, 3_000), open(1, 1, 1_000)], &credit).unwrap();
        assert_eq!(total(&lines), 1_000);
        let parts: Vec<_> = lines.iter().map(|line| line.quantity.to_string()).collect();
        assert_eq!(parts, ["0.5", "0.25"]);
    }

    #[test]
    fn more_than_is_left_is_refused() {
        let whole = |amount, lines| Credit {
            amount,
            lines,
            shipping: Vec::new(),
        };
        for credit in [
            whole(1_001, Vec::new()),
            whole(500, vec![named(0, 2, 500)]),
            whole(1_001, vec![named(0, 1, 1_001)]),
            whole(100, vec![named(7, 1, 100)]),
        ] {
            let problem = lines(vec![open(0, 1, 1_000)], &credit).unwrap_err();
            assert_eq!(problem.code, Code::LinesChanged, "{credit:?}");
        }
    }

    #[test]
    fn odd_cents_are_credited_with_their_line_in_any_order() {
        // 10.00 for three: 3.34 + 3.33 + 3.33.
        for parts in [[334, 333, 333], [333, 334, 333], [333, 333, 334]] {
            let mut left = vec![open(0, 3, 1_000)];
            for amount in parts {
                let credit = Credit {
                    amount,
                    lines: vec![named(0, 1, amount)],
                    shipping: Vec::new(),
                };
                let credited = lines(left.clone(), &credit).unwrap();
                assert_eq!(total(&credited), amount, "{parts:?}");
                for one in credited {
                    left[0].quantity = left[0].quantity.minus(one.quantity);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn refunds_without_lines_always_come_to_their_amount(
            grosses in prop::collection::vec(1..100_000_i64, 1..6),
            part in 1..=100_i64,
        ) {
            let open: Vec<_> = (0_i64..).zip(&grosses).map(|(n, gross)| open(n, 1 + n, *gross)).collect();
            let left: i64 = open.iter().map(OpenLine::gross).sum();
            let amount = (left * part / 100).max(1);
            let credit = Credit { amount, lines: Vec::new(), shipping: Vec::new() };
            prop_assert_eq!(total(&lines(open, &credit).unwrap()), amount);
        }
    }
}
