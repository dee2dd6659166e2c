-- Orders are looked for by the beginning of the name that they are sent to.
CREATE INDEX order_by_name ON "order" (tenant_id, lower(details #>> '{shipping_address,name}') text_pattern_ops);
