-- What the store is in its mails beyond tenant_view: as tenants told it.
CREATE TABLE store_profile (
  tenant_id     uuid   NOT NULL PRIMARY KEY,
  contact_email text   NOT NULL,
  contact_phone text   NOT NULL,
  tax_id        text   NOT NULL,
  logo_url      text   NOT NULL,
  time_zone     text   NOT NULL,
  version       bigint NOT NULL
);
SELECT stores_protect('store_profile');

-- What the merchant decided about the store's mails.
CREATE TABLE mail_setting (
  tenant_id       uuid        NOT NULL PRIMARY KEY,
  accent          text        NOT NULL DEFAULT '#1f2937' CHECK (accent ~ '^#[0-9a-f]{6}$'),
  reply_to        text,
  sender_email    text,
  sender_name     text,
  -- Present once the sender's domain is proven; taken away when ZeptoMail says otherwise.
  sender_since    timestamptz,
  sender_problem  text,
  new_order_roles text[]      NOT NULL DEFAULT '{owner}',
  low_stock_roles text[]      NOT NULL DEFAULT '{owner}',
  -- Makes the marks of addresses; sealed.
  address_key     bytea       NOT NULL,
  updated_at      timestamptz NOT NULL DEFAULT now(),
  version         bigint      NOT NULL DEFAULT 1
);
SELECT stores_protect('mail_setting');

-- Who of the store's staff can be written to. Name, address and language are sealed.
CREATE TABLE staff_contact (
  tenant_id uuid    NOT NULL,
  staff_id  uuid    NOT NULL,
  role      text    NOT NULL,
  active    boolean NOT NULL,
  contact   bytea   NOT NULL,
  version   bigint  NOT NULL,
  PRIMARY KEY (tenant_id, staff_id)
);
SELECT stores_protect('staff_contact');

-- An order as mails speak of it, sealed; its document may be heard of first.
CREATE TABLE order_seen (
  tenant_id  uuid        NOT NULL,
  order_id   uuid        NOT NULL,
  version    bigint      NOT NULL DEFAULT 0,
  content    bytea,
  document   bytea,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, order_id)
);
CREATE INDEX order_seen_old ON order_seen (updated_at);
SELECT stores_protect('order_seen');

-- Names of what is sold, for what is said of its stock.
CREATE TABLE variant_seen (
  tenant_id  uuid   NOT NULL,
  variant_id uuid   NOT NULL,
  title      text   NOT NULL DEFAULT '',
  sku        text   NOT NULL DEFAULT '',
  -- Of the product's event.
  version    bigint NOT NULL DEFAULT 0,
  is_low     boolean NOT NULL DEFAULT false,
  stock_version bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, variant_id)
);
SELECT stores_protect('variant_seen');

-- One mail to one person. Whom it goes to and what it says is sealed; `recipient` is a mark of the
-- address that only the store's key makes.
CREATE TABLE message (
  tenant_id   uuid        NOT NULL,
  id          uuid        NOT NULL,
  kind        text        NOT NULL,
  -- What it is about, such as order:UUID: with kind and recipient, the reason that it is sent once.
  about       text        NOT NULL,
  recipient   bytea       NOT NULL,
  order_id    uuid,
  locale      text        NOT NULL,
  priority    smallint    NOT NULL,
  state       text        NOT NULL CHECK (state IN ('queued', 'sending', 'ambiguous', 'sent', 'delivered',
                'bounced', 'complained', 'failed', 'suppressed', 'cancelled')),
  due_at      timestamptz NOT NULL,
  attempts    integer     NOT NULL DEFAULT 0,
  -- How often it was sent again because nobody knew whether it had been.
  resends     integer     NOT NULL DEFAULT 0 CHECK (resends BETWEEN 0 AND 1),
  -- Whether a try ended without anybody knowing what became of it.
  was_ambiguous boolean   NOT NULL DEFAULT false,
  transport   text,
  provider_id text,
  problem     text,
  address     bytea,
  content     bytea,
  -- Subject, HTML and text as they were sent.
  rendered    bytea,
  resend_of   uuid,
  created_at  timestamptz NOT NULL DEFAULT now(),
  sent_at     timestamptz,
  updated_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, kind, about, recipient)
);
CREATE INDEX message_due ON message (due_at) WHERE state IN ('queued', 'sending', 'ambiguous');
CREATE INDEX message_of_order ON message (tenant_id, order_id);
CREATE INDEX message_by_id ON message (id);
CREATE INDEX message_log ON message (tenant_id, created_at DESC);
SELECT stores_protect('message');

-- How many mails left in a calendar month of the store.
CREATE TABLE mail_usage (
  tenant_id uuid   NOT NULL,
  month     date   NOT NULL,
  mails     bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, month)
);
SELECT stores_protect('mail_usage');

-- Addresses that get nothing: after a hard bounce, a complaint, or because they want no marketing.
CREATE TABLE suppression (
  tenant_id  uuid        NOT NULL,
  recipient  bytea       NOT NULL,
  scope      text        NOT NULL CHECK (scope IN ('all', 'marketing')),
  id         uuid        NOT NULL,
  reason     text        NOT NULL CHECK (reason IN ('hard_bounce', 'complaint', 'unsubscribed', 'staff')),
  address    bytea       NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, recipient, scope),
  UNIQUE (tenant_id, id)
);
SELECT stores_protect('suppression');

-- What ZeptoMail told, as it came and sealed, before anything is done about it. It is the platform's
-- until it is known whose mails it is about.
CREATE TABLE provider_event (
  tenant_id   uuid        NOT NULL,
  id          text        NOT NULL,
  payload     bytea       NOT NULL,
  state       text        NOT NULL CHECK (state IN ('received', 'applied', 'ignored', 'failed')),
  note        text,
  attempts    integer     NOT NULL DEFAULT 0,
  retry_at    timestamptz NOT NULL DEFAULT now(),
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX provider_event_waiting ON provider_event (retry_at) WHERE state = 'received';
SELECT stores_protect('provider_event');

-- What became of a message, once for each thing that did.
CREATE TABLE message_event (
  tenant_id  uuid        NOT NULL,
  message_id uuid        NOT NULL,
  event      text        NOT NULL,
  detail     text        NOT NULL DEFAULT '',
  at         timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, message_id, event),
  FOREIGN KEY (tenant_id, message_id) REFERENCES message (tenant_id, id) ON DELETE CASCADE
);
SELECT stores_protect('message_event');

-- The merchant's own words for a kind of mail in a language.
CREATE TABLE template_override (
  tenant_id  uuid        NOT NULL,
  kind       text        NOT NULL,
  locale     text        NOT NULL,
  texts      jsonb       NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  version    bigint      NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, kind, locale)
);
SELECT stores_protect('template_override');

-- Why nothing leaves by a transport for a while; the platform's.
CREATE TABLE transport_pause (
  tenant_id uuid        NOT NULL,
  transport text        NOT NULL,
  reason    text        NOT NULL,
  since     timestamptz NOT NULL,
  until     timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, transport)
);
SELECT stores_protect('transport_pause');

-- Where a merchant's own program hears of events.
CREATE TABLE endpoint (
  tenant_id       uuid        NOT NULL,
  id              uuid        NOT NULL,
  url             text        NOT NULL,
  description     text        NOT NULL DEFAULT '',
  types           text[]      NOT NULL,
  secret          bytea       NOT NULL,
  former_secret   bytea,
  former_until    timestamptz,
  enabled         boolean     NOT NULL DEFAULT true,
  disabled_reason text,
  -- Since when nothing was taken; absent while it works.
  failing_since   timestamptz,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  version         bigint      NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id)
);
SELECT stores_protect('endpoint');

-- One event on its way to one endpoint. The body holds a shopper's data and is sealed.
CREATE TABLE delivery (
  tenant_id   uuid        NOT NULL,
  id          uuid        NOT NULL,
  endpoint_id uuid        NOT NULL,
  event_id    text        NOT NULL,
  type        text        NOT NULL,
  payload     bytea       NOT NULL,
  state       text        NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  attempts    integer     NOT NULL DEFAULT 0,
  due_at      timestamptz NOT NULL,
  last_status integer,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, endpoint_id, event_id),
  FOREIGN KEY (tenant_id, endpoint_id) REFERENCES endpoint (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX delivery_due ON delivery (due_at) WHERE state = 'pending';
SELECT stores_protect('delivery');

CREATE TABLE delivery_attempt (
  tenant_id   uuid        NOT NULL,
  delivery_id uuid        NOT NULL,
  number      integer     NOT NULL,
  at          timestamptz NOT NULL,
  status      integer,
  problem     text,
  -- The beginning of the answer.
  answer      text        NOT NULL DEFAULT '',
  duration_ms integer     NOT NULL,
  PRIMARY KEY (tenant_id, delivery_id, number),
  FOREIGN KEY (tenant_id, delivery_id) REFERENCES delivery (tenant_id, id) ON DELETE CASCADE
);
SELECT stores_protect('delivery_attempt');
