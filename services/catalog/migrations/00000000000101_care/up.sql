-- Images that nobody needs are found and collected. A media row is
--   waiting    an address to upload to was given
--   ready      published
--   duplicate  the same content is the image same_as; kept for a day, so that the question can be repeated
--   leaving    its files are being removed; nobody may use it any more
ALTER TABLE media
  DROP CONSTRAINT media_state_check,
  ADD CONSTRAINT media_state_check CHECK (state IN ('waiting', 'ready', 'duplicate', 'leaving')),
  ADD COLUMN same_as uuid,
  -- Since when a ready image belongs to no product; null while it belongs to one.
  ADD COLUMN unused_since timestamptz,
  ADD CONSTRAINT media_same_as CHECK ((same_as IS NOT NULL) = (state = 'duplicate'));
CREATE INDEX media_unsettled ON media (tenant_id, created_at) WHERE state <> 'ready';
CREATE INDEX media_unused ON media (tenant_id, unused_since) WHERE unused_since IS NOT NULL;

-- What stands in a category's list: the products on sale of the category itself and of those below it, with
-- what lists are sorted by. One range of one index is one page, however large or small the category is.
CREATE TABLE category_card (
  tenant_id   uuid        NOT NULL,
  category_id uuid        NOT NULL,
  product_id  uuid        NOT NULL,
  title_key   text        NOT NULL,
  price_minor bigint      NOT NULL,
  created_at  timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, product_id, category_id),
  FOREIGN KEY (tenant_id, product_id) REFERENCES product_card (tenant_id, product_id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, category_id) REFERENCES category (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX category_card_newest ON category_card (tenant_id, category_id, created_at DESC, product_id DESC);
CREATE INDEX category_card_price ON category_card (tenant_id, category_id, price_minor, product_id);
CREATE INDEX category_card_title ON category_card (tenant_id, category_id, title_key, product_id);
SELECT stores_protect('category_card');

-- Writes anew in which categories' lists products stand.
CREATE FUNCTION shelve(tenant uuid, products uuid[]) RETURNS boolean LANGUAGE sql AS $$
  DELETE FROM category_card WHERE tenant_id = tenant AND product_id = ANY (products);
  WITH RECURSIVE place (product_id, category_id) AS (
    SELECT product_id, category_id FROM product_category
      WHERE tenant_id = tenant AND product_id = ANY (products)
    UNION
    SELECT p.product_id, c.parent_id FROM place AS p JOIN category AS c ON c.tenant_id = tenant AND c.id = p.category_id
      WHERE c.parent_id IS NOT NULL
  )
  INSERT INTO category_card (tenant_id, category_id, product_id, title_key, price_minor, created_at)
    SELECT tenant, p.category_id, p.product_id, c.title_key, c.price_minor, c.created_at
      FROM place AS p JOIN product_card AS c ON c.tenant_id = tenant AND c.product_id = p.product_id;
  SELECT true
$$;

-- What is there already. Nobody sees the rows of all stores but the owner, and only while the policies do not
-- bind the owner too.
ALTER TABLE media NO FORCE ROW LEVEL SECURITY;
ALTER TABLE product_media NO FORCE ROW LEVEL SECURITY;
ALTER TABLE category NO FORCE ROW LEVEL SECURITY;
ALTER TABLE product_category NO FORCE ROW LEVEL SECURITY;
ALTER TABLE product_card NO FORCE ROW LEVEL SECURITY;
ALTER TABLE category_card NO FORCE ROW LEVEL SECURITY;
UPDATE media AS m SET unused_since = now() WHERE m.state = 'ready'
  AND NOT EXISTS (SELECT FROM product_media AS p WHERE p.tenant_id = m.tenant_id AND p.media_id = m.id);
SELECT shelve(tenant_id, array_agg(product_id)) FROM product_category GROUP BY tenant_id;
ALTER TABLE media FORCE ROW LEVEL SECURITY;
ALTER TABLE product_media FORCE ROW LEVEL SECURITY;
ALTER TABLE category FORCE ROW LEVEL SECURITY;
ALTER TABLE product_category FORCE ROW LEVEL SECURITY;
ALTER TABLE product_card FORCE ROW LEVEL SECURITY;
ALTER TABLE category_card FORCE ROW LEVEL SECURITY;

-- Beginnings of words are looked up as ranges, which an index serves in the order of bytes only.
ALTER TABLE search_term ALTER COLUMN term TYPE text COLLATE "C";

-- A text as it is compared: without case and accents.
CREATE FUNCTION search_plain(content text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT lower(public.unaccent('public.unaccent', content))
$$;

-- The products in which a query's words occur, at least required of them, the best first. The last word is
-- found by its start too when there is one: somebody is still typing it. What is whole counts for four times
-- as much. A code of several parts is found as a whole and by its beginning.
CREATE FUNCTION search_rank(tenant uuid, words text[], stems text[], start text, code text, required integer, max_rows integer)
RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (
  SELECT array_agg(product_id ORDER BY total DESC, product_id DESC) FROM (
    SELECT product_id, sum(worth) AS total FROM (
      SELECT n, product_id, max(worth) AS worth FROM (
        SELECT q.n, t.product_id, t.rank * 4 AS worth
          FROM unnest(stems) WITH ORDINALITY AS q(stem, n)
          JOIN search_term AS t ON t.tenant_id = tenant AND t.term = q.stem
        UNION ALL
        SELECT q.n, t.product_id, t.rank * 4
          FROM unnest(words, stems) WITH ORDINALITY AS q(word, stem, n)
          JOIN search_term AS t ON t.tenant_id = tenant AND t.term = q.word
          WHERE q.word <> q.stem AND t.rank = 100
        UNION ALL
        (SELECT cardinality(words), t.product_id, t.rank::integer FROM search_term AS t
          WHERE t.tenant_id = tenant AND t.term > start AND t.term < start || U&'\+10FFFF' LIMIT 2000)
        UNION ALL
        (SELECT n, t.product_id, t.rank * (CASE WHEN t.term = code THEN 40 ELSE 4 END)
          FROM generate_series(1, cardinality(words)) AS n, search_term AS t
          WHERE t.tenant_id = tenant AND t.term >= code AND t.term < code || U&'\+10FFFF' AND t.rank = 100 LIMIT 2000)
      ) AS found GROUP BY n, product_id
    ) AS hits
    GROUP BY product_id HAVING count(*) >= required
    ORDER BY total DESC, product_id DESC LIMIT max_rows
  ) AS best
); END $$;

-- A query as shoppers type it: accents and endings do not matter, the last word may be unfinished unless a
-- space follows it, and a word that no product has is replaced by the nearest there is.
CREATE FUNCTION search_shelf(tenant uuid, query text, max_rows integer) RETURNS uuid[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
  plain text := search_plain(query);
  code text := CASE WHEN btrim(plain) ~ '[^[:alnum:]]' THEN btrim(plain) END;
  start text := substring(plain FROM '[[:alnum:]]+$');
  words text[]; stems text[]; last text; required integer; found uuid[];
BEGIN
  SELECT array_agg(w.word ORDER BY w.at), array_agg(w.stem ORDER BY w.at) INTO words, stems FROM (
    SELECT s.word, s.stem, max(s.at) AS at FROM search_words(query) WITH ORDINALITY AS s(word, stem, at)
      WHERE s.stem IS NOT NULL GROUP BY s.word, s.stem ORDER BY at DESC LIMIT 8
  ) AS w;
  IF words IS NULL THEN RETURN '{}'; END IF;
  last := words[cardinality(words)];
  required := cardinality(words);
  -- One letter is the start of too much: beside other words it decides about the order only.
  IF start IS DISTINCT FROM last THEN start := NULL;
  ELSIF length(start) = 1 AND required > 1 THEN
    start := NULL;
    required := required - 1;
  END IF;
  found := search_rank(tenant, words, stems, start, code, required, max_rows);
  IF found IS NOT NULL THEN RETURN found; END IF;
  SELECT array_agg(c.word ORDER BY c.n), array_agg((ts_lexize('pg_catalog.portuguese_stem', c.word))[1] ORDER BY c.n)
    INTO words, stems FROM (
    SELECT w.n, CASE WHEN EXISTS (SELECT FROM search_term AS t WHERE t.tenant_id = tenant AND t.term IN (w.word, w.stem))
      OR w.word = start AND EXISTS (SELECT FROM search_term AS t
        WHERE t.tenant_id = tenant AND t.term > start AND t.term < start || U&'\+10FFFF')
      THEN w.word ELSE coalesce(search_nearest(tenant, w.word), w.word) END AS word
    FROM unnest(words, stems) WITH ORDINALITY AS w(word, stem, n)
  ) AS c;
  IF words[cardinality(words)] IS DISTINCT FROM start THEN start := NULL; END IF;
  RETURN coalesce(search_rank(tenant, words, stems, start, code, required, max_rows), '{}');
END $$;

REVOKE EXECUTE ON FUNCTION shelve(uuid, uuid[]), search_plain(text), search_shelf(uuid, text, integer),
  search_rank(uuid, text[], text[], text, text, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shelve(uuid, uuid[]), search_plain(text), search_shelf(uuid, text, integer),
  search_rank(uuid, text[], text[], text, text, integer, integer) TO stores_catalog;
