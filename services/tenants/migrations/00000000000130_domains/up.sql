-- Hosts that merchants bring. Several stores may say that one is theirs; it becomes the host of who proves it.
CREATE TABLE domain (
  tenant_id     uuid        NOT NULL REFERENCES tenant (tenant_id),
  id            uuid        NOT NULL,
  -- What it is made of can be written into anything.
  host          text        NOT NULL CHECK (host ~ '^[a-z0-9.-]{1,230}$'),
  -- What the merchant writes into DNS.
  token         text        NOT NULL,
  state         text        NOT NULL CHECK (state IN ('pending', 'verified', 'failing', 'lost')),
  -- The one to which the store's other hosts lead.
  is_primary    boolean     NOT NULL,
  -- What the last look at DNS found wrong, and what it saw.
  problem       text,
  seen          jsonb,
  -- Looks in a row that found it pointing elsewhere.
  failures      integer     NOT NULL CHECK (failures >= 0),
  checked_at    timestamptz,
  -- Null: nobody looks by himself any more.
  next_check_at timestamptz,
  verified_at   timestamptz,
  -- Since when its certificate is there: from then on the store answers at the host.
  certified_at  timestamptz,
  version       bigint      NOT NULL,
  created_at    timestamptz NOT NULL,
  -- Of the state.
  changed_at    timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT domain_host UNIQUE (tenant_id, host),
  CHECK (certified_at IS NULL OR state IN ('verified', 'failing')),
  CHECK (NOT is_primary OR certified_at IS NOT NULL)
);
CREATE UNIQUE INDEX domain_primary ON domain (tenant_id) WHERE is_primary;
CREATE INDEX domain_due ON domain (next_check_at) WHERE next_check_at IS NOT NULL;
SELECT stores_protect('domain');

-- From when on the door asks for the host's certificate. Authorities give so many in a time and no more.
ALTER TABLE host ADD COLUMN listed_at timestamptz;
CREATE INDEX host_listed ON host (listed_at) WHERE listed_at IS NOT NULL;
