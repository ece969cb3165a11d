package dump

import (
	"context"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
)

// personal calls each with every row that is about a person. The rows have the form of
// Rows.
func (s *snapshot) personal(ctx context.Context, user *domain.User, each func(table string, row []byte) error) error {
	person := map[string]any{"sub": user.Subject, "iss": user.Issuer, "email": user.Email}
	for _, table := range tables.Registry {
		if table.AboutPerson == "" {
			continue
		}
		err := s.rows(ctx, table.Name, func(row []byte) error { return each(table.Name, row) }, " WHERE "+table.AboutPerson, person)
		if err != nil {
			return err
		}
	}
	return nil
}
