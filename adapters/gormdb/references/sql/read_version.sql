-- What is the version of benchmarks, sites, flavors and tags? Triggers count their changes.
SELECT CAST(coalesce(sum(changes), 0) AS bigint) FROM reference_change
