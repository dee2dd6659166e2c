DROP FUNCTION search_products(uuid, text, integer);
DROP FUNCTION search_match(uuid, text[], text[], text, integer);
DROP FUNCTION search_nearest(uuid, text);
DROP FUNCTION search_index(uuid, uuid, text[], smallint[], text[]);
DROP FUNCTION search_words(text);
DROP TABLE search_trigram, search_term, product_card, variant_stock, store_usage, product_media,
  product_category, category, variant_price, variant, media, product;
