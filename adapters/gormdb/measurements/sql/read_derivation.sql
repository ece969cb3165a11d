-- How many of the visible results of a benchmark have derived values of a metric, and has it all?
SELECT
    EXISTS (SELECT 1 FROM metric_path WHERE benchmark_id = @benchmark AND spec = @spec AND filled) AS filled,
    (
        SELECT count(*)
        FROM result_metric
        WHERE metric IN (SELECT id FROM metric_path WHERE benchmark_id = @benchmark AND spec = @spec AND NOT filled)
    ) AS done,
    (SELECT CAST(coalesce(sum(visible), 0) AS bigint) FROM result_count WHERE benchmark_id = @benchmark) AS total
