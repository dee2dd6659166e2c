-- What every service must know of a store, kept from the tenants service's events.
CREATE TABLE tenant_view (
  tenant_id           uuid    NOT NULL PRIMARY KEY,
  slug                text    NOT NULL,
  name                text    NOT NULL,
  status              text    NOT NULL,
  hosts               text[]  NOT NULL,
  country             text    NOT NULL,
  locale              text    NOT NULL,
  currency            text    NOT NULL,
  plan                text    NOT NULL,
  template_id         text    NOT NULL,
  application_fee_bps integer NOT NULL CHECK (application_fee_bps BETWEEN 0 AND 10000),
  entitlements        jsonb   NOT NULL,
  version             bigint  NOT NULL
);
SELECT stores_protect('tenant_view');

-- Sessions that ended before their tokens do.
CREATE TABLE revoked_session (
  tenant_id  uuid        NOT NULL,
  session_id uuid        NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, session_id)
);
CREATE INDEX revoked_session_expiry ON revoked_session (expires_at);
SELECT stores_protect('revoked_session');

-- What a staff member may do now; a token with another version of it is refused.
CREATE TABLE staff_view (
  tenant_id     uuid    NOT NULL,
  staff_id      uuid    NOT NULL,
  role          text    NOT NULL,
  perms_version integer NOT NULL,
  active        boolean NOT NULL,
  version       bigint  NOT NULL,
  PRIMARY KEY (tenant_id, staff_id)
);
SELECT stores_protect('staff_view');
