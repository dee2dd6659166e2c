-- The price list and the templates out of seed-data.json ($1). A row of the same or a newer version
-- stays as it is; none is ever deleted, because a store may hold it.
WITH seed AS (SELECT $1::jsonb AS doc, ($1::jsonb ->> 'version')::integer AS version),
plans AS (
  INSERT INTO plan SELECT p ->> 'key', (p ->> 'rank')::integer, p -> 'name', p -> 'description',
      doc ->> 'currency', (p ->> 'monthly_price_cents')::bigint, (p ->> 'yearly_price_cents')::bigint,
      (p ->> 'order_overage_cents')::bigint, (p ->> 'application_fee_bps')::integer,
      (p ->> 'trial_days')::integer, ARRAY(SELECT jsonb_array_elements_text(p -> 'features')),
      p -> 'limits', version
    FROM seed, jsonb_array_elements(doc -> 'plans') AS p
  ON CONFLICT (key) DO UPDATE SET rank = excluded.rank, name = excluded.name,
      description = excluded.description, currency = excluded.currency,
      monthly_price_minor = excluded.monthly_price_minor, yearly_price_minor = excluded.yearly_price_minor,
      order_overage_minor = excluded.order_overage_minor, application_fee_bps = excluded.application_fee_bps,
      trial_days = excluded.trial_days, features = excluded.features, limits = excluded.limits,
      seed_version = excluded.seed_version
    WHERE plan.seed_version < excluded.seed_version RETURNING 1
), addons AS (
  INSERT INTO addon SELECT a ->> 'key', a -> 'name', a -> 'description', a ->> 'category', doc ->> 'currency',
      (a ->> 'monthly_price_cents')::bigint, a #>> '{entitlement,key}',
      CASE a #>> '{entitlement,type}' WHEN 'feature' THEN 1 ELSE (a #>> '{entitlement,value}')::bigint END,
      a ->> 'when_switched_off', ARRAY(SELECT jsonb_array_elements_text(a -> 'requires')),
      (a ->> 'max_quantity')::integer, a ->> 'service', version
    FROM seed, jsonb_array_elements(doc -> 'addons') AS a
  ON CONFLICT (key) DO UPDATE SET name = excluded.name, description = excluded.description,
      category = excluded.category, currency = excluded.currency,
      monthly_price_minor = excluded.monthly_price_minor, entitlement_key = excluded.entitlement_key,
      entitlement_value = excluded.entitlement_value, when_switched_off = excluded.when_switched_off,
      requires = excluded.requires, max_quantity = excluded.max_quantity, service = excluded.service,
      seed_version = excluded.seed_version
    WHERE addon.seed_version < excluded.seed_version RETURNING 1
), inclusions AS (
  INSERT INTO plan_addon SELECT plan.key, addon.key, plan.value #>> '{}', version
    FROM seed, jsonb_each(doc -> 'plan_addon_availability') AS addon, jsonb_each(addon.value) AS plan
  ON CONFLICT (plan_key, addon_key) DO UPDATE SET availability = excluded.availability,
      seed_version = excluded.seed_version
    WHERE plan_addon.seed_version < excluded.seed_version RETURNING 1
), words AS (
  INSERT INTO entitlement SELECT e ->> 'key', kind, coalesce(e ->> 'description', e ->> 'unit'),
      e ->> 'on_reach', version
    FROM seed, (VALUES ('always', 'always_on'), ('feature', 'features'), ('limit', 'limits')) AS lists (kind, list),
      jsonb_array_elements(doc -> list) AS e
  ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, description = excluded.description,
      on_reach = excluded.on_reach, seed_version = excluded.seed_version
    WHERE entitlement.seed_version < excluded.seed_version RETURNING 1
), templates AS (
  INSERT INTO template SELECT t ->> 'key', t -> 'name', t - 'key' - 'name', version
    FROM seed, jsonb_array_elements(doc -> 'templates') AS t
  ON CONFLICT (key) DO UPDATE SET name = excluded.name, definition = excluded.definition,
      seed_version = excluded.seed_version
    WHERE template.seed_version < excluded.seed_version RETURNING 1
)
SELECT (SELECT count(*) FROM plans) AS plans, (SELECT count(*) FROM addons) AS addons,
  (SELECT count(*) FROM inclusions) AS inclusions, (SELECT count(*) FROM words) AS entitlements,
  (SELECT count(*) FROM templates) AS templates
