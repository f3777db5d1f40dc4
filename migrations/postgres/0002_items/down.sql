DROP TABLE stock_levels;
DROP TABLE product_images;
DROP TABLE products;
DROP TABLE warehouses;
DROP TABLE uoms;
DROP TABLE item_types;
DROP TABLE brands;
DROP TABLE categories;
