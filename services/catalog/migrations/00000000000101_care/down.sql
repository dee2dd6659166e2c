DROP FUNCTION search_shelf(uuid, text, integer);
DROP FUNCTION search_rank(uuid, text[], text[], text, text, integer, integer);
DROP FUNCTION search_plain(text);
DROP FUNCTION shelve(uuid, uuid[]);
ALTER TABLE search_term ALTER COLUMN term TYPE text COLLATE "default";
DROP TABLE category_card;
DROP INDEX media_unused, media_unsettled;
DELETE FROM media WHERE state IN ('duplicate', 'leaving');
ALTER TABLE media
  DROP CONSTRAINT media_same_as,
  DROP CONSTRAINT media_state_check,
  ADD CONSTRAINT media_state_check CHECK (state IN ('waiting', 'ready')),
  DROP COLUMN unused_since,
  DROP COLUMN same_as;
