DROP TABLE one_time_token, refresh_token, session, staff, store_config, entitlement_override,
  tenant_addon, host, tenant, template, entitlement, plan_addon, addon, plan;
