-- Orders that were not over when their customer was erased: what the law does not ask for goes when they are.
CREATE TABLE order_to_forget (
  tenant_id uuid        NOT NULL,
  order_id  uuid        NOT NULL,
  erased_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, order_id),
  FOREIGN KEY (tenant_id, order_id) REFERENCES "order" (tenant_id, id)
);
SELECT stores_protect('order_to_forget');
