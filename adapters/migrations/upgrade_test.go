package migrations

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/core/domain"
)

// extended are the embedded revisions and more.
func extended(t *testing.T, dialect string, files ...string) []Revision {
	t.Helper()
	revisions, err := Load(dialect, directory(files...))
	if err != nil {
		t.Fatalf("load with more revisions: %v", err)
	}
	return revisions
}

func TestUpgradeRunsEveryRevisionOnce(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		db, revisions := s.open(t), load(t, s.dialect)
		if got := pending(t, db, revisions); !slices.Equal(got, embeddedIDs) {
			t.Errorf("pending in an empty database: %v, want %v", got, embeddedIDs)
		}
		if got := upgrade(t, db, revisions); !slices.Equal(got, embeddedIDs) {
			t.Errorf("first upgrade ran %v, want %v", got, embeddedIDs)
		}
		if got := upgrade(t, db, revisions); len(got) != 0 {
			t.Errorf("second upgrade ran %v, want nothing", got)
		}
		if got := pending(t, db, revisions); len(got) != 0 {
			t.Errorf("pending after the upgrade: %v, want nothing", got)
		}
		more := extended(t, s.dialect, file(idA, headRevision, 1, "CREATE TABLE more (id int)"))
		if got := upgrade(t, db, more); !slices.Equal(got, []string{idA}) {
			t.Errorf("upgrade with one more revision ran %v, want %v", got, idA)
		}
	})
}

func TestOfManyProgramsAtOnceOneRunsEachRevision(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		const programs = 8
		revisions := load(t, s.dialect)
		var handles []*gorm.DB
		for range programs {
			handles = append(handles, s.open(t))
		}
		var all []string
		var mutex sync.Mutex
		var group sync.WaitGroup
		for _, db := range handles {
			group.Go(func() {
				ran, err := schemaOf(db, revisions).Upgrade(t.Context(), Head, Options{})
				if err != nil {
					t.Errorf("upgrade: %v", err)
				}
				mutex.Lock()
				defer mutex.Unlock()
				all = append(all, ran...)
			})
		}
		group.Wait()
		if !slices.Equal(all, embeddedIDs) {
			t.Errorf("%d programs together ran %v, want %v", programs, all, embeddedIDs)
		}
	})
}

func TestFailedRevisionLeavesNothing(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		db := s.open(t)
		upgrade(t, db, load(t, s.dialect))
		revisions := extended(t, s.dialect,
			file(idA, headRevision, 1, "CREATE TABLE a (id int)"),
			file(idB, idA, 2, "CREATE TABLE b (id int);\n-- +statement\nINSERT INTO nowhere VALUES (1);"))
		ran, err := schemaOf(db, revisions).Upgrade(t.Context(), Head, Options{})
		if err == nil || !strings.Contains(err.Error(), "upgrade to revision "+idB) {
			t.Errorf("upgrade gave the error %v, want one that names revision %s", err, idB)
		}
		wantRan := map[string][]string{postgres: {idA}, sqlite: nil}[s.dialect]
		if !slices.Equal(ran, wantRan) {
			t.Errorf("ran %v, want %v", ran, wantRan)
		}
		wantPending := slices.DeleteFunc([]string{idA, idB}, func(id string) bool { return slices.Contains(wantRan, id) })
		if got := pending(t, db, revisions); !slices.Equal(got, wantPending) {
			t.Errorf("pending %v, want %v", got, wantPending)
		}
		for table, want := range map[string]bool{"a": len(wantRan) == 1, "b": false} {
			if got, err := hasTable(db, table); err != nil || got != want {
				t.Errorf("table %s is there: %t (%v), want %t", table, got, err, want)
			}
		}
	})
}

// The build of an index outside of a transaction can leave an invalid one.
func TestRevisionWithoutTransactionRunsAgainAfterAFailure(t *testing.T) {
	s := newServer(t, postgres)
	db, revisions := s.open(t), load(t, postgres)
	upgrade(t, db, revisions[:2])
	execute(t, db, "CREATE INDEX result_execution_idx ON result (execution_datetime)")
	execute(t, db, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'result_execution_idx'::regclass")
	upgrade(t, db, revisions)
	invalid := query[string](t, db, "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
	definition := query[string](t, db, "SELECT pg_get_indexdef('result_execution_idx'::regclass)")
	if len(invalid) > 0 || !strings.Contains(definition[0], "(execution_datetime, id) WHERE (NOT deleted)") {
		t.Errorf("invalid indexes: %v, want none; definition: %s", invalid, definition[0])
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		for name, c := range map[string]struct {
			options []string
			served  bool
		}{
			"one that says nothing":         {nil, false},
			"one that is not compatible":    {[]string{"-- compatible: no"}, false},
			"one that older ones live with": {[]string{"-- compatible: yes"}, true},
		} {
			t.Run(name, func(t *testing.T) {
				db, revisions := newServer(t, s.dialect).open(t), load(t, s.dialect)
				upgrade(t, db, extended(t, s.dialect, file(idA, headRevision, 1, "", c.options...)))
				state := inspected(t, db, revisions)
				if served := state.Newer() == nil; served != c.served || !slices.Equal(state.Unknown, []string{idA}) {
					t.Errorf("served %t with the unknown %v (%v), want %t with %s", served, state.Unknown, state.Newer(), c.served, idA)
				}
				ran, upgradeErr := schemaOf(db, revisions).Upgrade(t.Context(), Head, Options{})
				if c.served && (upgradeErr != nil || len(ran) > 0) {
					t.Errorf("upgrade ran %v (%v), want nothing", ran, upgradeErr)
				}
				_, downgradeErr := schemaOf(db, revisions).Downgrade(t.Context(), tablesRevision, Options{})
				stampErr := schemaOf(db, revisions).Stamp(t.Context(), tablesRevision, Options{})
				refused := map[string]error{"downgrade": downgradeErr, "stamp": stampErr}
				if !c.served {
					refused["newer"], refused["upgrade"] = state.Newer(), upgradeErr
				}
				for action, err := range refused {
					if !errors.Is(err, domain.ErrUnknownRevision) || !strings.Contains(err.Error(), idA) {
						t.Errorf("%s: error %v, want ErrUnknownRevision with %s", action, err, idA)
					}
				}
			})
		}
	})
}

// With something to do, what is unknown might be in its way.
func TestUpgradeBesideUnknownRevisionsIsRefused(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		db := s.open(t)
		upgrade(t, db, extended(t, s.dialect, file(idA, headRevision, 1, "", "-- compatible: yes")))
		ran, err := schemaOf(db, extended(t, s.dialect, file(idB, headRevision, 2, ""))).Upgrade(t.Context(), Head, Options{})
		if !errors.Is(err, domain.ErrUnknownRevision) || len(ran) > 0 {
			t.Errorf("upgrade ran %v (%v), want ErrUnknownRevision", ran, err)
		}
	})
}

// Tables of before the column that says what is compatible get it.
func TestRevisionTableOfBeforeLearnsWhatIsCompatible(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		db, revisions := s.open(t), load(t, s.dialect)
		upgrade(t, db, revisions[:3])
		execute(t, db, "ALTER TABLE schema_revision DROP COLUMN compatible")
		if got, want := pending(t, db, revisions), embeddedIDs[3:]; !slices.Equal(got, want) {
			t.Errorf("pending %v, want %v", got, want)
		}
		upgrade(t, db, revisions)
		got := query[string](t, db, "SELECT id FROM schema_revision WHERE compatible ORDER BY id")
		if want := slices.Sorted(slices.Values(embeddedIDs[2:])); !slices.Equal(got, want) {
			t.Errorf("compatible are %v, want %v", got, want)
		}
	})
}

func TestSeveralHeadsAreRefused(t *testing.T) {
	s := newServer(t, sqlite)
	db := s.open(t)
	revisions := extended(t, s.dialect, file(idA, headRevision, 1, ""), file(idB, headRevision, 2, ""))
	_, err := schemaOf(db, revisions).Upgrade(t.Context(), Head, Options{})
	if err == nil || !strings.Contains(err.Error(), "several heads (aaaaaaaaaaaa, bbbbbbbbbbbb): write one that joins them") {
		t.Errorf("upgrade gave the error %v, want one that names both heads", err)
	}
	merged := extended(t, s.dialect, file(idA, headRevision, 1, ""), file(idB, headRevision, 2, ""), file(idC, idA+","+idB, 3, ""))
	if got, want := upgrade(t, db, merged), append(slices.Clone(embeddedIDs), idA, idB, idC); !slices.Equal(got, want) {
		t.Errorf("with a merge upgrade ran %v, want %v", got, want)
	}
}

func TestDowngradeUndoesNewestFirst(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		db, revisions := s.open(t), load(t, s.dialect)
		for _, c := range []struct {
			target string
			want   []string
		}{
			{headRevision, nil},
			{claimIndexesRevision, after(claimIndexesRevision)},
			{claimsRevision, after(claimsRevision)},
			{atomsRevision, after(atomsRevision)},
			{urlRevision, after(urlRevision)},
			{Base, append(after(tablesRevision), tablesRevision)},
		} {
			upgrade(t, db, revisions)
			before := schema(t, db)
			got, err := schemaOf(db, revisions).Downgrade(t.Context(), c.target, Options{})
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("downgrade to %q undid %v (%v), want %v", c.target, got, err, c.want)
			}
			upgrade(t, db, revisions)
			if after := schema(t, db); after != before {
				t.Errorf("down to %q and up again made another schema\n got %s\nwant %s", c.target, after, before)
			}
		}
	})
}

func TestDowngradeRefusesWhatCannotBeUndone(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		db := s.open(t)
		oneWay := strings.Replace(file(idA, headRevision, 1, "CREATE TABLE a (id int)"), "-- +down\n", "", 1)
		revisions := extended(t, s.dialect, oneWay, file(idB, idA, 2, ""))
		upgrade(t, db, revisions)
		undone, err := schemaOf(db, revisions).Downgrade(t.Context(), Base, Options{})
		if err == nil || !strings.Contains(err.Error(), "revision "+idA+" (revision "+idA+") cannot be undone") || len(undone) > 0 {
			t.Errorf("downgrade undid %v with the error %v, want nothing and one that names %s", undone, err, idA)
		}
		if _, err := schemaOf(db, revisions).Downgrade(t.Context(), idC, Options{}); !errors.Is(err, domain.ErrUnknownRevision) {
			t.Errorf("downgrade to an unknown revision: error %v, want ErrUnknownRevision", err)
		}
	})
}

func TestStampOnlyWritesDown(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		db, revisions := s.open(t), load(t, s.dialect)
		for _, c := range []struct {
			target string
			want   []string
		}{
			{indexesRevision, embeddedIDs[3:]},
			{tablesRevision, embeddedIDs[1:]},
			{headRevision, nil},
			{Base, embeddedIDs},
		} {
			if err := schemaOf(db, revisions).Stamp(t.Context(), c.target, Options{}); err != nil {
				t.Fatalf("stamp %q: %v", c.target, err)
			}
			if got := pending(t, db, revisions); !slices.Equal(got, c.want) {
				t.Errorf("pending after stamp %q: %v, want %v", c.target, got, c.want)
			}
		}
		if there, err := hasTable(db, "benchmark"); err != nil || there {
			t.Errorf("after stamps only, table benchmark is there: %t (%v)", there, err)
		}
		if err := schemaOf(db, revisions).Stamp(t.Context(), idA, Options{}); !errors.Is(err, domain.ErrUnknownRevision) {
			t.Errorf("stamp of an unknown revision: error %v, want ErrUnknownRevision", err)
		}
	})
}

func TestUpgradeWaitsForAnotherProgramAsLongAsTheContextAllows(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		first, second, revisions := s.open(t), s.open(t), load(t, s.dialect)
		working, finish := make(chan struct{}), make(chan struct{})
		var group sync.WaitGroup
		group.Go(func() {
			if err := alone(t.Context(), first, Options{}, func(session) error {
				close(working)
				<-finish
				return nil
			}); err != nil {
				t.Errorf("the first program: %v", err)
			}
		})
		<-working
		ctx, cancel := context.WithTimeout(t.Context(), 3*lockInterval)
		defer cancel()
		start := time.Now()
		if ran, err := schemaOf(second, revisions).Upgrade(ctx, Head, Options{}); !errors.Is(err, context.DeadlineExceeded) || len(ran) > 0 {
			t.Errorf("while another program works, upgrade ran %v with the error %v, want %v", ran, err, context.DeadlineExceeded)
		}
		if took := time.Since(start); took > lockTimeout/2 {
			t.Errorf("it gave up after %s, want it soon after %s", took, 3*lockInterval)
		}
		close(finish)
		group.Wait()
		if got := upgrade(t, second, revisions); !slices.Equal(got, embeddedIDs) {
			t.Errorf("after the other program is done, upgrade ran %v, want %v", got, embeddedIDs)
		}
	})
}

// A handle is used on after an upgrade, whether or not that worked.
func TestSessionsAreLeftAsTheyWere(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		db, revisions := s.open(t), load(t, s.dialect)
		pool, err := db.DB()
		if err != nil {
			t.Fatal(err)
		}
		pool.SetMaxOpenConns(1)
		settings := func(db *gorm.DB) string {
			if s.dialect == sqlite {
				return query[string](t, db, "SELECT foreign_keys || ' ' || timeout FROM pragma_foreign_keys, pragma_busy_timeout")[0]
			}
			return query[string](t, db, "SELECT current_setting('search_path') || ' ' || current_setting('statement_timeout')")[0]
		}
		before := settings(s.open(t))
		upgrade(t, db, revisions)
		after := settings(db)
		broken := extended(t, s.dialect, file(idA, headRevision, 1, "nonsense"))
		if ran, err := schemaOf(db, broken).Upgrade(t.Context(), Head, Options{}); err == nil {
			t.Errorf("a broken revision gave no error, ran %v", ran)
		}
		ctx, cancel := context.WithCancel(t.Context())
		if err := alone(ctx, db, Options{}, func(session) error { cancel(); return ctx.Err() }); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled work gave %v, want %v", err, context.Canceled)
		}
		if afterFailures := settings(db); after != before || afterFailures != before {
			t.Errorf("settings before %q, after an upgrade %q, after failures %q, want them equal", before, after, afterFailures)
		}
		if s.dialect == postgres {
			awaitNoLocks(t, db)
		}
	})
}

// awaitNoLocks waits, because the server ends a session a little after us.
func awaitNoLocks(t *testing.T, db *gorm.DB) {
	t.Helper()
	const locks = "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database WHERE locktype = 'advisory' AND datname = " +
		"current_database()"
	for deadline := time.Now().Add(3 * time.Minute); query[int](t, db, locks)[0] > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the lock of the schema is still held")
		}
	}
}

// The driver of SQLite takes statements for done once the context has ended.
func TestContextThatEndsMeanwhileLeavesNothing(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		db := s.open(t)
		ctx, cancel := context.WithCancel(t.Context())
		err := alone(ctx, db, Options{}, func(s session) error {
			return s.within(Revision{Transactional: true}, func(tx *gorm.DB) error {
				execute(t, tx, "CREATE TABLE half (id int)")
				cancel()
				_ = send(tx, "CREATE TABLE other_half (id int)") // may claim to have worked
				return nil
			})
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the work gave %v, want %v", err, context.Canceled)
		}
		for _, table := range []string{"half", "other_half"} {
			if there, err := hasTable(db, table); err != nil || there {
				t.Errorf("table %s is there: %t (%v), want it rolled back", table, there, err)
			}
		}
	})
}

func TestReferencesToNothingAreRefusedInSQLite(t *testing.T) {
	db := newServer(t, sqlite).open(t)
	upgrade(t, db, load(t, sqlite))
	broken := extended(t, sqlite, file(idA, headRevision, 1, "INSERT INTO result_tags VALUES ('no', 'where')"))
	_, err := schemaOf(db, broken).Upgrade(t.Context(), Head, Options{})
	if err == nil || !strings.Contains(err.Error(), "rows refer to nothing, the first one from result_tags to") {
		t.Errorf("upgrade gave the error %v, want one about table result_tags", err)
	}
	if count := query[int](t, db, "SELECT count(*) FROM result_tags"); count[0] != 0 {
		t.Errorf("%d rows stayed, want none", count[0])
	}
}

func TestPatienceIsForLocksOnly(t *testing.T) {
	start := time.Now()
	if err := newQueue(Options{}).repeat(t.Context(), lockInterval, isBusy, func() error { return gorm.ErrInvalidDB }); !errors.Is(err,
		gorm.ErrInvalidDB) {
		t.Errorf("got %v after %s, want %v at once", err, time.Since(start), gorm.ErrInvalidDB)
	}
}
