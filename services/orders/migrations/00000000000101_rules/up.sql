-- How many of a variant may be bought at once, as catalog told.
ALTER TABLE sellable_variant
  ADD COLUMN quantity_min  integer NOT NULL DEFAULT 1     CHECK (quantity_min >= 1),
  ADD COLUMN quantity_max  integer NOT NULL DEFAULT 9999  CHECK (quantity_max >= 1),
  ADD COLUMN quantity_step integer NOT NULL DEFAULT 1     CHECK (quantity_step >= 1);

-- Every variant has a row, so that there is always one to lock. What is not tracked is sold without
-- counting and never reserved.
ALTER TABLE stock
  ADD COLUMN tracked    boolean NOT NULL DEFAULT true,
  ADD COLUMN product_id uuid;
-- Which lines of an order took stock: a variant may cease to be counted while the order waits.
ALTER TABLE order_line ADD COLUMN takes_stock boolean NOT NULL DEFAULT true;

-- What a cart holds, beside how many: read together with the variants in one statement.
ALTER TABLE cart ADD COLUMN variants uuid[] NOT NULL DEFAULT '{}';

-- The newest word on a refund wins, in whatever order the words arrive.
ALTER TABLE refund
  ADD COLUMN version  bigint  NOT NULL DEFAULT 0,
  ADD COLUMN external boolean NOT NULL DEFAULT false,
  ADD COLUMN note     text    NOT NULL DEFAULT '';

-- Where a store's numbers begin, and what stands before each.
ALTER TABLE order_counter
  ADD COLUMN first  bigint NOT NULL DEFAULT 1001 CHECK (first > 0),
  ADD COLUMN prefix text   NOT NULL DEFAULT '',
  ADD COLUMN version bigint NOT NULL DEFAULT 1;

-- Orders of a store whose account is in test mode say so.
ALTER TABLE payment_account ADD COLUMN live_mode boolean NOT NULL DEFAULT true;

-- Reservations run out also for orders that hold nothing back.
DROP INDEX order_reservation_ends;
CREATE INDEX order_reservation_ends ON "order" (reserved_until) WHERE status = 'pending_payment';
CREATE INDEX order_by_status ON "order" (tenant_id, status, id);

DROP TABLE location;

SET LOCAL ROLE stores_orders_system;
UPDATE cart SET variants = ARRAY(SELECT (line ->> 'variant')::uuid FROM jsonb_array_elements(lines) line)
  WHERE lines <> '[]';
INSERT INTO stock (tenant_id, variant_id, on_hand, product_id)
  SELECT tenant_id, variant_id, 0, product_id FROM sellable_variant
  ON CONFLICT (tenant_id, variant_id) DO UPDATE SET product_id = excluded.product_id;
RESET ROLE;
