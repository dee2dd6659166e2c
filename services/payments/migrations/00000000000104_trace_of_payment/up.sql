-- The checkout's traceparent (W3C Trace Context): 55 characters.
ALTER TABLE payment ADD COLUMN traceparent text CHECK (length(traceparent) <= 64);
