package gormdb

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/core/domain"
)

// Derivation is something that triggers derive from the results.
type Derivation struct {
	// What is counted where it is wrong, for people.
	What string
	// Wrong counts the differences from the results.
	Wrong string
	// Repair are statements that derive it anew, while nobody writes results or
	// benchmarks.
	Repair []string
	// Tidy is for afterwards, outside of transactions; empty for nothing.
	Tidy string
}

var totals = Derivation{
	What: "benchmarks whose total of results is wrong",
	Wrong: `SELECT count(*) FROM (
		SELECT benchmark_id FROM (
			SELECT benchmark_id, visible FROM result_count
			UNION ALL SELECT benchmark_id, -count(*) FROM result WHERE NOT deleted GROUP BY benchmark_id
		) AS parts GROUP BY benchmark_id HAVING sum(visible) <> 0) AS differences`,
	Repair: []string{
		`DELETE FROM result_count`,
		`INSERT INTO result_count (benchmark_id, visible) SELECT benchmark_id, count(*) FROM result WHERE NOT deleted GROUP BY benchmark_id`,
	},
}

func (s *Store) derivations() []Derivation {
	if values := s.dialect.Values(); values != nil {
		return append([]Derivation{totals}, values.Derivations()...)
	}
	return []Derivation{totals}
}

// CheckDerived compares what triggers derive from the results with the results.
// There are differences only where somebody wrote without triggers.
func (s *Store) CheckDerived(ctx context.Context) (differences []domain.Difference, err error) {
	in := session{store: s, db: s.db}
	err = in.snapshot(ctx, func(in session) error {
		for _, d := range s.derivations() {
			difference := domain.Difference{What: d.What}
			if err := in.query(ctx).Raw(d.Wrong).Scan(&difference.Count).Error; err != nil {
				return fmt.Errorf("count %s: %w", d.What, err)
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
		statements := s.dialect.StopWriters("benchmark", "result")
		for _, d := range s.derivations() {
			statements = append(statements, d.Repair...)
		}
		for _, statement := range statements {
			if err := tx.Exec(statement).Error; err != nil {
				return err
			}
		}
		return nil
	})
	for _, d := range s.derivations() {
		if err == nil && d.Tidy != "" {
			err = in.query(ctx).Exec(d.Tidy).Error
		}
	}
	return in.failed(ctx, err, "derive anew what follows from results")
}
