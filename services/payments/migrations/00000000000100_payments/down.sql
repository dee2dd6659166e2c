DROP TABLE reconciliation_break;
DROP TABLE ledger_entry;
DROP TABLE webhook_event;
DROP TABLE dispute;
DROP TABLE refund;
DROP TABLE payment;
DROP TABLE order_due;
DROP TABLE account;
