-- Accounts that a store had before the one it has: their late events are still the store's.
CREATE TABLE former_account (
  tenant_id      uuid        NOT NULL,
  stripe_account text        NOT NULL,
  replaced_at    timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, stripe_account)
);
CREATE INDEX former_account_by_stripe ON former_account (stripe_account);
SELECT stores_protect('former_account');
