package migrations

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gorm.io/gorm"
)

func TestWaitingForOthersEndsAfterTheLockTimeout(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		first, second, revisions := s.open(t), s.open(t), load(t, s.dialect)
		err := alone(t.Context(), first, Options{}, func(session) error {
			waited := 0
			options := Options{LockTimeout: noticeDelay + 5*lockInterval, Waiting: func() { waited++ }}
			ran, err := schemaOf(second, revisions).Upgrade(t.Context(), Head, options)
			if !errors.Is(err, ErrBusy) || len(ran) > 0 || waited != 1 {
				t.Errorf("upgrade ran %v with the error %v, told %d times that it waits; want %v and once", ran, err, waited, ErrBusy)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// Whoever waits long for a table makes all others queue behind: readers too.
func TestRevisionsThatNeedATableLetOthersPass(t *testing.T) {
	s := newServer(t, postgres)
	user, db, reader, revisions := s.open(t), s.open(t), s.open(t), load(t, postgres)
	upgrade(t, db, revisions[:4])
	using, done := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		err := user.Transaction(func(tx *gorm.DB) error {
			execute(t, tx, "SELECT count(*) FROM result")
			close(using)
			<-done
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-using
	waiting := make(chan struct{})
	group.Go(func() {
		ran, err := schemaOf(db, revisions).Upgrade(t.Context(), claimsRevision, Options{Waiting: sync.OnceFunc(func() { close(waiting) })})
		if err != nil || !slices.Equal(ran, []string{claimsRevision}) {
			t.Errorf("upgrade ran %v (%v), want %s once the table is free", ran, err, claimsRevision)
		}
	})
	<-waiting // the first attempt has given up
	answered := make(chan struct{})
	group.Go(func() {
		query[int](t, reader, "SELECT count(*) FROM result")
		close(answered)
	})
	select {
	case <-answered:
	case <-time.After(5 * time.Minute):
		t.Error("a reader does not pass while a revision waits for the table")
	}
	close(done)
	group.Wait()
}

// Revisions outside of transactions do not wait for ever, nor stop others, either.
func TestRevisionsOutsideOfTransactionsDoNotWaitForEver(t *testing.T) {
	s := newServer(t, postgres)
	user, db := s.open(t), s.open(t)
	upgrade(t, db, load(t, postgres))
	revisions := extended(t, postgres, file(idA, headRevision, 1, "ALTER TABLE tag ADD COLUMN IF NOT EXISTS more text",
		"-- transaction: none"))
	err := user.Transaction(func(tx *gorm.DB) error {
		execute(t, tx, "SELECT count(*) FROM tag")
		ran, err := schemaOf(db, revisions).Upgrade(t.Context(), Head, Options{LockTimeout: 100 * time.Millisecond})
		if !errors.Is(err, ErrBusy) || len(ran) > 0 {
			t.Errorf("while the table is used, upgrade ran %v (%v), want %v", ran, err, ErrBusy)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if ran := upgrade(t, db, revisions); !slices.Equal(ran, []string{idA}) {
		t.Errorf("afterwards upgrade ran %v, want %s", ran, idA)
	}
}

// Only waiting counts: a build that takes long leaves the whole allowance.
func TestWorkIsNotCountedAsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(Options{LockTimeout: 50 * time.Millisecond})
		busy := errors.New("busy")
		inTheWay := func(err error) bool { return errors.Is(err, busy) }
		for range 3 {
			tries := 0
			err := q.repeat(t.Context(), time.Millisecond, inTheWay, func() error {
				if tries++; tries == 1 {
					return busy
				}
				time.Sleep(100 * time.Millisecond) // the work
				return nil
			})
			if err != nil || tries != 2 {
				t.Fatalf("gave up after %d tries: %v", tries, err)
			}
		}
	})
}
