DROP TABLE product_variants;
DROP INDEX product_images_one_primary;
ALTER TABLE product_images DROP COLUMN file;
