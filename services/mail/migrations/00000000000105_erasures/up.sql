-- Orders whose customer had everything erased: what is still written about them is forgotten soon after it was sent.
CREATE TABLE erased_order (
  tenant_id uuid        NOT NULL,
  order_id  uuid        NOT NULL,
  erased_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, order_id)
);
CREATE INDEX erased_order_old ON erased_order (erased_at);
SELECT stores_protect('erased_order');

-- Mails that were on their way to somebody who had everything erased: forgotten once that is decided.
CREATE TABLE message_to_forget (
  tenant_id  uuid NOT NULL,
  message_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, message_id),
  FOREIGN KEY (tenant_id, message_id) REFERENCES message (tenant_id, id) ON DELETE CASCADE
);
SELECT stores_protect('message_to_forget');
