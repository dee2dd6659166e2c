-- Since when an account is asked for at Stripe whose id is not stored yet: it is looked for there
-- before it is asked for again. And up to when the account's events were read from Stripe's list.
ALTER TABLE account ADD COLUMN asked_at timestamptz;
ALTER TABLE account ADD COLUMN events_until timestamptz;

ALTER TABLE payment ADD COLUMN charge_id text;
ALTER TABLE payment ADD COLUMN card_brand text;
ALTER TABLE payment ADD COLUMN card_last4 text;
-- Names the try that failed last, so that it is counted once however often it is told.
ALTER TABLE payment ADD COLUMN decline_id text;
ALTER TABLE payment ADD COLUMN declined_at timestamptz;
-- What Stripe has given back of the platform's fee.
ALTER TABLE payment ADD COLUMN fee_returned_minor bigint NOT NULL DEFAULT 0
  CHECK (fee_returned_minor BETWEEN 0 AND fee_minor);
-- When an unfinished attempt is compared with Stripe next.
ALTER TABLE payment ADD COLUMN look_at timestamptz NOT NULL DEFAULT now() + interval '10 minutes';
DROP INDEX payment_unfinished;
CREATE INDEX payment_unfinished ON payment (look_at)
  WHERE status IN ('creating', 'requires_payment_method', 'requires_action', 'processing');

-- Whether the platform's fee goes back with it; and which of its keys is in use: Stripe answers a
-- failure of its own again and again under the key it happened with.
ALTER TABLE refund ADD COLUMN returns_fee boolean NOT NULL DEFAULT true;
ALTER TABLE refund ADD COLUMN key_number integer NOT NULL DEFAULT 1;

ALTER TABLE dispute ADD COLUMN opened_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE dispute ADD COLUMN closed_at timestamptz;
-- What Stripe took from the store for it and has not given back, and what the dispute itself cost.
ALTER TABLE dispute ADD COLUMN withdrawn_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE dispute ADD COLUMN fee_minor bigint NOT NULL DEFAULT 0;

ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_account_check;
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_account_check
  CHECK (account IN ('shopper', 'store', 'platform_fee', 'dispute', 'stripe_fee'));

-- The log is read across tenants, and old entries are forgotten.
DROP INDEX webhook_event_log;
CREATE INDEX webhook_event_log ON webhook_event (received_at);
