//! Customers who can sign in.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use kernel::CustomerId;
use time::OffsetDateTime;
use uuid::Uuid;

use super::past::CustomerRow;
use super::schema::{account, customer};

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = account)]
pub struct AccountRow {
    pub tenant_id: Uuid,
    pub customer_id: Uuid,
    pub password_hash: String,
    pub nif: Option<String>,
    pub locale: String,
    pub consent_at: Option<OffsetDateTime>,
    pub verified_at: Option<OffsetDateTime>,
    pub created_at: OffsetDateTime,
}

/// A customer, and the account if there is one.
#[derive(Clone, Debug)]
pub struct Person {
    pub customer: CustomerRow,
    pub account: Option<AccountRow>,
}

/// What a password is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept<'a> {
    Ours(&'a str),
    /// As another shop kept it.
    Old(&'a str),
    /// A guest, or a customer of another shop whose password did not come along.
    Nothing,
}

impl<'a> Kept<'a> {
    pub fn ours(&self) -> Option<&'a str> {
        match self {
            Self::Ours(hash) => Some(hash),
            Self::Old(_) | Self::Nothing => None,
        }
    }

    pub fn old(&self) -> Option<&'a str> {
        match self {
            Self::Old(hash) => Some(hash),
            Self::Ours(_) | Self::Nothing => None,
        }
    }
}

impl Person {
    pub fn id(&self) -> CustomerId {
        CustomerId::from_uuid(self.customer.id)
    }

    pub fn kept(&self) -> Kept<'_> {
        match (&self.account, &self.customer.old_password) {
            (Some(account), _) => Kept::Ours(&account.password_hash),
            (None, Some(old)) => Kept::Old(old),
            (None, None) => Kept::Nothing,
        }
    }

    /// Whether a password opens something.
    pub fn can_sign_in(&self) -> bool {
        self.kept() != Kept::Nothing
    }

    pub fn locale(&self) -> &str {
        self.account
            .as_ref()
            .map_or("", |account| account.locale.as_str())
    }
}

pub async fn find_person(tx: &TenantTx, id: CustomerId) -> Result<Option<Person>, Error> {
    let found = customer::table
        .left_join(account::table.on(same_person()))
        .filter(customer::tenant_id.eq(tx.tenant().uuid()))
        .filter(customer::id.eq(id.uuid()))
        .select((CustomerRow::as_select(), Option::<AccountRow>::as_select()))
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found.map(person))
}

/// `key` is the address in lower case.
pub async fn find_person_by_email(tx: &TenantTx, key: &str) -> Result<Option<Person>, Error> {
    let found = customer::table
        .left_join(account::table.on(same_person()))
        .filter(customer::tenant_id.eq(tx.tenant().uuid()))
        .filter(customer::email_key.eq(key))
        .select((CustomerRow::as_select(), Option::<AccountRow>::as_select()))
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found.map(person))
}

/// Who changes what lets a person in comes one after the other.
pub async fn lock_person(tx: &TenantTx, id: CustomerId) -> Result<Option<Person>, Error> {
    let found = customer::table
        .find((tx.tenant().uuid(), id.uuid()))
        .select(CustomerRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    let Some(customer) = found else {
        return Ok(None);
    };
    let account = find_account(tx, id).await?;
    Ok(Some(Person { customer, account }))
}

pub async fn find_account(tx: &TenantTx, id: CustomerId) -> Result<Option<AccountRow>, Error> {
    let found = account::table
        .find((tx.tenant().uuid(), id.uuid()))
        .select(AccountRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// How the hashes begin that another shop kept, once each: as far as their cost is said there.
pub async fn list_old_beginnings(tx: &TenantTx) -> Result<Vec<String>, Error> {
    let sql = "SELECT DISTINCT left(old_password, CASE
            WHEN old_password LIKE '$wp%' THEN 9 WHEN old_password LIKE '$2%' THEN 6 ELSE 4 END) AS beginning
        FROM customer WHERE tenant_id = $1 AND old_password LIKE '$%'";
    let rows: Vec<Beginning> = diesel::sql_query(sql)
        .bind::<sql_types::Uuid, _>(tx.tenant().uuid())
        .load(&mut tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| row.beginning).collect())
}

#[derive(QueryableByName)]
struct Beginning {
    #[diesel(sql_type = sql_types::Text)]
    beginning: String,
}

/// Makes a customer of this address unless there is one, and answers whose it is.
pub async fn ensure_customer(tx: &TenantTx, row: &CustomerRow) -> Result<CustomerId, Error> {
    diesel::insert_into(customer::table)
        .values(row)
        .on_conflict((customer::tenant_id, customer::email_key))
        .do_nothing()
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    let id: Uuid = customer::table
        .filter(customer::tenant_id.eq(tx.tenant().uuid()))
        .filter(customer::email_key.eq(&row.email_key))
        .select(customer::id)
        .first(&mut tx.conn())
        .await?;
    Ok(CustomerId::from_uuid(id))
}

/// Keeps what a person is and what lets the person in; what another shop kept of the password goes.
pub async fn save_person(
    tx: &TenantTx,
    customer: &CustomerRow,
    account: &AccountRow,
) -> Result<(), Error> {
    use super::schema::account as a;
    diesel::update(customer::table.find((tx.tenant().uuid(), customer.id)))
        .set((
            customer::first_name.eq(&customer.first_name),
            customer::last_name.eq(&customer.last_name),
            customer::marketing_consent.eq(customer.marketing_consent),
            customer::guest.eq(false),
            customer::old_password.eq(None::<String>),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    diesel::insert_into(a::table)
        .values(account)
        .on_conflict((a::tenant_id, a::customer_id))
        .do_update()
        .set((
            a::password_hash.eq(&account.password_hash),
            a::nif.eq(&account.nif),
            a::locale.eq(&account.locale),
            a::consent_at.eq(account.consent_at),
            a::verified_at.eq(account.verified_at),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

fn person((customer, account): (CustomerRow, Option<AccountRow>)) -> Person {
    Person { customer, account }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn same_person() -> _ {
    let same_tenant = account::tenant_id.eq(customer::tenant_id);
    let same_customer = account::customer_id.eq(customer::id);
    same_tenant.and(same_customer)
}
