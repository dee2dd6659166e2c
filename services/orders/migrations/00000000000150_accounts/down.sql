DROP TABLE erased_address, customer_address, customer_refresh_token, customer_session, account_challenge, account;
