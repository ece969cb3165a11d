-- Is there room on the disk? The rows take two megabytes, and work_mem is smaller.
SELECT count(*) FROM (SELECT n FROM generate_series(1, 60000) AS n ORDER BY - n OFFSET 0) AS sorted
