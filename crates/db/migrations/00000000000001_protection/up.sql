-- How a table is put behind the wall. Called by the migration that creates the table.

CREATE FUNCTION stores_protect_with(target regclass, app_rights text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE app text := 'stores_' || current_schema();
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format(
    'CREATE POLICY tenant ON %s TO %I
       USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)
       WITH CHECK (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)',
    target, app);
  EXECUTE format('CREATE POLICY system ON %s TO %I USING (true) WITH CHECK (true)', target, app || '_system');
  EXECUTE format('GRANT %s ON %s TO %I', app_rights, target, app);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', target, app || '_system');
END $$;

-- A tenant's table.
CREATE FUNCTION stores_protect(target regclass) RETURNS void
LANGUAGE sql AS $$ SELECT stores_protect_with(target, 'SELECT, INSERT, UPDATE, DELETE') $$;

-- A tenant's table that only grows: a ledger, a history, an audit trail.
CREATE FUNCTION stores_protect_append_only(target regclass) RETURNS void
LANGUAGE sql AS $$ SELECT stores_protect_with(target, 'SELECT, INSERT') $$;

-- A table of the platform itself, which belongs to no tenant: readable by the service, written in
-- system transactions only. The reason stays with the table.
CREATE FUNCTION stores_protect_platform(target regclass, reason text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE app text := 'stores_' || current_schema();
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY readable ON %s FOR SELECT TO %I USING (true)', target, app);
  EXECUTE format('CREATE POLICY system ON %s TO %I USING (true) WITH CHECK (true)', target, app || '_system');
  EXECUTE format('GRANT SELECT ON %s TO %I', target, app);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', target, app || '_system');
  EXECUTE format('COMMENT ON TABLE %s IS %L', target, 'platform: ' || reason);
END $$;

REVOKE EXECUTE ON FUNCTION stores_protect_with(regclass, text), stores_protect(regclass),
  stores_protect_append_only(regclass), stores_protect_platform(regclass, text) FROM PUBLIC;
