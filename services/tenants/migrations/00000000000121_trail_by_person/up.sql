-- Deeds are recorded while it is built. A database that is older than this migration may have it already.
CREATE INDEX CONCURRENTLY IF NOT EXISTS audit_entry_actor ON audit_entry (tenant_id, actor, seq);
