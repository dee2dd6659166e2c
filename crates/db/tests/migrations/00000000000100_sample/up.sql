CREATE TABLE thing (
  tenant_id uuid   NOT NULL,
  id        uuid   NOT NULL,
  name      text   NOT NULL CHECK (length(name) < 20),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT thing_name UNIQUE (tenant_id, name)
);
SELECT stores_protect('thing');

CREATE TABLE part (
  tenant_id uuid    NOT NULL,
  id        uuid    NOT NULL,
  thing_id  uuid    NOT NULL,
  amount    integer NOT NULL CHECK (amount > 0),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, thing_id) REFERENCES thing (tenant_id, id)
);
SELECT stores_protect_append_only('part');

CREATE TABLE word (
  key text PRIMARY KEY
);
SELECT stores_protect_platform('word', 'words are the same for every store');
