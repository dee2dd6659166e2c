-- What lists tell of a product beside whether it can be had: the variant that its page shows first, and how many
-- of it there are. Both change with its stock, so they stand beside the document. The version before this one
-- knows nothing of them: a card that it writes meanwhile tells neither until the next change.
ALTER TABLE product_card
  ADD COLUMN sku text NOT NULL DEFAULT '',
  -- As shoppers are told it; null where it is not counted.
  ADD COLUMN available bigint CHECK (available >= 0);

-- What is there already, as domain::document says it. Nobody sees the rows of all stores but the owner, and only
-- while the policies do not bind the owner too.
ALTER TABLE product_card NO FORCE ROW LEVEL SECURITY;
ALTER TABLE variant NO FORCE ROW LEVEL SECURITY;
ALTER TABLE variant_stock NO FORCE ROW LEVEL SECURITY;
WITH told AS (
  SELECT v.tenant_id, v.product_id, v.position, v.sku,
    CASE WHEN v.track_stock AND s.tracked IS NOT false AND s.backorder IS NOT true
      THEN least(greatest(coalesce(s.available, 0), 0), 20) END AS available
  FROM variant AS v LEFT JOIN variant_stock AS s ON s.tenant_id = v.tenant_id AND s.variant_id = v.id
  WHERE v.active
), front AS (
  SELECT DISTINCT ON (tenant_id, product_id) tenant_id, product_id, sku, available FROM told
  ORDER BY tenant_id, product_id, available IS NOT DISTINCT FROM 0, position
)
UPDATE product_card AS c SET sku = f.sku, available = f.available
  FROM front AS f WHERE f.tenant_id = c.tenant_id AND f.product_id = c.product_id;
ALTER TABLE product_card FORCE ROW LEVEL SECURITY;
ALTER TABLE variant FORCE ROW LEVEL SECURITY;
ALTER TABLE variant_stock FORCE ROW LEVEL SECURITY;
