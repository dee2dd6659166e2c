DROP INDEX host_listed;
ALTER TABLE host DROP COLUMN listed_at;
DROP TABLE domain;
