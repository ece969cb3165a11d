package references_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/resultlist"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// nameReads counts how often all names of a table are read.
func nameReads(t *testing.T, store *gormdb.Store) *int {
	t.Helper()
	reads := 0
	count := func(tx *gorm.DB) {
		if sql := tx.Statement.SQL.String(); strings.Contains(sql, "ORDER BY CASE WHEN status") && !strings.Contains(sql, "id IN") {
			reads++
		}
	}
	if err := store.DB().Callback().Row().After("gorm:row").Register("count", count); err != nil {
		t.Fatal(err)
	}
	return &reads
}

func addSite(t *testing.T, store *gormdb.Store, name string) {
	t.Helper()
	by := &domain.User{UserID: domain.UserID{Subject: uuid.NewString(), Issuer: "https://op.example.org/"}, RegisteredAt: time.Now()}
	site := &domain.Site{ID: uuid.New(), Name: name, Upload: domain.Upload{Uploader: by.UserID, UploadedAt: time.Now()}}
	err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
		return errors.Join(r.Users.Add(ctx, by), r.Sites.Add(ctx, site))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func alike(t *testing.T, store *gormdb.Store, name string) []ports.Named {
	t.Helper()
	found, err := store.Repos().Sites.Alike(t.Context(), &domain.Site{Name: name}, 5)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestSubmissionsDoNotReadAllNames: what one submission costs does not grow with those before it.
func TestSubmissionsDoNotReadAllNames(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		reads := nameReads(t, store)
		for i := range 20 {
			if found := alike(t, store, fmt.Sprintf("nowhere %cx", 'a'+i)); len(found) > 0 {
				t.Errorf("site %d looks like %v", i, found)
			}
			addSite(t, store, fmt.Sprintf("nowhere %cx", 'a'+i))
		}
		if found := alike(t, store, "N0where CX"); len(found) != 1 || found[0].Name != "nowhere cx" {
			t.Errorf("%v look alike", found)
		}
		if *reads != 1 {
			t.Errorf("all names were read %d times, want once", *reads)
		}
	})
}

// TestNamesOfOtherProgramsAreFound: they are read once more, but not all the time.
func TestNamesOfOtherProgramsAreFound(t *testing.T) {
	const changes = 40
	now := time.Now()
	clock := gormdb.WithLists(func(l *resultlist.Lists) {
		l.References.Now = func() time.Time { now = now.Add(time.Millisecond); return now }
	})
	for name, store := range map[string]*gormdb.Store{"postgres": storetest.Postgres(t, clock), "sqlite": storetest.SQLite(t, clock)} {
		t.Run(name, func(t *testing.T) {
			reads := nameReads(t, store)
			addSite(t, store, "CERN")
			for i := range changes {
				storetest.Execute(t, store, "UPDATE site SET name = ?", fmt.Sprintf("CERN %d", i))
				now = now.Add(time.Second)
				if found := alike(t, store, fmt.Sprintf("cern %d", i)); len(found) != 1 {
					t.Errorf("after change %d: %v look alike", i, found)
				}
			}
			*reads = 0
			for range changes {
				storetest.Execute(t, store, "UPDATE site SET name = name")
				if found := alike(t, store, "cern 39"); len(found) != 1 {
					t.Errorf("%v look alike", found)
				}
			}
			if *reads > changes/5 {
				t.Errorf("beside a program that changes names all the time they were read %d times for %d searches", *reads, changes)
			}
		})
	}
}
