-- Mails that leave at the same moment no longer wait for one another's commit: a month's count lies in
-- several rows. What was counted before stays in row 0, which says what the merchant was told.
ALTER TABLE mail_usage ADD COLUMN slot smallint NOT NULL DEFAULT 0 CHECK (slot BETWEEN 0 AND 16);
ALTER TABLE mail_usage DROP CONSTRAINT mail_usage_pkey;
ALTER TABLE mail_usage ADD PRIMARY KEY (tenant_id, month, slot);
