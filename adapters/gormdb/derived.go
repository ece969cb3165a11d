package gormdb

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// derivation is something that triggers derive from the results.
type derivation struct {
	// what it is, for people.
	what string
	// wrong counts the differences from the results.
	wrong string
	// repair are statements that derive it anew, while nobody writes results.
	repair []string
}

var totals = derivation{
	what: "benchmarks whose total of results is wrong",
	wrong: `SELECT count(*) FROM (
		SELECT benchmark_id FROM (
			SELECT benchmark_id, visible FROM result_count
			UNION ALL SELECT benchmark_id, -count(*) FROM result WHERE NOT deleted GROUP BY benchmark_id
		) AS parts GROUP BY benchmark_id HAVING sum(visible) <> 0) AS differences`,
	repair: []string{
		`DELETE FROM result_count`,
		`INSERT INTO result_count (benchmark_id, visible) SELECT benchmark_id, count(*) FROM result WHERE NOT deleted GROUP BY benchmark_id`,
	},
}

// Difference is how far something that is derived from the results is from what
// they say.
type Difference struct {
	// What is counted.
	What  string
	Count int
}

// CheckDerived compares what triggers derive from the results with the results.
// There are differences only where somebody wrote without triggers.
func (s *Store) CheckDerived(ctx context.Context) (differences []Difference, err error) {
	in := session{store: s, db: s.db}
	err = in.snapshot(ctx, func(in session) error {
		for _, d := range s.derivations() {
			difference := Difference{What: d.what}
			if err := in.query(ctx).Raw(d.wrong).Scan(&difference.Count).Error; err != nil {
				return fmt.Errorf("count %s: %w", d.what, err)
			}
			differences = append(differences, difference)
		}
		return nil
	})
	return differences, in.failed(ctx, err, "check what is derived from results")
}

// RepairDerived derives everything anew. Uploads wait meanwhile.
func (s *Store) RepairDerived(ctx context.Context) error {
	in := session{store: s, db: s.db}
	err := in.query(ctx).Transaction(func(tx *gorm.DB) error {
		statements := s.dialect.StopWriters("result")
		for _, d := range s.derivations() {
			statements = append(statements, d.repair...)
		}
		for _, statement := range statements {
			if err := tx.Exec(statement).Error; err != nil {
				return err
			}
		}
		return nil
	})
	return in.failed(ctx, err, "derive anew what follows from results")
}

func (s *Store) derivations() []derivation { return []derivation{totals} }
