package dump

import (
	"context"
	"slices"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
)

// personal calls each with every row that is about a person. The rows have the form of
// Rows, without the columns that are sealed.
func (s *snapshot) personal(ctx context.Context, user *domain.User, each func(table string, row []byte) error) error {
	person := map[string]any{"sub": user.Subject, "iss": user.Issuer, "email": user.Email, "about": audit.AllAbout(user.UserID)}
	for _, table := range tables.Registry {
		if table.AboutPerson == "" {
			continue
		}
		columns, err := columnsOf(s.Query(ctx), table.Name)
		if err != nil {
			return s.Failed(ctx, err, "read the columns of table %s", table.Name)
		}
		columns = slices.DeleteFunc(columns, func(c column) bool { return slices.Contains(table.Sealed, c.name) })
		err = s.rowsOf(ctx, table.Name, columns, func(row []byte) error { return each(table.Name, row) }, " WHERE "+table.AboutPerson, person)
		if err != nil {
			return err
		}
	}
	return nil
}
