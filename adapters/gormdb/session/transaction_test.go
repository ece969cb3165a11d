package session_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// refuseTags makes the database refuse the first units of work that add a tag, a number of times.
func refuseTags(t *testing.T, store *gormdb.Store, code, times string) {
	t.Helper()
	storetest.ExecuteAll(t, store, `CREATE SEQUENCE attempt`, `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		IF nextval('attempt') <= `+times+` THEN RAISE EXCEPTION 'refused' USING ERRCODE = '`+code+`'; END IF;
		RETURN NEW; END $$`, `CREATE TRIGGER refuse BEFORE INSERT ON tag FOR EACH ROW EXECUTE FUNCTION refuse()`)
}

func TestUnitOfWorkIsTriedAgainAfterAConflict(t *testing.T) {
	mine := errors.New("this went wrong")
	keep := func(err error) error { return err }
	for _, c := range []struct {
		name, code, times string
		// answer returns the error of the unit of work for an error of the database.
		answer    func(error) error
		wantTries int
		wantDone  bool
	}{
		{"serialization failure", "40001", "2", keep, 3, true},
		{"deadlock", "40P01", "4", keep, 5, true},
		{"deadlock that is called something else", "40P01", "1", func(err error) error {
			if err != nil {
				return mine
			}
			return nil
		}, 2, true},
		{"deadlock that is not minded", "40P01", "1", func(error) error { return nil }, 2, true},
		{"deadlocks without end", "40P01", "99", keep, 5, false},
		{"another refusal", "23514", "1", keep, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			woken := 0
			store := storetest.Postgres(t, gormdb.OnMail(func() { woken++ }))
			refuseTags(t, store, c.code, c.times)
			tries := 0
			err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
				tries++
				if err := r.Outbox.Enqueue(ctx, &domain.OutgoingMail{ID: uuid.New(), Mail: domain.Mail{Subject: "once"}}); err != nil {
					return err
				}
				return c.answer(r.Tags.Add(ctx, &domain.Tag{ID: uuid.New(), Name: "tag"}))
			})
			mails, listErr := store.Repos().Outbox.List(t.Context())
			wantMails := map[bool]int{true: 1}[c.wantDone]
			if (err == nil) != c.wantDone || tries != c.wantTries || len(mails) != wantMails || woken != wantMails || listErr != nil {
				t.Errorf("got %v after %d tries, %d mails (%v), woken %d times; want it done: %v after %d, %d mails",
					err, tries, len(mails), listErr, woken, c.wantDone, c.wantTries, wantMails)
			}
		})
	}
}

func TestCancelledUnitOfWorkIsNotTriedAgain(t *testing.T) {
	store := storetest.Postgres(t)
	refuseTags(t, store, "40001", "99")
	ctx, cancel := context.WithCancel(t.Context())
	tries := 0
	err := store.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		tries++
		defer cancel()
		return r.Tags.Add(ctx, &domain.Tag{ID: uuid.New(), Name: "tag"})
	})
	if !errors.Is(err, context.Canceled) || tries != 1 {
		t.Errorf("got %v after %d tries, want %v after one", err, tries, context.Canceled)
	}
}

func TestDeadlockEndsForBothUnitsOfWork(t *testing.T) {
	store := storetest.Postgres(t)
	var ids [2]uuid.UUID
	for i := range ids {
		ids[i] = uuid.New()
		if err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
			return r.Tags.Add(ctx, &domain.Tag{ID: ids[i], Name: ids[i].String()})
		}); err != nil {
			t.Fatal(err)
		}
	}
	var both, all sync.WaitGroup
	both.Add(len(ids))
	for i := range ids {
		all.Go(func() {
			first := true
			err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
				if err := r.Tags.Update(ctx, &domain.Tag{ID: ids[i], Name: strings.Repeat("a", i+1)}); err != nil {
					return err
				}
				if first {
					first = false
					both.Done()
					both.Wait()
				}
				return r.Tags.Update(ctx, &domain.Tag{ID: ids[1-i], Name: strings.Repeat("b", i+1)})
			})
			if err != nil {
				t.Errorf("one of two who wait for each other: %v", err)
			}
		})
	}
	all.Wait()
}

func TestUnitOfWorkIsTriedAgainWhenSQLiteIsBusy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	store := storetest.WithTables(t, storetest.OpenFile(t, path))
	other := storetest.OpenFile(t, path)
	pool, err := other.Writer().DB()
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(1)
	if err := other.Writer().Exec("PRAGMA busy_timeout = 500").Error; err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	err = store.Do(t.Context(), func(context.Context, ports.Repos) error {
		go func() { done <- addTag(t.Context(), other) }()
		for pool.Stats().InUse == 0 { // until the other one is at the database
			time.Sleep(time.Millisecond)
		}
		time.Sleep(600 * time.Millisecond) // longer than its busy_timeout
		return nil
	})
	if err := errors.Join(err, <-done); err != nil {
		t.Errorf("write when another has written: %v", err)
	}
}

// SQLite keeps a transaction that could not be committed; the driver takes it for ended.
func TestFailedCommitLeavesTheConnectionUsable(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		claimant := &domain.User{UserID: domain.UserID{Subject: "sub", Issuer: "iss"}}
		if err := store.Repos().Users.Add(t.Context(), claimant); err != nil {
			t.Fatal(err)
		}
		pool, err := store.Writer().DB()
		if err != nil {
			t.Fatal(err)
		}
		pool.SetMaxOpenConns(1)
		for range 2 {
			id := uuid.New()
			err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
				return r.Claims.Add(ctx, &domain.Claim{ID: id, ResultID: uuid.New(), Uploader: claimant})
			})
			if _, ok := errors.AsType[*ports.ReferenceError](err); !ok {
				t.Errorf("claim of a result that does not exist: got %v, want a ReferenceError", err)
			}
			if err := addTag(t.Context(), store); err != nil {
				t.Errorf("after a commit that failed: %v", err)
			}
			var left int64
			if err := store.DB().Table("claim").Count(&left).Error; err != nil || left != 0 {
				t.Errorf("%d claims are left (%v), want none", left, err)
			}
		}
	})
}
