-- What a store publishes of its look, and what the law asks it to say of itself.
ALTER TABLE store_config
  -- Sections by page; null while the theme's own stand there.
  ADD COLUMN sections            jsonb,
  ADD COLUMN tokens              jsonb NOT NULL DEFAULT '{}',
  -- Number of the version that is shown; null while nothing was published.
  ADD COLUMN published           integer,
  ADD COLUMN minimum_age         smallint CHECK (minimum_age BETWEEN 1 AND 25),
  ADD COLUMN legal_name          text,
  ADD COLUMN address             jsonb,
  ADD COLUMN complaints_book_url text,
  ADD COLUMN dispute_body        jsonb;

-- What a merchant composes and nobody sees yet but by a preview's link.
CREATE TABLE theme_draft (
  tenant_id   uuid        PRIMARY KEY REFERENCES tenant (tenant_id),
  template_id text        NOT NULL REFERENCES template (key),
  sections    jsonb,
  tokens      jsonb       NOT NULL,
  version     bigint      NOT NULL,
  changed_at  timestamptz NOT NULL
);
SELECT stores_protect('theme_draft');

-- What was published, so that it can be shown again.
CREATE TABLE theme_version (
  tenant_id    uuid        NOT NULL REFERENCES tenant (tenant_id),
  number       integer     NOT NULL CHECK (number > 0),
  template_id  text        NOT NULL REFERENCES template (key),
  sections     jsonb,
  tokens       jsonb       NOT NULL,
  published_at timestamptz NOT NULL,
  published_by text        NOT NULL,
  PRIMARY KEY (tenant_id, number)
);
SELECT stores_protect('theme_version');
