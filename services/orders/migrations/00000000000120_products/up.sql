-- Up to which version a product's news were heard, also where it has no variant any more: what comes
-- late is older, and brings none of them back.
CREATE TABLE product_heard (
  tenant_id  uuid   NOT NULL,
  product_id uuid   NOT NULL,
  version    bigint NOT NULL,
  PRIMARY KEY (tenant_id, product_id)
);

-- What is known already. The owner sees the rows of all tenants for this moment.
ALTER TABLE sellable_variant NO FORCE ROW LEVEL SECURITY;
INSERT INTO product_heard (tenant_id, product_id, version)
  SELECT tenant_id, product_id, max(product_version) FROM sellable_variant GROUP BY tenant_id, product_id;
ALTER TABLE sellable_variant FORCE ROW LEVEL SECURITY;
SELECT stores_protect('product_heard');
