package session

import (
	"context"
	"database/sql"

	"gorm.io/gorm"
)

// once is a unit of work that stays open between the calls of Do: see DoOnce.
type once struct {
	database *Database
	// claim is the first work of the unit.
	claim Work
	// open is the unit that is open, nil for none.
	open *openUnit
}

// openUnit is a transaction on a connection of its own.
type openUnit struct {
	Session

	connection *gorm.DB
	release    func()
	// afterCommit are called after the commit.
	afterCommit []func()
}

type onceKey struct{}

func onceOf(ctx context.Context, d *Database) *once {
	if o, ok := ctx.Value(onceKey{}).(*once); ok && o.database == d {
		return o
	}
	return nil
}

// InOnce tells whether the context is that of DoOnce.
func InOnce(ctx context.Context) bool {
	_, ok := ctx.Value(onceKey{}).(*once)
	return ok
}

// AfterCommit calls announce after the commit of DoOnce, at once outside of it.
func AfterCommit(ctx context.Context, announce func()) {
	o, ok := ctx.Value(onceKey{}).(*once)
	if !ok || o.open == nil {
		announce()
		return
	}
	o.open.afterCommit = append(o.open.afterCommit, announce)
}

// DoOnce runs work. The first call of Do in the context that work gets begins a unit of
// work with claim, and leaves it open; all later ones belong to it. After work, DoOnce runs
// finish in it, and commits. After an error of Do nothing is left of the unit, and the next
// call begins another.
func (d *Database) DoOnce(ctx context.Context, claim Work, work func(context.Context) error, finish Work) error {
	o := &once{database: d, claim: claim}
	ctx = context.WithValue(ctx, onceKey{}, o)
	defer o.rollback()
	if err := work(ctx); err != nil {
		return err
	}
	if err := d.Do(ctx, finish); err != nil {
		return err
	}
	return o.commit(ctx)
}

// try is Database.try, without the commit.
func (o *once) try(ctx context.Context, u *unit, work Work) (err error) {
	done := false
	defer func() {
		if !done { // an error, or a panic
			o.rollback()
		}
	}()
	if o.open == nil {
		if err := o.begin(ctx, u); err != nil {
			return err
		}
		if err := o.claim(ctx, o.open.Session); err != nil {
			return err
		}
	}
	o.open.unit = u
	if err := work(ctx, o.open.Session); err != nil {
		return err
	}
	done = u.broken == nil
	return u.broken
}

// begin opens the unit.
func (o *once) begin(ctx context.Context, u *unit) error {
	in := Session{Database: o.database, unit: u}
	endTurn := o.database.awaitTurn(ctx)
	pool, err := o.database.writer.DB()
	var connection *sql.Conn
	if err == nil {
		connection, err = pool.Conn(ctx)
	}
	if err != nil {
		endTurn()
		return in.Failed(ctx, err, "begin a unit of work")
	}
	release := func() {
		_ = connection.Close() // the transaction has ended
		endTurn()
	}
	db := o.database.writer.WithContext(ctx)
	db.Statement.ConnPool = connection
	in.db = db.Begin()
	if in.db.Error != nil {
		release()
		return in.Failed(ctx, in.db.Error, "begin a unit of work")
	}
	o.open = &openUnit{Session: in, connection: db, release: release}
	return nil
}

// commit ends the unit that is open.
func (o *once) commit(ctx context.Context) error {
	open := o.open
	o.open = nil
	err := open.commit(ctx, open.connection)
	open.release()
	if err != nil {
		return err
	}
	for _, announce := range open.afterCommit {
		announce()
	}
	return nil
}

// rollback undoes the unit that is open, if there is one.
func (o *once) rollback() {
	if o.open == nil {
		return
	}
	o.open.db.Rollback()
	o.open.release()
	o.open = nil
}
