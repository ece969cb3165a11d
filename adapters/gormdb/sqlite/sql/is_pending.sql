-- Are changes of benchmarks pending, and how many changes of results, up to a number?
SELECT EXISTS (SELECT 1 FROM result_leaf_pending), (SELECT count(*) FROM (SELECT 1 FROM result_value_pending LIMIT ?))
