DROP TABLE product_heard;
