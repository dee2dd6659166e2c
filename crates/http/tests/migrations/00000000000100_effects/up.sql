-- What the tests' handlers do: a row for each effect.
CREATE TABLE effect (
  tenant_id uuid NOT NULL,
  id        uuid NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
SELECT stores_protect('effect');
