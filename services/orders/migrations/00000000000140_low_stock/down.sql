ALTER TABLE stock DROP COLUMN low_stock_threshold;
