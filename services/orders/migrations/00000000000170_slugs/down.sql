ALTER TABLE sellable_variant DROP COLUMN product_slug;
