-- Who buys in a store: with an account, or as a guest who left an address.
CREATE TABLE customer (
  tenant_id         uuid        NOT NULL,
  id                uuid        NOT NULL,
  -- As written; email_key is its lower case.
  email             text        NOT NULL,
  email_key         text        NOT NULL,
  username          text        NOT NULL,
  first_name        text        NOT NULL,
  last_name         text        NOT NULL,
  guest             boolean     NOT NULL,
  groups            text[]      NOT NULL,
  marketing_consent boolean     NOT NULL,
  billing           jsonb,
  shipping          jsonb,
  created_at        timestamptz NOT NULL,
  -- What an old shop turned the password into; read once, at the first sign-in here.
  old_password      text,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT customer_email UNIQUE (tenant_id, email_key)
);
SELECT stores_protect('customer');

-- Orders that were placed in another shop. They are history: no stock, no payment, no invoice hangs on them.
CREATE TABLE past_order (
  tenant_id      uuid        NOT NULL,
  id             uuid        NOT NULL,
  -- The other shop's.
  number         text        NOT NULL,
  status         text        NOT NULL CHECK (status IN ('pending_payment', 'paid', 'partially_refunded', 'refunded', 'cancelled')),
  source_status  text        NOT NULL,
  currency       char(3)     NOT NULL,
  total_minor    bigint      NOT NULL,
  refunded_minor bigint      NOT NULL,
  customer_id    uuid,
  email          text        NOT NULL,
  placed_at      timestamptz NOT NULL,
  -- Addresses, lines, taxes, refunds and notes.
  document       jsonb       NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id)
);
CREATE INDEX past_order_placed ON past_order (tenant_id, placed_at DESC, id DESC);
CREATE INDEX past_order_customer ON past_order (tenant_id, customer_id);
SELECT stores_protect('past_order');

-- Codes of another shop, kept whole. Checkout does not take them off yet.
CREATE TABLE coupon (
  tenant_id  uuid        NOT NULL,
  id         uuid        NOT NULL,
  code       text        NOT NULL,
  kind       text        NOT NULL,
  active     boolean     NOT NULL,
  expires_at timestamptz,
  document   jsonb       NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX coupon_code ON coupon (tenant_id, code, id);
SELECT stores_protect('coupon');

-- Tax rates and shipping zones of another shop, as it had them, and what became of them here.
CREATE TABLE imported_setting (
  tenant_id uuid    NOT NULL,
  id        uuid    NOT NULL,
  kind      text    NOT NULL CHECK (kind IN ('tax_rate', 'shipping_zone')),
  name      text    NOT NULL,
  -- Whether a setting of this platform came of it.
  applied   boolean NOT NULL,
  note      text    NOT NULL,
  document  jsonb   NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
SELECT stores_protect('imported_setting');
