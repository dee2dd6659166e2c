CREATE TABLE location (
  tenant_id  uuid    NOT NULL,
  id         uuid    NOT NULL,
  name       text    NOT NULL,
  is_default boolean NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX location_default ON location (tenant_id) WHERE is_default;
SELECT stores_protect('location');

DROP INDEX order_by_status;
DROP INDEX order_reservation_ends;
CREATE INDEX order_reservation_ends ON "order" (reserved_until) WHERE holds_stock AND status = 'pending_payment';

ALTER TABLE payment_account DROP COLUMN live_mode;
ALTER TABLE order_counter DROP COLUMN first, DROP COLUMN prefix, DROP COLUMN version;
ALTER TABLE refund DROP COLUMN version, DROP COLUMN external, DROP COLUMN note;
ALTER TABLE cart DROP COLUMN variants;
ALTER TABLE order_line DROP COLUMN takes_stock;
ALTER TABLE stock DROP COLUMN tracked, DROP COLUMN product_id;
ALTER TABLE sellable_variant DROP COLUMN quantity_min, DROP COLUMN quantity_max, DROP COLUMN quantity_step;
