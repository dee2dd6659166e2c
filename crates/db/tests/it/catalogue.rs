use testkit::{TestDb, catalogue};

use crate::sample::SCHEMA;

#[tokio::test]
async fn the_foundation_and_a_service_stand_behind_the_wall() {
    let base = TestDb::new(&[SCHEMA]).await;
    catalogue::assert_walled(&base.owner_url(), &["sample"]).await;
}

/// Each piece of damage and a word of the complaint it must cause: a check that cannot fail proves
/// nothing.
const DAMAGE: &[(&str, &str)] = &[
    ("ALTER TABLE thing NO FORCE ROW LEVEL SECURITY", "not enabled and forced"),
    ("ALTER TABLE thing DISABLE ROW LEVEL SECURITY", "this reaches rows"),
    ("CREATE TABLE loose (id uuid PRIMARY KEY)", "no tenant_id"),
    ("CREATE TABLE keyless (tenant_id uuid NOT NULL)", "no primary key"),
    ("ALTER TABLE thing ADD UNIQUE (name)", "unique across tenants"),
    ("ALTER TABLE thing ADD UNIQUE (id); ALTER TABLE part ADD FOREIGN KEY (thing_id) REFERENCES thing (id)",
     "reach another tenant's row"),
    ("DROP POLICY tenant ON thing", "not exactly the policies"),
    ("CREATE POLICY more ON thing TO stores_sample USING (name = 'public')", "not exactly the policies"),
    ("DROP POLICY tenant ON thing; CREATE POLICY tenant ON thing TO stores_sample USING (true)",
     "this reaches rows"),
    ("CREATE VIEW seen AS SELECT * FROM thing", "security_invoker"),
    ("CREATE MATERIALIZED VIEW kept AS SELECT * FROM word", "materialized"),
    ("CREATE SEQUENCE counter", "sequence"),
    ("CREATE FUNCTION powerful() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint'",
     "owner's rights"),
    ("GRANT TRUNCATE ON thing TO stores_sample", "gives a right"),
    ("GRANT SELECT ON thing TO PUBLIC", "gives a right"),
    ("GRANT UPDATE (amount) ON part TO stores_sample", "single columns"),
    ("GRANT INSERT ON word TO stores_sample", "although no tenant owns it"),
    ("GRANT CREATE ON SCHEMA sample TO stores_sample", "may create things"),
    ("COMMENT ON TABLE word IS NULL", "no tenant_id"),
    ("CREATE TABLE shared (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id))
        PARTITION BY HASH (tenant_id); SELECT stores_protect('shared');
      CREATE TABLE shared_0 PARTITION OF shared FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
     "not enabled and forced"),
];

#[tokio::test]
async fn every_kind_of_damage_is_found() {
    let base = TestDb::new(&[SCHEMA]).await;
    for (damage, complaint) in DAMAGE {
        let copy = TestDb::new(&[SCHEMA]).await;
        let owner = copy.owner().await;
        owner
            .batch_execute(&format!("SET search_path = sample; {damage}"))
            .await
            .unwrap();
        let violations = catalogue::check(&copy.owner_url(), &["sample"]).await;
        let found = violations
            .iter()
            .any(|violation| violation.rule.contains(complaint));
        assert!(found, "{damage}: {violations:?}");
    }
    catalogue::assert_walled(&base.owner_url(), &["sample"]).await;
}
