//! Double entry. The entries of a transaction add up to zero, and none is ever changed.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::Money;
use uuid::Uuid;

use super::schema::ledger_entry;

/// One movement of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// The shopper's money becomes the store's, less the platform's part.
    Payment { amount: Money, fee: Money },
    /// The store's money becomes the shopper's.
    Refund { amount: Money },
    /// A refund that had been counted did not reach the shopper.
    RefundCameBack { amount: Money },
    /// The platform gives a part of its fee back to the store.
    FeeReturned { fee: Money },
    /// A bank takes an amount from the store (negative) or gives it back, and Stripe its fee.
    Dispute { amount: Money, fee: i64 },
}

impl Movement {
    /// What it adds to each account, in minor units.
    fn entries(self) -> (Money, Vec<(&'static str, i64)>) {
        match self {
            Self::Payment { amount, fee } => (
                amount,
                vec![
                    ("shopper", -amount.minor),
                    ("store", amount.minor - fee.minor),
                    ("platform_fee", fee.minor),
                ],
            ),
            Self::Refund { amount } => (
                amount,
                vec![("shopper", amount.minor), ("store", -amount.minor)],
            ),
            Self::RefundCameBack { amount } => (
                amount,
                vec![("shopper", -amount.minor), ("store", amount.minor)],
            ),
            Self::FeeReturned { fee } => (
                fee,
                vec![("platform_fee", -fee.minor), ("store", fee.minor)],
            ),
            Self::Dispute { amount, fee } => (
                amount,
                vec![
                    ("store", amount.minor - fee),
                    ("dispute", -amount.minor),
                    ("stripe_fee", fee),
                ],
            ),
        }
    }
}

/// Writes a movement under its name; a second time it changes nothing.
pub async fn create_entries(
    tx: &TenantTx,
    payment: Uuid,
    name: &str,
    movement: Movement,
) -> Result<(), Error> {
    let (sum, entries) = movement.entries();
    let rows: Vec<_> = entries
        .iter()
        .filter(|(_, minor)| *minor != 0)
        .map(|(account, minor)| {
            (
                ledger_entry::tenant_id.eq(tx.tenant().uuid()),
                ledger_entry::transaction_id.eq(name),
                ledger_entry::account.eq(*account),
                ledger_entry::amount_minor.eq(*minor),
                ledger_entry::currency.eq(sum.currency.as_str()),
                ledger_entry::payment_id.eq(payment),
            )
        })
        .collect();
    let count = rows.len();
    diesel::insert_into(ledger_entry::table)
        .values(rows)
        .on_conflict_do_nothing()
        .prepared_for(count)
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_movement_adds_up_to_zero(minor in 1_i64..1_000_000, part in 0_i64..1_000) {
            let amount = Money::new(minor, Currency::EUR);
            let fee = Money::new(part, Currency::EUR);
            for movement in [
                Movement::Payment { amount, fee },
                Movement::Refund { amount },
                Movement::RefundCameBack { amount },
                Movement::FeeReturned { fee },
                Movement::Dispute { amount: Money::new(-minor, Currency::EUR), fee: part },
                Movement::Dispute { amount, fee: -part },
            ] {
                let (_, entries) = movement.entries();
                prop_assert_eq!(entries.iter().map(|(_, minor)| minor).sum::<i64>(), 0);
            }
        }
    }
}
