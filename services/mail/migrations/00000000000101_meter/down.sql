ALTER TABLE mail_usage DROP COLUMN warned_percent;
