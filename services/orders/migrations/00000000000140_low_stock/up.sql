-- From how many on the merchant wants to be told that something runs out; 0: never.
ALTER TABLE stock ADD COLUMN low_stock_threshold bigint NOT NULL DEFAULT 0 CHECK (low_stock_threshold >= 0);
