-- A region whose rate was taken away is remembered: the rates' version must not go back with it, and an
-- import must not bring the rate again.
ALTER TABLE shipping_rate ADD COLUMN served boolean NOT NULL DEFAULT true;
