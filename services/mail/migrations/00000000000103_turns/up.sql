-- Whose turn it is, and what is old enough to be forgotten, are found without reading what others wait for.
DROP INDEX message_due;
CREATE INDEX message_turn ON message (tenant_id, priority, due_at)
  WHERE state IN ('queued', 'sending', 'ambiguous');
CREATE INDEX message_old ON message (created_at) WHERE address IS NOT NULL;
CREATE INDEX provider_event_old ON provider_event (received_at) WHERE state <> 'received';
CREATE INDEX delivery_old ON delivery (created_at) WHERE state <> 'pending';
