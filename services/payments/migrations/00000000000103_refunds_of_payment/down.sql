DROP INDEX refund_of_payment;
