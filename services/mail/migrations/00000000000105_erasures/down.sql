DROP TABLE message_to_forget, erased_order;
