package gormdb

import (
	"context"

	"gorm.io/gorm"
)

// FillValues writes the values that a schema names since it was changed, for the
// results that were there before: until then their documents are read instead. Of
// several programs one does it. It may be interrupted, and returns at once if there
// is nothing to do.
func (s *Store) FillValues(ctx context.Context) error {
	values := s.dialect.Values()
	if values == nil {
		return nil
	}
	err := s.db.WithContext(ctx).Connection(func(connection *gorm.DB) error { return values.Fill(connection) })
	return wrap(s.translate(ctx, err), "fill the values of results")
}
