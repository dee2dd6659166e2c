ALTER TABLE document DROP COLUMN provider_minor;
