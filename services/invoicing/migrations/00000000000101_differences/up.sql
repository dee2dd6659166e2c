-- What the provider's document comes to while it is not what was paid.
ALTER TABLE document ADD COLUMN provider_minor bigint;
