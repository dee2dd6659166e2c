//! Every column that lies sealed, for a change of keys.

use db::{Sealed, SealedColumn, SealedKey};

use crate::vault::{PURPOSE, Place};

/// `column!(table.column, key)`; `as` names the place where it is not the column's own.
macro_rules! column {
    ($table:ident.$column:ident, $key:expr) => {
        column!($table.$column, $key, as concat!(stringify!($table), ".", stringify!($column)))
    };
    ($table:ident.$column:ident, $key:expr, as $place:expr) => {
        SealedColumn {
            table: stringify!($table),
            column: stringify!($column),
            key: $key,
            place: |tenant, row| {
                Place {
                    tenant,
                    column: $place,
                    row,
                }
                .name()
            },
        }
    };
}

const ID: SealedKey = SealedKey::Uuid("id");

/// A test finds a column of bytes that is not among them.
pub const SEALED: Sealed = Sealed {
    purpose: PURPOSE,
    columns: &[
        SealedColumn {
            table: "mail_setting",
            column: "address_key",
            key: SealedKey::Uuid("tenant_id"),
            // A store has one row.
            place: |tenant, _| {
                Place {
                    tenant,
                    column: "mail_setting.address_key",
                    row: "",
                }
                .name()
            },
        },
        column!(staff_contact.contact, SealedKey::Uuid("staff_id")),
        column!(order_seen.content, SealedKey::Uuid("order_id")),
        column!(order_seen.document, SealedKey::Uuid("order_id")),
        column!(message.address, ID),
        column!(message.content, ID),
        column!(message.rendered, ID),
        column!(suppression.address, ID),
        column!(provider_event.payload, SealedKey::Text("id")),
        column!(endpoint.secret, ID),
        // It was the secret, and stays sealed as that.
        column!(endpoint.former_secret, ID, as "endpoint.secret"),
        column!(delivery.payload, ID),
    ],
};
