DROP TABLE review, redirect, product_property, attribute, tag;
