DROP INDEX cart_of_customer, order_of_customer;
DROP TABLE erased_address, customer_address, customer_refresh_token, customer_session, account_challenge, account;
