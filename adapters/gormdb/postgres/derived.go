package postgres

import "github.com/eosc-perf/backend/adapters/gormdb"

const (
	leavesOfSchemas = `SELECT b.id, path FROM benchmark AS b, LATERAL (
		SELECT path FROM result_leaf_paths(b.json_schema) AS path GROUP BY path ORDER BY path COLLATE "C" LIMIT 100) AS paths`
	valuesOfResults = `SELECT r.id, v.* FROM result AS r, LATERAL result_values(r.json, r.benchmark_id) AS v WHERE NOT r.deleted`
)

// Derivations implements gormdb.Values.
func (values) Derivations() []gormdb.Derivation {
	return []gormdb.Derivation{
		{
			What: "leaves that are not those of the schemas",
			Wrong: `SELECT count(*) FROM (
				(SELECT benchmark_id, path FROM result_leaf EXCEPT ` + leavesOfSchemas + `)
				UNION ALL (` + leavesOfSchemas + ` EXCEPT SELECT benchmark_id, path FROM result_leaf)) AS differences`,
			Repair: []string{
				`DELETE FROM result_leaf`,
				`INSERT INTO result_leaf (benchmark_id, path, filled) SELECT id, path, true FROM (` + leavesOfSchemas + `) AS leaves`,
			},
		},
		{
			What: "values that are not those of the results",
			Wrong: `SELECT count(*) FROM (
				(SELECT result_id, leaf, kind, exact, number, txt FROM result_value WHERE leaf IN (SELECT id FROM result_leaf) EXCEPT ALL ` + valuesOfResults + `)
				UNION ALL (` + valuesOfResults + ` AND leaf IN (SELECT id FROM result_leaf WHERE filled)
					EXCEPT ALL SELECT result_id, leaf, kind, exact, number, txt FROM result_value)) AS differences`,
			Repair: []string{rewriteValues},
			Tidy:   `VACUUM (ANALYZE) result_value`,
		},
	}
}

// rewriteValues builds the indexes after the rows are there, which takes a third of
// the time.
const rewriteValues = `DO $block$
DECLARE
	key CONSTANT text := pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'result_value'::regclass AND contype = 'p';
	index CONSTANT text := pg_get_indexdef('result_value_idx'::regclass);
BEGIN
	TRUNCATE result_value;
	ALTER TABLE result_value DROP CONSTRAINT result_value_pkey;
	DROP INDEX result_value_idx;
	INSERT INTO result_value (result_id, leaf, kind, exact, number, txt) ` + valuesOfResults + `;
	EXECUTE 'ALTER TABLE result_value ADD CONSTRAINT result_value_pkey ' || key;
	EXECUTE index;
END
$block$`
