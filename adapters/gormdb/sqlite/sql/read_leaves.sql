-- What are the indexed paths of a benchmark, as one JSON array, and will others take their place?
SELECT
    (SELECT json_group_array(json_array(id, path)) FROM result_leaf WHERE benchmark_id = @benchmark) AS paths,
    EXISTS (SELECT 1 FROM result_leaf_pending WHERE benchmark_id = @benchmark) AS change
