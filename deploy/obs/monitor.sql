-- The login that watching uses: it counts across stores, and reads no name, address, text or token. Run by the
-- superuser, again after a migration that adds a table (deploy-stack.yml does both). The caller sets the password, which
-- psql itself reads, so that no list of processes shows it:
--   { echo '\set password `cat /run/secrets/monitor_password`'; cat deploy/obs/monitor.sql; } |
--     docker exec -i stores-postgres psql -X -v ON_ERROR_STOP=1 -U postgres stores_db
SELECT 'CREATE ROLE stores_monitor' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stores_monitor') \gexec
ALTER ROLE stores_monitor LOGIN NOSUPERUSER BYPASSRLS CONNECTION LIMIT 4 PASSWORD :'password';
ALTER ROLE stores_monitor SET default_transaction_read_only = on;
ALTER ROLE stores_monitor SET statement_timeout = '10s';
GRANT pg_monitor TO stores_monitor;
GRANT USAGE ON SCHEMA tenants, catalog, orders, payments, invoicing, mail, migration TO stores_monitor;
SELECT format('GRANT SELECT (tenant_id, parked_at) ON %I.parked TO stores_monitor', schema),
       format('GRANT SELECT (tenant_id, kind, state, run_at, locked_until) ON %I.job TO stores_monitor', schema)
  FROM unnest(ARRAY['tenants', 'catalog', 'orders', 'payments', 'invoicing', 'mail', 'migration']) schema \gexec
GRANT SELECT (tenant_id, status, placed_at, paid_at, cancelled_at) ON orders."order" TO stores_monitor;
GRANT SELECT (tenant_id, status, declines, created_at, updated_at) ON payments.payment TO stores_monitor;
GRANT SELECT (tenant_id, state, received_at) ON payments.webhook_event TO stores_monitor;
GRANT SELECT (tenant_id, state, needs, created_at) ON invoicing.document TO stores_monitor;
GRANT SELECT (tenant_id, day, missing, differing) ON invoicing.book_check TO stores_monitor;
GRANT SELECT (tenant_id, state, due_at) ON mail.message TO stores_monitor;
GRANT SELECT (tenant_id, id, state, started_at) ON migration.import TO stores_monitor;
GRANT SELECT (tenant_id, import_id, sent_at) ON migration.import_batch TO stores_monitor;
GRANT SELECT (tenant_id, status, plan) ON tenants.tenant TO stores_monitor;
