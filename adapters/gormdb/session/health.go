package session

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
)

// Health finds out whether the database can serve requests that read and write.
type Health interface {
	// Check takes milliseconds. It returns a *Fault, or an error of the database.
	Check(ctx context.Context, db *gorm.DB) error
	// Examine looks at what takes longer to see. It returns a *Fault, or an error of
	// the database.
	Examine(ctx context.Context, db *gorm.DB) error
	// Connections returns a *Fault if the database gives us fewer connections at once than
	// wanted, or an error of the database.
	Connections(ctx context.Context, db *gorm.DB, wanted int) error
}

const (
	// examineFor bounds an examination beside requests. One that takes longer has found
	// nothing.
	examineFor = time.Second
	// examineEvery is the shortest time between the ends of two examinations.
	examineEvery = 10 * time.Second
	// examineShare is the part of all time, 1/examineShare, that examinations take at most.
	examineShare = 50
)

// examination is the last one, and its result.
type examination struct {
	mutex sync.Mutex
	// next is when another one may begin.
	next time.Time
	err  error
}

// damage is the final fault that a statement has met.
type damage struct{ met atomic.Pointer[Fault] }

// note keeps a final fault of the stored data: other statements may not meet it.
func (d *damage) note(err error) {
	if fault := FaultOf(err); fault != nil && fault.Final {
		d.met.CompareAndSwap(nil, fault)
	}
}

// Ready returns nil if the database can serve requests that read and write. It takes a
// second at most more than the database needs to answer. The error is Unavailable.
func (d *Database) Ready(ctx context.Context) error {
	if err := d.Ping(ctx); err != nil {
		return err
	}
	if fault := d.damage.met.Load(); fault != nil {
		return Away(fault)
	}
	if err := d.unfit(ctx, d.Dialect.Health.Check(ctx, d.db)); err != nil {
		return err
	}
	return d.lastExamination(ctx)
}

// lastExamination returns the result of the last examination, after another one if it is
// time for it and nobody else is at it.
func (d *Database) lastExamination(ctx context.Context) error {
	last := &d.examination
	if !last.mutex.TryLock() {
		return nil // the one who examines reports the result
	}
	defer last.mutex.Unlock()
	begin := time.Now()
	if begin.Before(last.next) {
		return last.err
	}
	limited, cancel := context.WithTimeout(ctx, examineFor)
	defer cancel()
	last.err = d.unfit(ctx, d.Dialect.Health.Examine(limited, d.db))
	if FaultOf(last.err) == nil && limited.Err() != nil {
		last.err = nil
	}
	last.next = time.Now().Add(max(examineEvery, examineShare*time.Since(begin)))
	if last.err != nil {
		last.next = time.Now() // whether somebody has acted is of interest at once
	}
	return last.err
}

// Examine returns nil if the database can serve requests that read and write. It looks
// at all that Ready looks at, however long that takes. The error is Unavailable.
func (d *Database) Examine(ctx context.Context) error {
	if err := d.Ping(ctx); err != nil {
		return err
	}
	return d.unfit(ctx, errors.Join(d.Dialect.Health.Check(ctx, d.db), d.Dialect.Health.Examine(ctx, d.db)))
}

// Connections returns nil if the database gives us so many connections at once. The error is
// Unavailable.
func (d *Database) Connections(ctx context.Context, wanted int) error {
	return d.unfit(ctx, d.Dialect.Health.Connections(ctx, d.db, wanted))
}

// unfit makes the Unavailable error of a fault, and translates all others.
func (d *Database) unfit(ctx context.Context, err error) error {
	if FaultOf(err) != nil {
		return Away(err)
	}
	return d.Failed(ctx, err, "look whether the database can be used")
}
