-- The address of a product's page; empty until catalog tells the product again.
ALTER TABLE sellable_variant ADD COLUMN product_slug text NOT NULL DEFAULT '';
