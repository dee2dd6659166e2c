use db::{EmbeddedMigrations, Error, Schema, embed_migrations};
use testkit::{TestDb, catalogue};

use crate::sample::SCHEMA;

static NO_MORE: EmbeddedMigrations = embed_migrations!("migrations");

#[tokio::test]
async fn every_migration_can_be_taken_back_and_applied_again() {
    let base = TestDb::new(&[SCHEMA]).await;
    db::redo(&base.owner_url(), SCHEMA).await.unwrap();
    db::level(&base.db("sample"), SCHEMA).await.unwrap();
    catalogue::assert_walled(&base.owner_url(), &["sample"]).await;
}

#[tokio::test]
async fn migrating_again_and_at_once_changes_nothing() {
    let base = TestDb::new(&[SCHEMA]).await;
    let url = base.owner_url();
    let schemas = [SCHEMA];
    let (one, other) = tokio::join!(db::migrate(&url, &schemas), db::migrate(&url, &schemas));
    one.unwrap();
    other.unwrap();
    db::level(&base.db("sample"), SCHEMA).await.unwrap();
}

#[tokio::test]
async fn a_service_refuses_a_schema_that_is_older_and_lives_with_a_newer_one() {
    let base = TestDb::new(&[SCHEMA]).await;
    let db = base.db("sample");
    // A program that knows fewer migrations than were applied is the version that still runs.
    let before = Schema {
        name: "sample",
        migrations: &NO_MORE,
    };
    db::level(&db, before).await.unwrap();
    let owner = base.owner().await;
    let forget = "DELETE FROM sample.__diesel_schema_migrations WHERE version = '00000000000100'";
    assert_eq!(owner.execute(forget, &[]).await.unwrap(), 1);
    let refused = db::level(&db, SCHEMA).await.unwrap_err();
    assert!(
        matches!(&refused, Error::Schema(text) if text.contains("00000000000100")),
        "{refused}"
    );
}
