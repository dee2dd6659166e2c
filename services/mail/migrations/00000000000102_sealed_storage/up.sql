-- Sealed bytes have nothing to compress: trying costs more than writing them.
ALTER TABLE message ALTER COLUMN content SET STORAGE EXTERNAL, ALTER COLUMN rendered SET STORAGE EXTERNAL;
