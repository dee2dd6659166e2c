-- What catalog told of a variant: enough to sell it while catalog is away.
CREATE TABLE sellable_variant (
  tenant_id         uuid    NOT NULL,
  variant_id        uuid    NOT NULL,
  product_id        uuid    NOT NULL,
  sku               text    NOT NULL,
  barcode           text    NOT NULL DEFAULT '',
  title             text    NOT NULL,
  variant_title     text    NOT NULL DEFAULT '',
  image_url         text    NOT NULL DEFAULT '',
  price_minor       bigint  NOT NULL CHECK (price_minor >= 0),
  currency          char(3) NOT NULL,
  tax_class         text    NOT NULL,
  exemption_code    text    NOT NULL DEFAULT '',
  weight_grams      integer NOT NULL DEFAULT 0,
  requires_shipping boolean NOT NULL DEFAULT true,
  for_sale          boolean NOT NULL,
  product_version   bigint  NOT NULL,
  PRIMARY KEY (tenant_id, variant_id)
);
CREATE INDEX sellable_variant_of_product ON sellable_variant (tenant_id, product_id);
SELECT stores_protect('sellable_variant');

-- Whether the store can be paid.
CREATE TABLE payment_account (
  tenant_id       uuid    NOT NULL PRIMARY KEY,
  charges_enabled boolean NOT NULL,
  payment_methods text[]  NOT NULL,
  version         bigint  NOT NULL
);
SELECT stores_protect('payment_account');

CREATE TABLE location (
  tenant_id  uuid    NOT NULL,
  id         uuid    NOT NULL,
  name       text    NOT NULL,
  is_default boolean NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX location_default ON location (tenant_id) WHERE is_default;
SELECT stores_protect('location');

-- What is there and what is promised. The check is the last wall against selling what is not there.
CREATE TABLE stock (
  tenant_id  uuid   NOT NULL,
  variant_id uuid   NOT NULL,
  on_hand    bigint NOT NULL CHECK (on_hand >= 0),
  reserved   bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  version    bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, variant_id),
  CONSTRAINT stock_not_oversold CHECK (reserved <= on_hand)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
SELECT stores_protect('stock');

-- Every change of the stock, and why: it adds up to what is there.
CREATE TABLE stock_movement (
  tenant_id  uuid        NOT NULL,
  id         uuid        NOT NULL,
  variant_id uuid        NOT NULL,
  kind       text        NOT NULL CHECK (kind IN ('received', 'corrected', 'reserved', 'released', 'sold', 'returned')),
  on_hand    bigint      NOT NULL,
  reserved   bigint      NOT NULL,
  order_id   uuid,
  reason     text        NOT NULL DEFAULT '',
  actor      text        NOT NULL,
  at         timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX stock_movement_of_variant ON stock_movement (tenant_id, variant_id, id);
SELECT stores_protect_append_only('stock_movement');

-- VAT as the law has it, with the days on which each rate begins: a rate is never a constant.
CREATE TABLE vat_rate (
  region     text    NOT NULL,
  tax_class  text    NOT NULL CHECK (tax_class IN ('standard', 'intermediate', 'reduced', 'zero', 'exempt')),
  valid_from date    NOT NULL,
  rate_bps   integer NOT NULL CHECK (rate_bps BETWEEN 0 AND 5000),
  PRIMARY KEY (region, tax_class, valid_from)
);
SELECT stores_protect_platform('vat_rate', 'the law is the same for every store');
SET LOCAL ROLE stores_orders_system;
-- Sources: CIVA art. 18 (mainland 23/13/6); Lei 2/2009 and Orçamento da RAM (Madeira 22/12/4 since
-- 2024-10-01 for the reduced rate); Orçamento da RAA (Azores 16/9/4 since 2021-07-01).
INSERT INTO vat_rate (region, tax_class, valid_from, rate_bps) VALUES
  ('PT',    'standard', '2011-01-01', 2300), ('PT',    'intermediate', '2011-01-01', 1300), ('PT',    'reduced', '2011-01-01', 600),
  ('PT-30', 'standard', '2012-04-01', 2200), ('PT-30', 'intermediate', '2012-04-01', 1200), ('PT-30', 'reduced', '2012-04-01', 500),
  ('PT-30', 'reduced',  '2024-10-01', 400),
  ('PT-20', 'standard', '2014-01-01', 1800), ('PT-20', 'intermediate', '2014-01-01', 1000), ('PT-20', 'reduced', '2014-01-01', 500),
  ('PT-20', 'reduced',  '2015-07-01', 400),
  ('PT-20', 'standard', '2021-07-01', 1600), ('PT-20', 'intermediate', '2021-07-01', 900);
INSERT INTO vat_rate (region, tax_class, valid_from, rate_bps)
  SELECT region, tax_class, DATE '1986-01-01', 0
  FROM unnest(ARRAY['PT', 'PT-20', 'PT-30']) region, unnest(ARRAY['zero', 'exempt']) tax_class;
RESET ROLE;

-- What shipping costs: a flat rate for each region of Portugal.
CREATE TABLE shipping_rate (
  tenant_id       uuid    NOT NULL,
  region          text    NOT NULL CHECK (region IN ('PT', 'PT-20', 'PT-30')),
  price_minor     bigint  NOT NULL CHECK (price_minor >= 0),
  free_from_minor bigint  CHECK (free_from_minor > 0),
  currency        char(3) NOT NULL,
  version         bigint  NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, region)
);
SELECT stores_protect('shipping_rate');

CREATE TABLE cart (
  tenant_id   uuid        NOT NULL,
  id          uuid        NOT NULL,
  token_hash  bytea       NOT NULL,
  customer_id uuid,
  currency    char(3)     NOT NULL,
  postcode    text        NOT NULL DEFAULT '',
  lines       jsonb       NOT NULL DEFAULT '[]',
  ordered     boolean     NOT NULL DEFAULT false,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  version     bigint      NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 80);
CREATE INDEX cart_idle ON cart (updated_at);
SELECT stores_protect('cart');

-- The next order number of a store.
CREATE TABLE order_counter (
  tenant_id uuid   NOT NULL PRIMARY KEY,
  next      bigint NOT NULL CHECK (next > 0)
);
SELECT stores_protect('order_counter');

CREATE TABLE "order" (
  tenant_id      uuid        NOT NULL,
  id             uuid        NOT NULL,
  number         text        NOT NULL,
  token_hash     bytea       NOT NULL,
  cart_id        uuid        NOT NULL,
  customer_id    uuid,
  status         text        NOT NULL CHECK (status IN ('pending_payment', 'paid', 'partially_refunded', 'refunded', 'cancelled')),
  fulfilment     text        NOT NULL CHECK (fulfilment IN ('unfulfilled', 'partial', 'fulfilled', 'delivered')),
  email          text        NOT NULL,
  total_minor    bigint      NOT NULL CHECK (total_minor >= 0),
  paid_minor     bigint      NOT NULL DEFAULT 0 CHECK (paid_minor >= 0),
  refunding_minor bigint     NOT NULL DEFAULT 0 CHECK (refunding_minor >= 0),
  refunded_minor bigint      NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0 AND refunded_minor <= paid_minor),
  currency       char(3)     NOT NULL,
  holds_stock    boolean     NOT NULL,
  reserved_until timestamptz,
  payment_id     uuid,
  details        jsonb       NOT NULL,
  placed_at      timestamptz NOT NULL,
  paid_at        timestamptz,
  cancelled_at   timestamptz,
  updated_at     timestamptz NOT NULL,
  version        bigint      NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT order_number UNIQUE (tenant_id, number),
  CONSTRAINT order_of_cart UNIQUE (tenant_id, cart_id)
);
CREATE INDEX order_reservation_ends ON "order" (reserved_until) WHERE holds_stock AND status = 'pending_payment';
CREATE INDEX order_by_email ON "order" (tenant_id, email, id);
SELECT stores_protect('order');

CREATE TABLE order_line (
  tenant_id  uuid   NOT NULL,
  order_id   uuid   NOT NULL,
  variant_id uuid   NOT NULL,
  quantity   bigint NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (tenant_id, order_id, variant_id),
  FOREIGN KEY (tenant_id, order_id) REFERENCES "order" (tenant_id, id)
);
CREATE INDEX order_line_of_variant ON order_line (tenant_id, variant_id);
SELECT stores_protect('order_line');

CREATE TABLE refund (
  tenant_id    uuid        NOT NULL,
  id           uuid        NOT NULL,
  order_id     uuid        NOT NULL,
  amount_minor bigint      NOT NULL CHECK (amount_minor > 0),
  status       text        NOT NULL CHECK (status IN ('requested', 'succeeded', 'failed')),
  reason       text        NOT NULL,
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, order_id) REFERENCES "order" (tenant_id, id)
);
CREATE INDEX refund_of_order ON refund (tenant_id, order_id);
SELECT stores_protect('refund');

CREATE TABLE timeline_entry (
  tenant_id uuid        NOT NULL,
  order_id  uuid        NOT NULL,
  id        uuid        NOT NULL,
  at        timestamptz NOT NULL,
  kind      text        NOT NULL,
  actor     text        NOT NULL,
  detail    jsonb       NOT NULL DEFAULT '{}',
  PRIMARY KEY (tenant_id, order_id, id),
  FOREIGN KEY (tenant_id, order_id) REFERENCES "order" (tenant_id, id)
);
SELECT stores_protect_append_only('timeline_entry');
