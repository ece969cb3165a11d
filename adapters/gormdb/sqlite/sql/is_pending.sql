-- Are changes of benchmarks pending, and changes of results?
SELECT EXISTS (SELECT 1 FROM result_leaf_pending), EXISTS (SELECT 1 FROM result_value_pending)
