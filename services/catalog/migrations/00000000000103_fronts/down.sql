ALTER TABLE product_card DROP COLUMN sku, DROP COLUMN available;
