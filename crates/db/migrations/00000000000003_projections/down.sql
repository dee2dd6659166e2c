DROP TABLE staff_view;
DROP TABLE revoked_session;
DROP TABLE tenant_view;
