-- Words that products are found by, with an address and a text of their own.
CREATE TABLE tag (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  slug        text NOT NULL,
  name        text NOT NULL,
  description text NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX tag_name ON tag (tenant_id, name, id);
SELECT stores_protect('tag');

-- What products are told by, with the values there are.
CREATE TABLE attribute (
  tenant_id uuid   NOT NULL,
  id        uuid   NOT NULL,
  slug      text   NOT NULL,
  name      text   NOT NULL,
  terms     text[] NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
SELECT stores_protect('attribute');

-- What is told of a product and not chosen: "Material": "Cotton".
CREATE TABLE product_property (
  tenant_id     uuid    NOT NULL,
  product_id    uuid    NOT NULL,
  position      integer NOT NULL,
  name          text    NOT NULL,
  shown_values  text[]  NOT NULL,
  PRIMARY KEY (tenant_id, product_id, position),
  FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id) ON DELETE CASCADE
);
SELECT stores_protect('product_property');

-- Where old addresses lead. The target's present address is looked up, so there are no chains.
CREATE TABLE redirect (
  tenant_id  uuid        NOT NULL,
  -- As domain::redirect writes it.
  path       text        NOT NULL,
  kind       text        NOT NULL CHECK (kind IN ('product', 'category')),
  target_id  uuid        NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, path)
);
CREATE INDEX redirect_target ON redirect (tenant_id, target_id);
SELECT stores_protect('redirect');

-- What buyers say of a product.
CREATE TABLE review (
  tenant_id  uuid        NOT NULL,
  id         uuid        NOT NULL,
  product_id uuid        NOT NULL,
  status     text        NOT NULL CHECK (status IN ('approved', 'hold')),
  -- 0: said without stars.
  rating     smallint    NOT NULL CHECK (rating BETWEEN 0 AND 5),
  reviewer   text        NOT NULL,
  email      text        NOT NULL,
  -- Clean by the time it is written.
  body_html  text        NOT NULL,
  verified   boolean     NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX review_of_product ON review (tenant_id, product_id, created_at DESC, id DESC);
SELECT stores_protect('review');
