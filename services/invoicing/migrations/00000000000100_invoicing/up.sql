-- The store's access to its fiscal provider. The pair of tokens is sealed; whoever refreshes it holds
-- the lease, because a refresh kills the pair before it.
CREATE TABLE connection (
  tenant_id     uuid        NOT NULL PRIMARY KEY,
  provider      text        NOT NULL CHECK (provider IN ('moloni')),
  state         text        NOT NULL CHECK (state IN ('connected', 'lost')),
  tokens        bytea       NOT NULL,
  access_until  timestamptz NOT NULL,
  refreshed_at  timestamptz NOT NULL,
  refresher     uuid,
  refresher_until timestamptz,
  connected_at  timestamptz NOT NULL,
  version       bigint      NOT NULL DEFAULT 1
);
CREATE INDEX connection_stale ON connection (refreshed_at) WHERE state = 'connected';
SELECT stores_protect('connection');

-- Ways to the provider that were begun: the word in the state is good once and for minutes.
CREATE TABLE connection_attempt (
  tenant_id  uuid        NOT NULL,
  id         uuid        NOT NULL,
  staff_id   uuid        NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX connection_attempt_expired ON connection_attempt (expires_at);
SELECT stores_protect('connection_attempt');

-- How the merchant wants his documents.
CREATE TABLE settings (
  tenant_id          uuid        NOT NULL PRIMARY KEY,
  company_id         bigint      NOT NULL CHECK (company_id > 0),
  company_name       text        NOT NULL,
  document_set_id    bigint      NOT NULL CHECK (document_set_id > 0),
  document_set_name  text        NOT NULL,
  credit_set_id      bigint      NOT NULL CHECK (credit_set_id > 0),
  credit_set_name    text        NOT NULL,
  kind               text        NOT NULL CHECK (kind IN ('invoice_receipt', 'simplified_invoice')),
  closes             boolean     NOT NULL,
  exemption_code     text,
  payment_methods    jsonb       NOT NULL DEFAULT '{}',
  payment_method     bigint,
  shipping_reference text        NOT NULL CHECK (length(shipping_reference) BETWEEN 1 AND 30),
  updated_at         timestamptz NOT NULL,
  version            bigint      NOT NULL DEFAULT 1
);
SELECT stores_protect('settings');

-- A paid order as orders told it: what its documents are made of, and kept as long as they are.
CREATE TABLE paid_order (
  tenant_id      uuid        NOT NULL,
  order_id       uuid        NOT NULL,
  number         text        NOT NULL,
  customer_id    uuid,
  access_hash    bytea       NOT NULL,
  locale         text        NOT NULL,
  currency       char(3)     NOT NULL,
  total_minor    bigint      NOT NULL CHECK (total_minor >= 0),
  is_paid        boolean     NOT NULL,
  is_cancelled   boolean     NOT NULL DEFAULT false,
  order_version  bigint      NOT NULL,
  payload        bytea       NOT NULL,
  heard_at       timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, order_id)
);
SELECT stores_protect('paid_order');

-- Money that went back of a paid order.
CREATE TABLE refund (
  tenant_id    uuid        NOT NULL,
  refund_id    uuid        NOT NULL,
  order_id     uuid        NOT NULL,
  amount_minor bigint      NOT NULL CHECK (amount_minor > 0),
  payload      bytea       NOT NULL,
  heard_at     timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, refund_id),
  FOREIGN KEY (tenant_id, order_id) REFERENCES paid_order (tenant_id, order_id)
);
CREATE INDEX refund_of_order ON refund (tenant_id, order_id);
SELECT stores_protect('refund');

-- One document: an order has one invoice (or a proforma), and a credit note for each refund.
-- `state` says how far it came and `needs` who has to act before it goes on.
CREATE TABLE document (
  tenant_id    uuid        NOT NULL,
  id           uuid        NOT NULL,
  role         text        NOT NULL CHECK (role IN ('invoice', 'credit_note')),
  -- The order of an invoice, the refund of a credit note.
  subject      uuid        NOT NULL,
  order_id     uuid        NOT NULL,
  order_number text        NOT NULL,
  corrects     uuid,
  kind         text        NOT NULL CHECK (kind IN ('invoice_receipt', 'simplified_invoice', 'invoice',
                 'credit_note', 'proforma')),
  provider     text        NOT NULL CHECK (provider IN ('moloni', 'platform')),
  state        text        NOT NULL CHECK (state IN ('pending', 'inserting', 'draft', 'issued', 'withdrawn')),
  needs        text        CHECK (needs IN ('retry', 'merchant', 'platform')),
  problem      text,
  problem_detail text,
  our_reference text       NOT NULL,
  company_id   bigint,
  family       text,
  provider_id  bigint,
  total_minor  bigint      NOT NULL CHECK (total_minor > 0),
  currency     char(3)     NOT NULL,
  issued_minor bigint,
  number       text,
  atcud        text,
  pdf_key      text,
  pdf_tries    integer     NOT NULL DEFAULT 0,
  attempts     integer     NOT NULL DEFAULT 0,
  next_at      timestamptz,
  created_at   timestamptz NOT NULL,
  issued_at    timestamptz,
  changed_at   timestamptz NOT NULL,
  version      bigint      NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT document_once UNIQUE (tenant_id, role, subject),
  CONSTRAINT document_reference UNIQUE (tenant_id, our_reference),
  CONSTRAINT document_provider UNIQUE (tenant_id, company_id, provider_id),
  FOREIGN KEY (tenant_id, order_id) REFERENCES paid_order (tenant_id, order_id),
  FOREIGN KEY (tenant_id, corrects) REFERENCES document (tenant_id, id),
  CONSTRAINT document_known CHECK (provider = 'platform' OR state NOT IN ('draft', 'issued') OR provider_id IS NOT NULL),
  CONSTRAINT document_numbered CHECK (state <> 'issued' OR (number IS NOT NULL AND issued_at IS NOT NULL AND issued_minor IS NOT NULL)),
  CONSTRAINT document_corrects CHECK ((role = 'credit_note') = (corrects IS NOT NULL))
);
CREATE INDEX document_due ON document (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX document_queue ON document (tenant_id, state, id);
CREATE INDEX document_of_order ON document (tenant_id, order_id);
SELECT stores_protect('document');

-- What each day's look at the books found.
CREATE TABLE book_check (
  tenant_id      uuid        NOT NULL,
  day            date        NOT NULL,
  orders         bigint      NOT NULL,
  issued         bigint      NOT NULL,
  waiting        bigint      NOT NULL,
  failed         bigint      NOT NULL,
  missing        bigint      NOT NULL,
  differing      bigint      NOT NULL,
  orders_minor   bigint      NOT NULL,
  issued_minor   bigint      NOT NULL,
  refunds_minor  bigint      NOT NULL,
  credited_minor bigint      NOT NULL,
  checked_at     timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, day)
);
SELECT stores_protect('book_check');

-- Who works on a series at the moment. Two stores may belong to one company, so it is no tenant's.
CREATE TABLE series_lease (
  company_id      bigint      NOT NULL,
  document_set_id bigint      NOT NULL,
  holder          uuid        NOT NULL,
  until           timestamptz NOT NULL,
  PRIMARY KEY (company_id, document_set_id)
);
SELECT stores_protect_platform('series_lease', 'a company at the fiscal provider may have several stores');
