-- Which customers can sign in, and what only they say of themselves. Imports never write here.
CREATE TABLE account (
  tenant_id     uuid        NOT NULL,
  customer_id   uuid        NOT NULL,
  password_hash text        NOT NULL,
  nif           text,
  -- Of mails; empty where nobody said.
  locale        text        NOT NULL DEFAULT '',
  -- When marketing was agreed to or refused last.
  consent_at    timestamptz,
  -- When a mail proved the address; an account of another shop has none until then.
  verified_at   timestamptz,
  created_at    timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, customer_id),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id)
);
SELECT stores_protect('account');

-- What a mail asks somebody to confirm. The word in the mail is made from the platform's key; here is its hash.
CREATE TABLE account_challenge (
  tenant_id    uuid        NOT NULL,
  hash         bytea       NOT NULL,
  purpose      text        NOT NULL CHECK (purpose IN ('verify', 'reset')),
  email_key    text        NOT NULL,
  locale       text        NOT NULL,
  -- Of an address that is to be confirmed: the account that opens then.
  registration jsonb,
  -- Of a reset: whose password it is, and which one it replaces.
  customer_id  uuid,
  replaces     bytea,
  -- When the mail was asked for.
  told_at      timestamptz,
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, hash)
);
CREATE INDEX account_challenge_of_address ON account_challenge (tenant_id, email_key);
CREATE INDEX account_challenge_over ON account_challenge (expires_at);
SELECT stores_protect('account_challenge');

CREATE TABLE customer_session (
  tenant_id   uuid        NOT NULL,
  id          uuid        NOT NULL,
  customer_id uuid        NOT NULL,
  created_at  timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  ended_at    timestamptz,
  end_reason  text,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id)
);
CREATE INDEX customer_session_of_customer ON customer_session (tenant_id, customer_id);
CREATE INDEX customer_session_over ON customer_session (expires_at);
SELECT stores_protect('customer_session');

CREATE TABLE customer_refresh_token (
  tenant_id  uuid        NOT NULL,
  hash       bytea       NOT NULL,
  session_id uuid        NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz,
  PRIMARY KEY (tenant_id, hash),
  FOREIGN KEY (tenant_id, session_id) REFERENCES customer_session (tenant_id, id)
);
CREATE INDEX customer_refresh_token_of_session ON customer_refresh_token (tenant_id, session_id);
SELECT stores_protect('customer_refresh_token');

CREATE TABLE customer_address (
  tenant_id   uuid        NOT NULL,
  id          uuid        NOT NULL,
  customer_id uuid        NOT NULL,
  is_default  boolean     NOT NULL,
  address     jsonb       NOT NULL,
  created_at  timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id)
);
CREATE INDEX customer_address_of_customer ON customer_address (tenant_id, customer_id, id);
CREATE UNIQUE INDEX customer_address_default ON customer_address (tenant_id, customer_id) WHERE is_default;
SELECT stores_protect('customer_address');

-- Whose data were erased when: orders of before are nobody's, also for a new account of that address.
CREATE TABLE erased_address (
  tenant_id uuid        NOT NULL,
  mark      text        NOT NULL,
  erased_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, mark)
);
SELECT stores_protect('erased_address');
