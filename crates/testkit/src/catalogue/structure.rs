//! The rules that can be read off the catalogue. Each is a query that finds offenders.

use tokio_postgres::Client;

use super::Violation;

/// Tables of the schema; `platform` says that the table is listed with a reason, and belongs to no
/// tenant. The migrations' own bookkeeping is left out: the service's login has no right to it,
/// which the rule about rights checks.
const TABLES: &str = "WITH t AS (
    SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity,
           coalesce(obj_description(c.oid, 'pg_class') ~ '^platform: .{10,}', false) AS platform
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND c.relname <> '__diesel_schema_migrations')";

/// What a policy of a tenant's table must say, as PostgreSQL prints it.
const SCOPE: &str =
    "(tenant_id = (NULLIF(current_setting(''app.tenant_id''::text, true), ''''::text))::uuid)";

struct Rule {
    text: &'static str,
    /// Selects the names of offenders; `$1` stands for the schema, `{scope}` for [`SCOPE`].
    offenders: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        text: "has no table at all",
        offenders: "SELECT $1::text WHERE NOT EXISTS (SELECT FROM t)",
    },
    Rule {
        text: "row-level security is not enabled and forced",
        offenders: "SELECT relname FROM t WHERE NOT (relrowsecurity AND relforcerowsecurity)",
    },
    Rule {
        text: "has no tenant_id uuid NOT NULL and is not listed as the platform's with a reason",
        offenders: "SELECT relname FROM t WHERE NOT platform AND NOT EXISTS (
            SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'tenant_id'
              AND a.atttypid = 'uuid'::regtype AND a.attnotnull)",
    },
    Rule {
        text: "has no primary key",
        offenders: "SELECT relname FROM t WHERE NOT EXISTS (
            SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary)",
    },
    Rule {
        text: "is unique across tenants: its first column is not tenant_id",
        offenders: "SELECT i.indexrelid::regclass::text FROM t JOIN pg_index i ON i.indrelid = t.oid
            WHERE NOT platform AND i.indisunique AND NOT EXISTS (
              SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'tenant_id'
                AND a.attnum = i.indkey[0])",
    },
    Rule {
        text: "is an exclusion across tenants: it does not compare tenant_id for equality",
        offenders: "SELECT k.conname FROM t JOIN pg_constraint k ON k.conrelid = t.oid
            WHERE NOT platform AND k.contype = 'x' AND NOT EXISTS (
              SELECT FROM unnest(k.conkey, k.conexclop) AS pair (column_number, operator)
              JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = pair.column_number
              WHERE a.attname = 'tenant_id' AND pair.operator = '=(uuid,uuid)'::regoperator)",
    },
    Rule {
        text: "is a foreign key that can reach another tenant's row",
        offenders: "SELECT t.relname || '.' || k.conname FROM t JOIN pg_constraint k ON k.conrelid = t.oid
            WHERE k.contype = 'f' AND NOT EXISTS (
              SELECT FROM t other WHERE other.oid = k.confrelid AND other.platform)
            AND NOT EXISTS (
              SELECT FROM unnest(k.conkey, k.confkey) AS pair (mine, theirs)
              JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.mine
              JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.theirs
              WHERE a.attname = 'tenant_id' AND b.attname = 'tenant_id')",
    },
    Rule {
        text: "is a foreign key into another schema",
        offenders: "SELECT t.relname || '.' || k.conname FROM t JOIN pg_constraint k ON k.conrelid = t.oid
            JOIN pg_class other ON other.oid = k.confrelid
            WHERE k.contype = 'f' AND other.relnamespace <> $1::regnamespace",
    },
    Rule {
        text: "has not exactly the policies `tenant` and `system`, both with USING and WITH CHECK",
        offenders: "SELECT relname FROM t WHERE NOT platform AND
            (SELECT coalesce(array_agg(policyname || '|' || permissive || '|' || cmd || '|' ||
               array_to_string(roles, ',') || '|' || coalesce(qual, '-') || '|' ||
               coalesce(with_check, '-') ORDER BY policyname), '{}')
             FROM pg_policies p WHERE p.schemaname = $1 AND p.tablename = t.relname)
            IS DISTINCT FROM ARRAY[
              'system|PERMISSIVE|ALL|stores_' || $1 || '_system|true|true',
              'tenant|PERMISSIVE|ALL|stores_' || $1 || '|{scope}|{scope}']",
    },
    Rule {
        text: "is the platform's and has not exactly the policies `readable` and `system`",
        offenders: "SELECT relname FROM t WHERE platform AND
            (SELECT coalesce(array_agg(policyname || '|' || cmd || '|' ||
               array_to_string(roles, ',') ORDER BY policyname), '{}')
             FROM pg_policies p WHERE p.schemaname = $1 AND p.tablename = t.relname)
            IS DISTINCT FROM ARRAY['readable|SELECT|stores_' || $1,
              'system|ALL|stores_' || $1 || '_system']",
    },
    Rule {
        text: "is a view that does not run with the rights of who asks (security_invoker)",
        offenders: "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace
            AND relkind = 'v' AND NOT coalesce(reloptions && ARRAY['security_invoker=true',
              'security_invoker=on', 'security_invoker=1'], false)",
    },
    Rule {
        text: "is a materialized view or a foreign table, which have no policies",
        offenders: "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace
            AND relkind IN ('m', 'f')",
    },
    Rule {
        text: "is a sequence: its numbers tell one tenant of another's business",
        offenders: "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace
            AND relkind = 'S'",
    },
    Rule {
        text: "is a function with its owner's rights and no comment `security definer: why`",
        offenders: "SELECT p.oid::regprocedure::text FROM pg_proc p
            WHERE p.pronamespace = $1::regnamespace AND p.prosecdef
              AND NOT coalesce(obj_description(p.oid, 'pg_proc') ~ '^security definer: .{10,}', false)",
    },
    Rule {
        text: "gives a right that is not one of SELECT, INSERT, UPDATE, DELETE to the two roles",
        offenders: "SELECT c.relname || ' ' || g.privilege_type || ' to ' ||
              coalesce(nullif(g.grantee, 0)::regrole::text, 'PUBLIC')
            FROM pg_class c CROSS JOIN aclexplode(c.relacl) g
            WHERE c.relnamespace = $1::regnamespace AND c.relkind <> 'S' AND g.grantee <> c.relowner
              AND NOT (g.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
                AND g.grantee::regrole::text IN ('stores_' || $1, 'stores_' || $1 || '_system')
                AND NOT g.is_grantable)",
    },
    Rule {
        text: "can be changed outside a system transaction although no tenant owns it",
        offenders: "SELECT c.relname FROM pg_class c CROSS JOIN aclexplode(c.relacl) g
            WHERE c.relnamespace = $1::regnamespace
              AND (c.relname = '__diesel_schema_migrations' AND g.privilege_type <> 'DELETED'
                OR c.oid IN (SELECT oid FROM t WHERE platform) AND g.privilege_type <> 'SELECT')
              AND g.grantee::regrole::text = 'stores_' || $1",
    },
    Rule {
        text: "gives rights on single columns, which these checks do not follow",
        offenders: "SELECT c.relname || '.' || a.attname FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = $1::regnamespace AND a.attacl IS NOT NULL",
    },
    Rule {
        text: "is a role that may more than use the tables in its scope",
        offenders: "SELECT rolname FROM pg_roles
            WHERE rolname IN ('stores_' || $1, 'stores_' || $1 || '_system')
              AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
                OR (rolname = 'stores_' || $1 AND rolinherit)
                OR (rolname = 'stores_' || $1 || '_system' AND rolcanlogin))",
    },
    Rule {
        text: "is missing",
        offenders: "SELECT wanted FROM unnest(ARRAY['stores_' || $1, 'stores_' || $1 || '_system'])
              AS wanted WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted)",
    },
    Rule {
        text: "is a member of a role other than the service's system role",
        offenders: "SELECT m.member::regrole::text || ' in ' || m.roleid::regrole::text
            FROM pg_auth_members m
            WHERE (m.member::regrole::text = 'stores_' || $1
                AND m.roleid::regrole::text <> 'stores_' || $1 || '_system')
              OR m.member::regrole::text = 'stores_' || $1 || '_system'",
    },
    Rule {
        text: "belongs to a service's role, which must own nothing",
        offenders: "SELECT owned FROM (
              SELECT relname::text AS owned, relowner AS owner FROM pg_class
              UNION ALL SELECT nspname::text, nspowner FROM pg_namespace
              UNION ALL SELECT proname::text, proowner FROM pg_proc) AS things
            WHERE owner::regrole::text IN ('stores_' || $1, 'stores_' || $1 || '_system')",
    },
    Rule {
        text: "is a schema in which the service's role may create things",
        offenders: "SELECT nspname FROM pg_namespace WHERE nspname IN ($1, 'public')
            AND has_schema_privilege('stores_' || $1, oid, 'CREATE')",
    },
    Rule {
        text: "is another service's schema that this service's role can enter",
        offenders: "SELECT n.nspname FROM pg_namespace n
            WHERE n.nspname <> $1 AND EXISTS (
              SELECT FROM pg_roles r WHERE r.rolname = 'stores_' || n.nspname)
            AND (has_schema_privilege('stores_' || $1, n.oid, 'USAGE')
              OR has_schema_privilege('stores_' || $1 || '_system', n.oid, 'USAGE'))",
    },
];

pub(super) async fn check(client: &Client, schema: &str) -> Vec<Violation> {
    let mut violations = Vec::new();
    for rule in RULES {
        let sql = format!(
            "{TABLES} SELECT offender::text FROM ({}) AS found (offender)",
            rule.offenders
        )
        .replace("{scope}", SCOPE);
        let found = client.query(&sql, &[&schema]).await;
        let found = found.unwrap_or_else(|error| panic!("{}: {error:?}", rule.text));
        violations.extend(found.iter().map(|row| {
            let offender: String = row.get(0);
            Violation {
                object: format!("{schema}: {offender}"),
                rule: rule.text.to_owned(),
            }
        }));
    }
    violations
}
