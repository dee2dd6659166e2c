-- Declarations to withdraw from a purchase, as they were made: the store's proof, and the consumer's.
CREATE TABLE withdrawal (
  tenant_id   uuid        NOT NULL,
  id          uuid        NOT NULL,
  order_id    uuid        NOT NULL,
  name        text        NOT NULL,
  email       text        NOT NULL,
  -- What of the order, and how many; empty for all of it, or for the part that the statement names.
  lines       jsonb       NOT NULL,
  in_words    boolean     NOT NULL DEFAULT false,
  statement   text        NOT NULL,
  received_at timestamptz NOT NULL,
  status      text        NOT NULL CHECK (status IN ('open', 'closed')),
  note        text        NOT NULL DEFAULT '',
  closed_at   timestamptz,
  closed_by   text        NOT NULL DEFAULT '',
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, order_id) REFERENCES "order" (tenant_id, id)
);
CREATE INDEX withdrawal_of_order ON withdrawal (tenant_id, order_id);
CREATE INDEX withdrawal_by_status ON withdrawal (tenant_id, status, id);
SELECT stores_protect('withdrawal');
