DROP INDEX order_by_name;
