DROP TABLE audit_entry;
DROP TABLE idempotency_key;
