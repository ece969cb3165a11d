-- What are the indexed paths of a benchmark, as one JSON array?
SELECT json_group_array(json_array(id, path)) FROM result_leaf WHERE benchmark_id = ?
