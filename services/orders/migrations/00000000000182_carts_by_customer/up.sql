-- Carts are filled while it is built. A database that is older than this migration may have it already.
CREATE INDEX CONCURRENTLY IF NOT EXISTS cart_of_customer
  ON cart (tenant_id, customer_id) WHERE customer_id IS NOT NULL;
