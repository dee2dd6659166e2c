//! Who may do what in a store: one table, from which the marker types are made.

use std::fmt;
use std::str::FromStr;

use kernel::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a person is: in a store (owner to viewer), on the platform (sysadmin, support), or a buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Owner,
    Manager,
    Catalog,
    Fulfilment,
    Accounting,
    Viewer,
    Sysadmin,
    Support,
    Customer,
}

impl Role {
    pub const ALL: [Self; 9] = [
        Self::Owner,
        Self::Manager,
        Self::Catalog,
        Self::Fulfilment,
        Self::Accounting,
        Self::Viewer,
        Self::Sysadmin,
        Self::Support,
        Self::Customer,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Catalog => "catalog",
            Self::Fulfilment => "fulfilment",
            Self::Accounting => "accounting",
            Self::Viewer => "viewer",
            Self::Sysadmin => "sysadmin",
            Self::Support => "support",
            Self::Customer => "customer",
        }
    }

    /// Whether this role belongs to a store's staff.
    pub const fn is_staff(self) -> bool {
        !matches!(self, Self::Sysadmin | Self::Support | Self::Customer)
    }

    /// Whether this role belongs to the platform's own people.
    pub const fn is_platform(self) -> bool {
        matches!(self, Self::Sysadmin | Self::Support)
    }

    /// Whether the role includes the permission. A sysadmin who acts in a store may do what its
    /// owner may; support may look.
    pub fn may<P: Permission>(self) -> bool {
        self.may_all(P::ROLES)
    }

    fn may_all(self, roles: &[Role]) -> bool {
        match self {
            Self::Sysadmin => roles.contains(&Self::Owner),
            Self::Support => roles.contains(&Self::Viewer),
            Self::Customer => false,
            staff => roles.contains(&staff),
        }
    }

    /// The names of everything the role may do in a store.
    pub fn permissions(self) -> Vec<&'static str> {
        TABLE
            .iter()
            .filter(|(_, roles)| self.may_all(roles))
            .map(|(name, _)| *name)
            .collect()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|role| role.as_str() == text);
        found.ok_or_else(|| {
            Invalid::new("a role is owner, manager, catalog, fulfilment, accounting or viewer")
        })
    }
}

/// Something that staff may be allowed to do: the marker in [`Staff<P>`](crate::Staff).
pub trait Permission: 'static {
    const NAME: &'static str;
    const ROLES: &'static [Role];
}

macro_rules! permissions {
    ($($marker:ident $name:literal: $($role:ident)+;)+) => {
        $(
            #[doc = concat!("`", $name, "`")]
            #[derive(Clone, Copy, Debug)]
            pub struct $marker;

            impl Permission for $marker {
                const NAME: &'static str = $name;
                const ROLES: &'static [Role] = &[$(Role::$role),+];
            }
        )+

        /// Every permission and the roles that have it.
        pub const TABLE: &[(&str, &[Role])] = &[$(($marker::NAME, $marker::ROLES)),+];
    };
}

permissions! {
    AnyStaff            "staff.any":         Owner Manager Catalog Fulfilment Accounting Viewer;
    CanReadCatalog      "catalog.read":      Owner Manager Catalog Fulfilment Accounting Viewer;
    CanEditCatalog      "catalog.edit":      Owner Manager Catalog;
    CanReadStock        "stock.read":        Owner Manager Catalog Fulfilment Accounting Viewer;
    CanEditStock        "stock.edit":        Owner Manager Catalog Fulfilment;
    CanReadOrders       "orders.read":       Owner Manager Fulfilment Accounting Viewer;
    CanEditOrders       "orders.edit":       Owner Manager Fulfilment;
    CanRefund           "orders.refund":     Owner Manager Accounting;
    CanReadCustomers    "customers.read":    Owner Manager Fulfilment Accounting;
    CanEditCustomers    "customers.edit":    Owner Manager;
    CanReadPromotions   "promotions.read":   Owner Manager Catalog Viewer;
    CanEditPromotions   "promotions.edit":   Owner Manager;
    CanReadPayments     "payments.read":     Owner Manager Accounting;
    CanManagePayments   "payments.manage":   Owner;
    CanReadInvoices     "invoices.read":     Owner Manager Accounting;
    CanManageInvoices   "invoices.manage":   Owner Manager Accounting;
    CanReadSettings     "settings.read":     Owner Manager Catalog Fulfilment Accounting Viewer;
    CanEditSettings     "settings.edit":     Owner Manager;
    CanManageStaff      "staff.manage":      Owner;
    CanReadAudit        "audit.read":        Owner Accounting;
    CanManageBilling    "billing.manage":    Owner;
    CanManageImports    "imports.manage":    Owner;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_may_do_everything_and_a_viewer_only_looks() {
        assert_eq!(Role::Owner.permissions().len(), TABLE.len());
        assert!(
            Role::Viewer
                .permissions()
                .iter()
                .all(|p| p.ends_with(".read") || *p == "staff.any")
        );
        assert!(Role::Sysadmin.may::<CanManageStaff>());
        assert!(!Role::Support.may::<CanRefund>());
        assert!(Role::Customer.permissions().is_empty());
    }

    #[test]
    fn a_role_is_read_as_it_is_written() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse::<Role>().unwrap(), role);
        }
    }
}
