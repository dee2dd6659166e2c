DROP INDEX delivery_old;
DROP INDEX provider_event_old;
DROP INDEX message_old;
DROP INDEX message_turn;
CREATE INDEX message_due ON message (due_at) WHERE state IN ('queued', 'sending', 'ambiguous');
