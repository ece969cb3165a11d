-- What are the metrics of a benchmark that values are derived from, as one JSON array?
SELECT json_group_array(json_array(id, value, samples, resource, label)) FROM metric_path WHERE benchmark_id = ?
