-- A shop that comes from elsewhere, once.
CREATE TABLE import (
  tenant_id    uuid        NOT NULL,
  id           uuid        NOT NULL,
  state        text        NOT NULL CHECK (state IN ('queued', 'running', 'stopping', 'stopped', 'completed', 'failed')),
  -- As it was typed.
  shop         text        NOT NULL,
  -- Host and folder under which the shop really answers; what its records are known by.
  source       text        NOT NULL DEFAULT '',
  -- Gone when the import has ended.
  sealed_keys  bytea,
  dry_run      boolean     NOT NULL,
  -- None: all.
  resources    text[]      NOT NULL,
  since        timestamptz,
  facts        jsonb,
  cursor       jsonb       NOT NULL DEFAULT '{}',
  step         text        NOT NULL DEFAULT '',
  page_size    integer     NOT NULL DEFAULT 0,
  -- In a row, without progress between them.
  failures     integer     NOT NULL DEFAULT 0,
  last_error   text        NOT NULL DEFAULT '',
  batches      bigint      NOT NULL DEFAULT 0,
  slice        bigint      NOT NULL DEFAULT 0,
  requested_by text        NOT NULL,
  created_at   timestamptz NOT NULL,
  started_at   timestamptz,
  finished_at  timestamptz,
  PRIMARY KEY (tenant_id, id)
);
-- A store imports one shop at a time.
CREATE UNIQUE INDEX import_under_way ON import (tenant_id) WHERE state IN ('queued', 'running', 'stopping');
SELECT stores_protect('import');

-- How far each list has come.
CREATE TABLE import_count (
  tenant_id uuid   NOT NULL,
  import_id uuid   NOT NULL,
  resource  text   NOT NULL,
  -- What the shop says there are.
  total     bigint NOT NULL DEFAULT 0,
  read      bigint NOT NULL DEFAULT 0,
  unchanged bigint NOT NULL DEFAULT 0,
  sent      bigint NOT NULL DEFAULT 0,
  applied   bigint NOT NULL DEFAULT 0,
  failed    bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, import_id, resource),
  FOREIGN KEY (tenant_id, import_id) REFERENCES import (tenant_id, id) ON DELETE CASCADE
);
SELECT stores_protect('import_count');

-- What was sent to another service in one message, until all of it was answered.
CREATE TABLE import_batch (
  tenant_id uuid        NOT NULL,
  id        uuid        NOT NULL,
  import_id uuid        NOT NULL,
  receiver  text        NOT NULL CHECK (receiver IN ('catalog', 'orders')),
  resource  text        NOT NULL,
  records   integer     NOT NULL,
  -- Records without an answer.
  open      integer     NOT NULL,
  sent_at   timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, import_id) REFERENCES import (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX import_batch_open ON import_batch (tenant_id, import_id) WHERE open > 0;
SELECT stores_protect('import_batch');

-- What did not come, and what did not come whole.
CREATE TABLE import_issue (
  tenant_id uuid        NOT NULL,
  import_id uuid        NOT NULL,
  resource  text        NOT NULL,
  source_id text        NOT NULL,
  -- failed, or note: it came, and this is to be known.
  kind      text        NOT NULL CHECK (kind IN ('failed', 'note')),
  message   text        NOT NULL,
  at        timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, import_id, resource, source_id, message),
  FOREIGN KEY (tenant_id, import_id) REFERENCES import (tenant_id, id) ON DELETE CASCADE
);
SELECT stores_protect('import_issue');

-- Each record of an old shop and what it is here. Outlives the imports: the next one writes only what differs.
CREATE TABLE source_record (
  tenant_id        uuid    NOT NULL,
  source           text    NOT NULL,
  resource         text    NOT NULL,
  source_id        text    NOT NULL,
  target_id        uuid    NOT NULL,
  -- SHA-256 of the record as it was taken here; null until it was.
  hash             bytea,
  -- Of the record as it was sent last.
  sent_hash        bytea,
  -- While no answer has come.
  batch_id         uuid,
  failed           boolean NOT NULL DEFAULT false,
  -- The product of a variation or of a count.
  parent           text    NOT NULL DEFAULT '',
  -- The import that saw it last, and in which of its two looks.
  seen_in          uuid,
  seen_pass        smallint NOT NULL DEFAULT 0,
  -- It is no more in the old shop.
  gone             boolean NOT NULL DEFAULT false,
  -- What is counted of it there, and what arrived here.
  label            text    NOT NULL DEFAULT '',
  month            text    NOT NULL DEFAULT '',
  currency         text    NOT NULL DEFAULT '',
  units            bigint,
  total_minor      bigint,
  refunded_minor   bigint,
  arrived_units    bigint,
  arrived_total    bigint,
  arrived_refunded bigint,
  PRIMARY KEY (tenant_id, source, resource, source_id)
) WITH (fillfactor = 80);
CREATE INDEX source_record_batch ON source_record (tenant_id, batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX source_record_parent ON source_record (tenant_id, source, parent) WHERE parent <> '';
SELECT stores_protect('source_record');
