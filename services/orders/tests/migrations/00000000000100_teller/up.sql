-- Nothing of its own: the foundation's outbox is all that a teller needs.
SELECT 1;
