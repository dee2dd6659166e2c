//! The events services tell each other: generated messages of `proto/`, and who hears which.

pub mod convert;
pub mod names;
pub mod topology;

mod types;

/// Messages that several services' events are made of.
pub mod common {
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/stores.common.v1.rs"));
    }
}

pub mod tenants {
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/stores.tenants.v1.rs"));
    }
}

pub mod catalog {
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/stores.catalog.v1.rs"));
    }
}

pub mod orders {
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/stores.orders.v1.rs"));
    }
}

pub mod payments {
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/stores.payments.v1.rs"));
    }
}

pub mod invoicing {
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/stores.invoicing.v1.rs"));
    }
}

pub mod mail {
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/stores.mail.v1.rs"));
    }
}

pub mod migration {
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/stores.migration.v1.rs"));
    }
}

/// A message that travels: through the outbox, the broker and into handlers.
pub trait Event: prost::Message + Default + Send + Sync + 'static {
    /// The routing key, such as `catalog.product_changed.v1`. Its first part is the service that
    /// tells it.
    const TYPE: &'static str;

    /// The tenant it belongs to, as written in the message: a UUID. Consumers compare it with the
    /// envelope's.
    fn tenant_id(&self) -> &str;

    /// What the event is about: a UUID. Empty when the message lacks its aggregate.
    fn aggregate_id(&self) -> &str;

    /// Grows with every change of the aggregate.
    fn version(&self) -> i64;
}

pub use convert::{MoneyField, from_us, to_us};
pub use names::Named;
