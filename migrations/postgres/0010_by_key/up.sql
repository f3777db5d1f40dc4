-- PostgreSQL keeps rows where it put them: there is nothing to do.
SELECT 1;
