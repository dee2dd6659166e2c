DROP INDEX webhook_event_log;
CREATE INDEX webhook_event_log ON webhook_event (tenant_id, received_at DESC);
ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_account_check;
-- What was written meanwhile stays: a ledger is never changed.
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_account_check
  CHECK (account IN ('shopper', 'store', 'platform_fee', 'dispute')) NOT VALID;
ALTER TABLE dispute DROP COLUMN fee_minor;
ALTER TABLE dispute DROP COLUMN withdrawn_minor;
ALTER TABLE dispute DROP COLUMN closed_at;
ALTER TABLE dispute DROP COLUMN opened_at;
ALTER TABLE refund DROP COLUMN key_number;
ALTER TABLE refund DROP COLUMN returns_fee;
DROP INDEX payment_unfinished;
CREATE INDEX payment_unfinished ON payment (updated_at)
  WHERE status IN ('creating', 'requires_payment_method', 'requires_action', 'processing');
ALTER TABLE payment DROP COLUMN look_at;
ALTER TABLE payment DROP COLUMN fee_returned_minor;
ALTER TABLE payment DROP COLUMN declined_at;
ALTER TABLE payment DROP COLUMN decline_id;
ALTER TABLE payment DROP COLUMN card_last4;
ALTER TABLE payment DROP COLUMN card_brand;
ALTER TABLE payment DROP COLUMN charge_id;
ALTER TABLE account DROP COLUMN events_until;
ALTER TABLE account DROP COLUMN asked_at;
