CREATE INDEX refund_of_payment ON refund (tenant_id, payment_id);
