DROP TABLE mail_usage_slot;
