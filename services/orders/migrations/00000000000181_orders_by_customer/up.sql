-- Orders are taken while it is built. A database that is older than this migration may have it already.
CREATE INDEX CONCURRENTLY IF NOT EXISTS order_of_customer
  ON "order" (tenant_id, customer_id, placed_at, id) WHERE customer_id IS NOT NULL;
