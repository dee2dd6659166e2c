DROP TABLE imported_setting, coupon, past_order, customer;
