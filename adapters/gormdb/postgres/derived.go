package postgres

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// derivedTables implements session.Derived for the value index.
type derivedTables struct{}

const (
	leavesOfSchemas = `SELECT b.id, path FROM benchmark AS b, LATERAL (
		SELECT path FROM result_leaf_paths(b.json_schema) AS path GROUP BY path ORDER BY path COLLATE "C" LIMIT 100) AS paths`
	valuesOfResults = `SELECT r.id, v.* FROM result AS r, LATERAL result_values(r.json, r.benchmark_id) AS v WHERE NOT r.deleted`
)

// Derivations implements session.Derived.
func (derivedTables) Derivations() []session.Derivation {
	return []session.Derivation{
		{
			Table: "result_leaf", Differences: "leaves that are not those of the schemas",
			Count: `SELECT count(*) FROM (
				(SELECT benchmark_id, path FROM result_leaf EXCEPT ` + leavesOfSchemas + `)
				UNION ALL (` + leavesOfSchemas + ` EXCEPT SELECT benchmark_id, path FROM result_leaf)) AS differences`,
			Repair: []string{
				`DELETE FROM result_leaf`,
				`INSERT INTO result_leaf (benchmark_id, path, filled) SELECT id, path, true FROM (` + leavesOfSchemas + `) AS leaves`,
			},
		},
		{
			Table: "result_value", Differences: "values that are not those of the results",
			Count: `SELECT count(*) FROM (
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

// backfillLock is the key of the advisory lock of the program that fills: "perffill" in ASCII.
const backfillLock int64 = 0x7065726666696c6c

// Backfill implements session.Derived.
func (derivedTables) Backfill(connection *gorm.DB) (err error) {
	var mustFill bool
	err = connection.Raw("SELECT EXISTS (SELECT FROM result_leaf WHERE NOT filled) AND pg_try_advisory_lock(?)", backfillLock).Scan(&mustFill).Error
	if err != nil || !mustFill {
		return err
	}
	// The connection returns to the pool as it was, also after an interruption. A broken
	// connection is closed.
	after := connection.WithContext(context.WithoutCancel(connection.Statement.Context))
	defer func() {
		err = errors.Join(err, after.Exec("RESET statement_timeout").Error, after.Exec("SELECT pg_advisory_unlock(?)", backfillLock).Error)
	}()
	if err := connection.Exec("SET statement_timeout = 0").Error; err != nil {
		return err
	}
	return connection.Exec("CALL result_value_fill()").Error
}
