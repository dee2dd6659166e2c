-- The answer to a request that may be repeated, written in the transaction of its effect.
CREATE TABLE idempotency_key (
  tenant_id    uuid        NOT NULL,
  principal    text        NOT NULL,
  key          text        NOT NULL,
  request_hash bytea       NOT NULL,
  status       smallint,
  headers      jsonb,
  body         bytea,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, principal, key)
);
CREATE INDEX idempotency_key_created ON idempotency_key (created_at);
SELECT stores_protect('idempotency_key');

-- Who changed what. Each entry carries the hash of the one before it in its tenant's chain.
CREATE TABLE audit_entry (
  tenant_id   uuid        NOT NULL,
  seq         bigint      NOT NULL,
  at          timestamptz NOT NULL,
  actor       text        NOT NULL,
  acting_as   text,
  ip          text,
  action      text        NOT NULL,
  target      text        NOT NULL,
  before      jsonb,
  after       jsonb,
  prev_hash   bytea       NOT NULL,
  hash        bytea       NOT NULL,
  PRIMARY KEY (tenant_id, seq)
);
SELECT stores_protect_append_only('audit_entry');
