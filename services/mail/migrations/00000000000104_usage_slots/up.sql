-- Mails of a store that leave at the same moment no longer wait for one another's commit: a month's count
-- lies in several rows. What was counted before, and what the merchant was told, stay in mail_usage; a
-- version that knows only that one goes on counting there.
CREATE TABLE mail_usage_slot (
  tenant_id uuid     NOT NULL,
  month     date     NOT NULL,
  slot      smallint NOT NULL CHECK (slot BETWEEN 0 AND 15),
  mails     bigint   NOT NULL,
  PRIMARY KEY (tenant_id, month, slot)
);
SELECT stores_protect('mail_usage_slot');
