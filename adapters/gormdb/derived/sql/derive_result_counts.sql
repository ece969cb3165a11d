-- What are the numbers of visible results of all benchmarks, counted again?
INSERT INTO result_count (benchmark_id, visible)
SELECT benchmark_id, count(*) FROM result WHERE NOT deleted GROUP BY benchmark_id
