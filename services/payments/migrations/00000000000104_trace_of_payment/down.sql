ALTER TABLE payment DROP COLUMN traceparent;
