-- Deeds are recorded while it is built. A database that is older than this migration may have it already.
CREATE INDEX CONCURRENTLY IF NOT EXISTS audit_entry_action ON audit_entry (tenant_id, action text_pattern_ops, seq);
