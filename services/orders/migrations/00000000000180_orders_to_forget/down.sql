DROP TABLE order_to_forget;
