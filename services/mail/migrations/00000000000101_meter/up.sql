-- The share of what the plan covers that the merchant was told of this month, in per cent: each once.
ALTER TABLE mail_usage ADD COLUMN warned_percent smallint NOT NULL DEFAULT 0
  CHECK (warned_percent IN (0, 80, 100));
