-- Products as the merchant edits them. What shoppers read is product_card, written at each save.
CREATE TABLE product (
  tenant_id        uuid        NOT NULL,
  id               uuid        NOT NULL,
  version          bigint      NOT NULL CHECK (version > 0),
  slug             text        NOT NULL,
  title            text        NOT NULL,
  -- Clean by the time it is written.
  description_html text        NOT NULL,
  status           text        NOT NULL CHECK (status IN ('draft', 'active', 'archived')),
  vendor           text        NOT NULL,
  tags             text[]      NOT NULL,
  seo_title        text        NOT NULL,
  seo_description  text        NOT NULL,
  -- [{"name": "Colour", "values": ["Black", "Red"]}], in order.
  options          jsonb       NOT NULL,
  created_at       timestamptz NOT NULL,
  changed_at       timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT product_slug UNIQUE (tenant_id, slug)
);
SELECT stores_protect('product');

CREATE TABLE media (
  tenant_id    uuid        NOT NULL,
  id           uuid        NOT NULL,
  state        text        NOT NULL CHECK (state IN ('waiting', 'ready')),
  content_type text        NOT NULL,
  bytes        bigint      NOT NULL,
  -- SHA-256 of what was uploaded.
  content_hash bytea,
  width        integer     NOT NULL DEFAULT 0,
  height       integer     NOT NULL DEFAULT 0,
  -- [{"file": "640.webp", "content_type": "image/webp", "width": 640, "height": 480, "bytes": 31000}]
  renditions   jsonb       NOT NULL DEFAULT '[]',
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT media_content UNIQUE (tenant_id, content_hash)
);
CREATE INDEX media_waiting ON media (tenant_id, created_at) WHERE state = 'waiting';
SELECT stores_protect('media');

CREATE TABLE variant (
  tenant_id        uuid    NOT NULL,
  id               uuid    NOT NULL,
  product_id       uuid    NOT NULL,
  position         integer NOT NULL,
  sku              text    NOT NULL,
  barcode          text,
  option_values    text[]  NOT NULL,
  price_minor      bigint  NOT NULL CHECK (price_minor >= 0),
  compare_at_minor bigint  CHECK (compare_at_minor > price_minor),
  cost_minor       bigint  CHECK (cost_minor >= 0),
  currency         char(3) NOT NULL,
  weight_grams     integer NOT NULL CHECK (weight_grams >= 0),
  vat_class        text    NOT NULL CHECK (vat_class IN ('standard', 'intermediate', 'reduced', 'zero', 'exempt')),
  exemption_code   text    CHECK ((exemption_code IS NOT NULL) = (vat_class = 'exempt')),
  active           boolean NOT NULL,
  track_stock      boolean NOT NULL,
  media_id         uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT variant_sku UNIQUE (tenant_id, sku) DEFERRABLE INITIALLY IMMEDIATE,
  FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, media_id) REFERENCES media (tenant_id, id)
);
CREATE INDEX variant_product ON variant (tenant_id, product_id);
SELECT stores_protect('variant');

-- The price shown to the public from an instant on; null: not on sale from then. Only grows.
CREATE TABLE variant_price (
  tenant_id   uuid        NOT NULL,
  variant_id  uuid        NOT NULL,
  from_at     timestamptz NOT NULL,
  price_minor bigint,
  currency    char(3)     NOT NULL,
  PRIMARY KEY (tenant_id, variant_id, from_at)
);
SELECT stores_protect_append_only('variant_price');

CREATE TABLE category (
  tenant_id       uuid        NOT NULL,
  id              uuid        NOT NULL,
  version         bigint      NOT NULL CHECK (version > 0),
  parent_id       uuid        CHECK (parent_id <> id),
  position        integer     NOT NULL,
  slug            text        NOT NULL,
  name            text        NOT NULL,
  description_html text       NOT NULL,
  seo_title       text        NOT NULL,
  seo_description text        NOT NULL,
  changed_at      timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT category_slug UNIQUE (tenant_id, slug),
  FOREIGN KEY (tenant_id, parent_id) REFERENCES category (tenant_id, id)
);
CREATE INDEX category_parent ON category (tenant_id, parent_id);
SELECT stores_protect('category');

CREATE TABLE product_category (
  tenant_id   uuid    NOT NULL,
  product_id  uuid    NOT NULL,
  category_id uuid    NOT NULL,
  -- The main one is 0.
  position    integer NOT NULL,
  PRIMARY KEY (tenant_id, product_id, category_id),
  FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, category_id) REFERENCES category (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX product_category_category ON product_category (tenant_id, category_id, product_id);
SELECT stores_protect('product_category');

CREATE TABLE product_media (
  tenant_id  uuid    NOT NULL,
  product_id uuid    NOT NULL,
  media_id   uuid    NOT NULL,
  position   integer NOT NULL,
  alt        text    NOT NULL,
  PRIMARY KEY (tenant_id, product_id, media_id),
  FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, media_id) REFERENCES media (tenant_id, id)
);
CREATE INDEX product_media_media ON product_media (tenant_id, media_id);
SELECT stores_protect('product_media');

-- How many products a store has, counted with the row that makes or removes one: a plan's limit
-- holds although many are created at once.
CREATE TABLE store_usage (
  tenant_id uuid   NOT NULL PRIMARY KEY,
  products  bigint NOT NULL CHECK (products >= 0)
);
SELECT stores_protect('store_usage');

-- What orders says is to be had, from its events.
CREATE TABLE variant_stock (
  tenant_id  uuid    NOT NULL,
  variant_id uuid    NOT NULL,
  product_id uuid    NOT NULL,
  available  bigint  NOT NULL,
  backorder  boolean NOT NULL,
  tracked    boolean NOT NULL,
  version    bigint  NOT NULL,
  PRIMARY KEY (tenant_id, variant_id)
);
CREATE INDEX variant_stock_product ON variant_stock (tenant_id, product_id);
SELECT stores_protect('variant_stock');

-- A product as shoppers see it, as finished documents. Products that are not sold have no row, so
-- no public query can show one. Availability is not in the documents: it changes by itself.
CREATE TABLE product_card (
  tenant_id    uuid        NOT NULL,
  product_id   uuid        NOT NULL,
  slug         text        NOT NULL,
  -- Lower case without accents, for sorting.
  title_key    text        NOT NULL,
  -- The lowest of the variants on sale.
  price_minor  bigint      NOT NULL,
  tags         text[]      NOT NULL,
  in_stock     boolean     NOT NULL,
  created_at   timestamptz NOT NULL,
  card         text        NOT NULL,
  document     text        NOT NULL,
  PRIMARY KEY (tenant_id, product_id),
  CONSTRAINT product_card_slug UNIQUE (tenant_id, slug),
  FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX product_card_newest ON product_card (tenant_id, created_at DESC, product_id DESC);
CREATE INDEX product_card_price ON product_card (tenant_id, price_minor, product_id);
CREATE INDEX product_card_title ON product_card (tenant_id, title_key, product_id);
SELECT stores_protect('product_card');

-- Search. A GIN index over a tsvector is of no use here: its operators are not leakproof, so behind
-- row-level security PostgreSQL scans every product of the store instead (docs/decisions). Equality of
-- text is leakproof: the full-text words are kept as rows of a plain index.
CREATE TABLE search_term (
  tenant_id  uuid     NOT NULL,
  product_id uuid     NOT NULL,
  term       text     NOT NULL,
  rank       smallint NOT NULL,
  PRIMARY KEY (tenant_id, product_id, term),
  FOREIGN KEY (tenant_id, product_id) REFERENCES product_card (tenant_id, product_id) ON DELETE CASCADE
);
CREATE INDEX search_term_term ON search_term (tenant_id, term) INCLUDE (product_id, rank);
SELECT stores_protect('search_term');

-- The words of titles by their trigrams, to find the one that was meant.
CREATE TABLE search_trigram (
  tenant_id uuid NOT NULL,
  trigram   text NOT NULL,
  word      text NOT NULL,
  PRIMARY KEY (tenant_id, trigram, word)
);
SELECT stores_protect('search_trigram');

-- A text's words without case and accents, each with its Portuguese stem; stop words have none.
CREATE FUNCTION search_words(content text) RETURNS TABLE (word text, stem text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT w, (ts_lexize('pg_catalog.portuguese_stem', w))[1]
  FROM regexp_split_to_table(lower(public.unaccent('public.unaccent', content)), '[^[:alnum:]]+') AS w
  WHERE w <> '' AND length(w) <= 40
$$;

-- Writes a product's words anew. A text's rank is its worth: exact codes 100, title 8, vendor and
-- tags 4, description 1.
CREATE FUNCTION search_index(tenant uuid, product uuid, contents text[], ranks smallint[], codes text[])
RETURNS boolean LANGUAGE sql AS $$
  DELETE FROM search_term WHERE tenant_id = tenant AND product_id = product;
  INSERT INTO search_term (tenant_id, product_id, term, rank)
    SELECT tenant, product, term, max(rank) FROM (
      SELECT unnest(ARRAY[w.word, w.stem]) AS term, f.rank
        FROM unnest(contents, ranks) AS f(content, rank), search_words(f.content) AS w
        WHERE w.stem IS NOT NULL
      UNION ALL SELECT lower(public.unaccent('public.unaccent', code)), 100 FROM unnest(codes) AS code
    ) AS terms WHERE term IS NOT NULL AND term <> '' GROUP BY term;
  INSERT INTO search_trigram (tenant_id, trigram, word)
    SELECT DISTINCT tenant, t, w.word
      FROM unnest(contents, ranks) AS f(content, rank), search_words(f.content) AS w, unnest(public.show_trgm(w.word)) AS t
      WHERE f.rank > 1 AND length(w.word) >= 3
    ON CONFLICT DO NOTHING;
  SELECT true
$$;

-- The word of the store's titles that was most likely meant; nothing when none is near.
CREATE FUNCTION search_nearest(tenant uuid, wanted text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT n.word FROM (
    SELECT s.word, count(*) AS shared FROM search_trigram AS s
      WHERE s.tenant_id = tenant AND s.trigram = ANY (public.show_trgm(wanted))
      GROUP BY s.word ORDER BY shared DESC LIMIT 20
  ) AS n
  WHERE public.similarity(n.word, wanted) >= 0.3
    AND EXISTS (SELECT FROM search_term AS t WHERE t.tenant_id = tenant AND t.term = n.word)
  ORDER BY public.similarity(n.word, wanted) DESC, n.word LIMIT 1
$$;

-- The products in which every word of a query occurs, the best first.
CREATE FUNCTION search_match(tenant uuid, words text[], stems text[], code text, max_rows integer)
RETURNS uuid[] LANGUAGE sql STABLE AS $$
  SELECT array_agg(product_id ORDER BY total DESC, product_id DESC) FROM (
    SELECT product_id, sum(best) AS total FROM (
      SELECT q.n, t.product_id, max(t.rank) AS best
        FROM unnest(words, stems) WITH ORDINALITY AS q(word, stem, n)
        JOIN search_term AS t ON t.tenant_id = tenant AND t.term = ANY (ARRAY[q.word, q.stem])
        GROUP BY q.n, t.product_id
      UNION ALL
      SELECT n, t.product_id, t.rank * 10 FROM generate_series(1, cardinality(words)) AS n, search_term AS t
        WHERE t.tenant_id = tenant AND t.term = code AND t.rank = 100
    ) AS hits
    GROUP BY product_id HAVING count(DISTINCT n) = cardinality(words)
    ORDER BY total DESC, product_id DESC LIMIT max_rows
  ) AS best
$$;

-- A query as shoppers type it. Words that no product has are replaced by the nearest there is.
CREATE FUNCTION search_products(tenant uuid, query text, max_rows integer) RETURNS uuid[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
  words text[]; stems text[]; found uuid[]; code text := lower(public.unaccent('public.unaccent', btrim(query)));
BEGIN
  SELECT array_agg(w.word), array_agg(w.stem) INTO words, stems
    FROM (SELECT DISTINCT word, stem FROM search_words(query) LIMIT 8) AS w WHERE w.stem IS NOT NULL;
  IF words IS NULL THEN RETURN '{}'; END IF;
  found := search_match(tenant, words, stems, code, max_rows);
  IF found IS NOT NULL THEN RETURN found; END IF;
  SELECT array_agg(c.word), array_agg((ts_lexize('pg_catalog.portuguese_stem', c.word))[1]) INTO words, stems FROM (
    SELECT CASE WHEN EXISTS (SELECT FROM search_term AS t WHERE t.tenant_id = tenant AND t.term IN (w.word, w.stem))
                THEN w.word ELSE coalesce(search_nearest(tenant, w.word), w.word) END AS word
      FROM unnest(words, stems) AS w(word, stem)
  ) AS c;
  RETURN coalesce(search_match(tenant, words, stems, code, max_rows), '{}');
END $$;

REVOKE EXECUTE ON FUNCTION search_words(text), search_index(uuid, uuid, text[], smallint[], text[]),
  search_nearest(uuid, text), search_match(uuid, text[], text[], text, integer),
  search_products(uuid, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_words(text), search_index(uuid, uuid, text[], smallint[], text[]),
  search_nearest(uuid, text), search_match(uuid, text[], text[], text, integer),
  search_products(uuid, text, integer) TO stores_catalog;
