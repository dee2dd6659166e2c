DROP TABLE series_lease;
DROP TABLE book_check;
DROP TABLE document;
DROP TABLE refund;
DROP TABLE paid_order;
DROP TABLE settings;
DROP TABLE connection_attempt;
DROP TABLE connection;
