-- As it went, so it comes back.
SELECT 1;
