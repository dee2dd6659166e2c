-- What the platform sells: loaded from seed/seed-data.json, the same for every store.
CREATE TABLE plan (
  key                    text    PRIMARY KEY,
  rank                   integer NOT NULL,
  name                   jsonb   NOT NULL,
  description            jsonb   NOT NULL,
  currency               char(3) NOT NULL,
  monthly_price_minor    bigint  NOT NULL CHECK (monthly_price_minor >= 0),
  yearly_price_minor     bigint  NOT NULL CHECK (yearly_price_minor >= 0),
  order_overage_minor    bigint  NOT NULL CHECK (order_overage_minor >= 0),
  application_fee_bps    integer NOT NULL CHECK (application_fee_bps BETWEEN 0 AND 10000),
  trial_days             integer NOT NULL CHECK (trial_days >= 0),
  features               text[]  NOT NULL,
  limits                 jsonb   NOT NULL,
  seed_version           integer NOT NULL
);
SELECT stores_protect_platform('plan', 'the price list is the same for every store');

CREATE TABLE addon (
  key                 text    PRIMARY KEY,
  name                jsonb   NOT NULL,
  description         jsonb   NOT NULL,
  category            text    NOT NULL,
  currency            char(3) NOT NULL,
  monthly_price_minor bigint  NOT NULL CHECK (monthly_price_minor >= 0),
  entitlement_key     text    NOT NULL,
  -- 1 for a feature; how much one of it adds to a limit.
  entitlement_value   bigint  NOT NULL,
  when_switched_off   text    NOT NULL,
  requires            text[]  NOT NULL,
  max_quantity        integer NOT NULL CHECK (max_quantity > 0),
  service             text    NOT NULL,
  seed_version        integer NOT NULL
);
SELECT stores_protect_platform('addon', 'the price list is the same for every store');

CREATE TABLE plan_addon (
  plan_key     text    NOT NULL REFERENCES plan (key),
  addon_key    text    NOT NULL REFERENCES addon (key),
  availability text    NOT NULL CHECK (availability IN ('included', 'available', 'unavailable')),
  seed_version integer NOT NULL,
  PRIMARY KEY (plan_key, addon_key)
);
SELECT stores_protect_platform('plan_addon', 'the price list is the same for every store');

-- Every key that a service may ask for, and what it means.
CREATE TABLE entitlement (
  key          text    PRIMARY KEY,
  kind         text    NOT NULL CHECK (kind IN ('always', 'feature', 'limit')),
  description  text    NOT NULL,
  -- Limits only: what happens when it is reached.
  on_reach     text    CHECK (on_reach IN ('refuse', 'throttle', 'meter', 'expire')),
  seed_version integer NOT NULL,
  CHECK ((kind = 'limit') = (on_reach IS NOT NULL))
);
SELECT stores_protect_platform('entitlement', 'the words of the price list are the same for every store');

CREATE TABLE template (
  key          text    PRIMARY KEY,
  name         jsonb   NOT NULL,
  definition   jsonb   NOT NULL,
  seed_version integer NOT NULL
);
SELECT stores_protect_platform('template', 'every store may choose each of them');

CREATE TABLE tenant (
  tenant_id        uuid        PRIMARY KEY,
  slug             text        NOT NULL,
  name             text        NOT NULL,
  status           text        NOT NULL CHECK (status IN ('active', 'suspended', 'archived', 'deleted')),
  suspended_reason text,
  plan             text        NOT NULL REFERENCES plan (key),
  country          text        NOT NULL,
  locale           text        NOT NULL,
  currency         char(3)     NOT NULL,
  time_zone        text        NOT NULL,
  tax_number       text,
  contact_email    text        NOT NULL,
  trial_ends_at    timestamptz,
  version          bigint      NOT NULL,
  created_at       timestamptz NOT NULL,
  changed_at       timestamptz NOT NULL,
  CHECK ((status = 'suspended') = (suspended_reason IS NOT NULL))
);
CREATE INDEX tenant_created ON tenant (created_at);
SELECT stores_protect('tenant');

-- Whose a host name is. Names are unique over all stores, and everybody can see them in DNS.
CREATE TABLE host (
  name       text        PRIMARY KEY,
  owner      uuid        NOT NULL,
  kind       text        NOT NULL CHECK (kind IN ('slug', 'custom')),
  created_at timestamptz NOT NULL
);
CREATE INDEX host_owner ON host (owner);
SELECT stores_protect_platform('host', 'host names are unique over all stores and public by nature');

CREATE TABLE tenant_addon (
  tenant_id uuid        NOT NULL REFERENCES tenant (tenant_id),
  addon_key text        NOT NULL REFERENCES addon (key),
  quantity  integer     NOT NULL CHECK (quantity > 0),
  since     timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, addon_key)
);
SELECT stores_protect('tenant_addon');

CREATE TABLE entitlement_override (
  tenant_id uuid        NOT NULL REFERENCES tenant (tenant_id),
  key       text        NOT NULL REFERENCES entitlement (key),
  value     bigint      NOT NULL,
  reason    text        NOT NULL,
  since     timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, key)
);
SELECT stores_protect('entitlement_override');

-- How a store looks and introduces itself.
CREATE TABLE store_config (
  tenant_id     uuid        PRIMARY KEY REFERENCES tenant (tenant_id),
  template_id   text        NOT NULL REFERENCES template (key),
  theme         jsonb       NOT NULL,
  contact_phone text,
  version       bigint      NOT NULL,
  changed_at    timestamptz NOT NULL
);
SELECT stores_protect('store_config');

-- People who work in a store; those of the platform belong to the nil tenant.
CREATE TABLE staff (
  tenant_id           uuid        NOT NULL,
  id                  uuid        NOT NULL,
  email               text        NOT NULL,
  name                text        NOT NULL,
  role                text        NOT NULL,
  locale              text        NOT NULL,
  status              text        NOT NULL CHECK (status IN ('active', 'disabled')),
  password_hash       text        NOT NULL,
  -- Set while the password is a temporary one: until when it works.
  password_expires_at timestamptz,
  perms_version       bigint      NOT NULL,
  version             bigint      NOT NULL,
  created_at          timestamptz NOT NULL,
  changed_at          timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT staff_email UNIQUE (tenant_id, email)
);
SELECT stores_protect('staff');

-- One sign-in: a family of refresh tokens and the access tokens made with them (`sid`).
CREATE TABLE session (
  tenant_id  uuid        NOT NULL,
  id         uuid        NOT NULL,
  staff_id   uuid        NOT NULL,
  created_at timestamptz NOT NULL,
  -- No refresh goes beyond it, however often the session was used.
  expires_at timestamptz NOT NULL,
  ended_at   timestamptz,
  end_reason text CHECK (end_reason IN ('logout', 'password', 'reuse', 'revoked')),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id) ON DELETE CASCADE,
  CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX session_staff ON session (tenant_id, staff_id) WHERE ended_at IS NULL;
SELECT stores_protect('session');

CREATE TABLE refresh_token (
  tenant_id  uuid        NOT NULL,
  -- SHA-256; the token itself is only with its owner.
  hash       bytea       NOT NULL,
  session_id uuid        NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz,
  PRIMARY KEY (tenant_id, hash),
  FOREIGN KEY (tenant_id, session_id) REFERENCES session (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX refresh_token_session ON refresh_token (tenant_id, session_id) WHERE used_at IS NULL;
SELECT stores_protect('refresh_token');

-- Works once, for one person and one purpose, while their password is still the one it was made for.
CREATE TABLE one_time_token (
  tenant_id     uuid        NOT NULL,
  hash          bytea       NOT NULL,
  staff_id      uuid        NOT NULL,
  purpose       text        NOT NULL CHECK (purpose IN ('first_password')),
  password_hash text        NOT NULL,
  expires_at    timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, hash),
  FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id) ON DELETE CASCADE
);
SELECT stores_protect('one_time_token');
