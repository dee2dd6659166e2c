-- What this service tells, in the transaction in which it became true. Published rows stay for
-- seven days, so that a consumer or an empty broker can be filled again.
CREATE TABLE outbox (
  tenant_id    uuid        NOT NULL,
  id           uuid        NOT NULL,
  type         text        NOT NULL,
  aggregate_id text        NOT NULL,
  version      bigint      NOT NULL,
  payload      bytea       NOT NULL,
  traceparent  text,
  occurred_at  timestamptz NOT NULL,
  published_at timestamptz,
  PRIMARY KEY (tenant_id, id)
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX outbox_unpublished ON outbox (id) WHERE published_at IS NULL;
CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;
SELECT stores_protect('outbox');

-- Which deliveries a consumer has already taken effect of.
CREATE TABLE inbox (
  tenant_id uuid        NOT NULL,
  consumer  text        NOT NULL,
  event_id  uuid        NOT NULL,
  at        timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, consumer, event_id)
);
CREATE INDEX inbox_at ON inbox (at);
SELECT stores_protect('inbox');

-- Deliveries that five attempts could not make work; a person decides.
CREATE TABLE parked (
  tenant_id uuid        NOT NULL,
  id        uuid        NOT NULL,
  event_id  uuid        NOT NULL,
  type      text        NOT NULL,
  payload   bytea       NOT NULL,
  headers   jsonb       NOT NULL,
  error     text        NOT NULL,
  attempts  integer     NOT NULL,
  parked_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, event_id)
);
SELECT stores_protect('parked');

-- Work to be done outside a request: an outside call, a clean-up, a reminder.
CREATE TABLE job (
  tenant_id    uuid        NOT NULL,
  id           uuid        NOT NULL,
  kind         text        NOT NULL,
  dedupe_key   text        NOT NULL,
  payload      jsonb       NOT NULL,
  state        text        NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'done', 'parked')),
  run_at       timestamptz NOT NULL,
  locked_until timestamptz,
  attempts     integer     NOT NULL DEFAULT 0,
  last_error   text,
  created_at   timestamptz NOT NULL DEFAULT now(),
  finished_at  timestamptz,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, kind, dedupe_key)
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX job_due ON job (run_at) WHERE state = 'queued';
SELECT stores_protect('job');
