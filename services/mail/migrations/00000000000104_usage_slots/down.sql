INSERT INTO mail_usage (tenant_id, month, slot, mails)
SELECT tenant_id, month, 0, sum(mails) FROM mail_usage WHERE slot > 0 GROUP BY tenant_id, month
ON CONFLICT (tenant_id, month, slot) DO UPDATE SET mails = mail_usage.mails + EXCLUDED.mails;
DELETE FROM mail_usage WHERE slot > 0;
ALTER TABLE mail_usage DROP CONSTRAINT mail_usage_pkey;
ALTER TABLE mail_usage ADD PRIMARY KEY (tenant_id, month);
ALTER TABLE mail_usage DROP COLUMN slot;
