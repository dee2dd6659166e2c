-- The store's own account at Stripe: it is merchant of record, we never hold its money.
CREATE TABLE account (
  tenant_id         uuid        NOT NULL PRIMARY KEY,
  stripe_account    text,
  country           text        NOT NULL,
  charges_enabled   boolean     NOT NULL DEFAULT false,
  payouts_enabled   boolean     NOT NULL DEFAULT false,
  details_submitted boolean     NOT NULL DEFAULT false,
  deauthorized      boolean     NOT NULL DEFAULT false,
  capabilities      jsonb       NOT NULL DEFAULT '{}',
  requirements      jsonb       NOT NULL DEFAULT '{}',
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now(),
  version           bigint      NOT NULL DEFAULT 1
);
CREATE INDEX account_by_stripe ON account (stripe_account);
SELECT stores_protect('account');

-- What orders told of an order: what is due, and whether it may still be paid.
CREATE TABLE order_due (
  tenant_id    uuid    NOT NULL,
  order_id     uuid    NOT NULL,
  amount_minor bigint  NOT NULL CHECK (amount_minor >= 0),
  currency     char(3) NOT NULL,
  state        text    NOT NULL CHECK (state IN ('open', 'paid', 'cancelled')),
  version      bigint  NOT NULL,
  PRIMARY KEY (tenant_id, order_id)
);
SELECT stores_protect('order_due');

-- One attempt to pay an order: one PaymentIntent. An order may have many; one succeeds.
CREATE TABLE payment (
  tenant_id       uuid        NOT NULL,
  id              uuid        NOT NULL,
  order_id        uuid        NOT NULL,
  order_number    text        NOT NULL,
  attempt         integer     NOT NULL CHECK (attempt > 0),
  stripe_account  text        NOT NULL,
  intent_id       text,
  status          text        NOT NULL CHECK (status IN ('creating', 'requires_payment_method',
                    'requires_action', 'processing', 'succeeded', 'canceled')),
  amount_minor    bigint      NOT NULL CHECK (amount_minor > 0),
  fee_minor       bigint      NOT NULL CHECK (fee_minor >= 0 AND fee_minor <= amount_minor),
  refunded_minor  bigint      NOT NULL DEFAULT 0 CHECK (refunded_minor BETWEEN 0 AND amount_minor),
  currency        char(3)     NOT NULL,
  method          text,
  declines        integer     NOT NULL DEFAULT 0,
  last_decline    text,
  voucher         jsonb,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  version         bigint      NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, order_id, attempt)
);
CREATE INDEX payment_by_intent ON payment (tenant_id, intent_id);
CREATE INDEX payment_unfinished ON payment (updated_at)
  WHERE status IN ('creating', 'requires_payment_method', 'requires_action', 'processing');
SELECT stores_protect('payment');

CREATE TABLE refund (
  tenant_id     uuid        NOT NULL,
  id            uuid        NOT NULL,
  payment_id    uuid        NOT NULL,
  order_id      uuid        NOT NULL,
  stripe_refund text,
  origin        text        NOT NULL CHECK (origin IN ('order', 'dashboard', 'second_payment')),
  status        text        NOT NULL CHECK (status IN ('requested', 'pending', 'succeeded', 'failed')),
  amount_minor  bigint      NOT NULL CHECK (amount_minor > 0),
  currency      char(3)     NOT NULL,
  reason        text        NOT NULL DEFAULT '',
  failure       text,
  attempts      integer     NOT NULL DEFAULT 0,
  retry_at      timestamptz NOT NULL DEFAULT now(),
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  version       bigint      NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, payment_id) REFERENCES payment (tenant_id, id)
);
CREATE UNIQUE INDEX refund_by_stripe ON refund (tenant_id, stripe_refund);
CREATE INDEX refund_unsent ON refund (retry_at) WHERE status = 'requested';
SELECT stores_protect('refund');

CREATE TABLE dispute (
  tenant_id      uuid        NOT NULL,
  stripe_dispute text        NOT NULL,
  payment_id     uuid        NOT NULL,
  order_id       uuid        NOT NULL,
  status         text        NOT NULL,
  reason         text        NOT NULL,
  amount_minor   bigint      NOT NULL,
  currency       char(3)     NOT NULL,
  due_by         timestamptz,
  closed         boolean     NOT NULL DEFAULT false,
  updated_at     timestamptz NOT NULL DEFAULT now(),
  version        bigint      NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, stripe_dispute),
  FOREIGN KEY (tenant_id, payment_id) REFERENCES payment (tenant_id, id)
);
SELECT stores_protect('dispute');

-- What Stripe sent, byte for byte, before anything is done about it.
CREATE TABLE webhook_event (
  tenant_id   uuid        NOT NULL,
  endpoint    text        NOT NULL CHECK (endpoint IN ('platform', 'connect')),
  event_id    text        NOT NULL,
  type        text        NOT NULL,
  account     text,
  livemode    boolean     NOT NULL,
  sent_at     timestamptz NOT NULL,
  payload     bytea       NOT NULL,
  state       text        NOT NULL CHECK (state IN ('received', 'applied', 'ignored', 'mismatch', 'failed')),
  note        text,
  attempts    integer     NOT NULL DEFAULT 0,
  retry_at    timestamptz NOT NULL DEFAULT now(),
  received_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  PRIMARY KEY (tenant_id, endpoint, event_id)
);
CREATE INDEX webhook_event_waiting ON webhook_event (retry_at) WHERE state = 'received';
CREATE INDEX webhook_event_log ON webhook_event (tenant_id, received_at DESC);
SELECT stores_protect('webhook_event');

-- Double entry, per tenant and currency: the entries of one transaction add up to zero.
CREATE TABLE ledger_entry (
  tenant_id      uuid        NOT NULL,
  transaction_id text        NOT NULL,
  account        text        NOT NULL CHECK (account IN ('shopper', 'store', 'platform_fee', 'dispute')),
  amount_minor   bigint      NOT NULL,
  currency       char(3)     NOT NULL,
  payment_id     uuid        NOT NULL,
  at             timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, transaction_id, account),
  FOREIGN KEY (tenant_id, payment_id) REFERENCES payment (tenant_id, id)
);
SELECT stores_protect_append_only('ledger_entry');

-- A difference between what we know and what Stripe says; a person or a repair closes it.
CREATE TABLE reconciliation_break (
  tenant_id uuid        NOT NULL,
  id        uuid        NOT NULL,
  kind      text        NOT NULL,
  subject   text        NOT NULL,
  detail    jsonb       NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, kind, subject)
);
SELECT stores_protect('reconciliation_break');
