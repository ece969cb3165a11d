package sqlite_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// A connection keeps the statements for each number of rows compiled.
func TestManyRowsAreInsertedByStatementsWithFewValues(t *testing.T) {
	store := storetest.SQLite(t)
	var statements, most int
	err := store.DB().Callback().Create().After("gorm:create").Register("count values", func(db *gorm.DB) {
		statements, most = statements+1, max(most, len(db.Statement.Vars))
	})
	if err != nil {
		t.Fatal(err)
	}
	entries := make([]domain.AuditEntry, 60)
	for i := range entries {
		entries[i] = domain.AuditEntry{
			Event: domain.Event{ID: uuid.New(), Action: "CreateSite", Resource: domain.SiteResource, ResourceID: uuid.New()},
			Seq:   int64(i + 1), Hash: fmt.Sprintf("%064d", i),
		}
	}
	err = store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
		if _, err := r.Audit.Lock(ctx); err != nil {
			return err
		}
		return r.Audit.Append(ctx, entries)
	})
	if err != nil {
		t.Fatal(err)
	}
	if statements == 0 || most > 1000 {
		t.Errorf("%d statements with up to %d values, want at most 1,000", statements, most)
	}
	if got := storetest.Query[int](t, store, "SELECT count(*) FROM audit_entry"); got[0] != len(entries) {
		t.Errorf("%d rows, want %d", got[0], len(entries))
	}
}
