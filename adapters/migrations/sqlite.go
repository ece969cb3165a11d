package migrations

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// aloneInSQLite runs all of the work in one transaction that excludes writers.
// Foreign keys are off meanwhile, and checked at its end: a table that others
// refer to can only be made anew in this way, see section 7 of
// https://sqlite.org/lang_altertable.html.
//
// What begins, ends and restores does not get the context: the driver takes a
// statement for done, without running it, if its context has ended before.
func aloneInSQLite(ctx context.Context, db *gorm.DB, queue *queue, work func(session) error) (err error) {
	control := db.WithContext(context.WithoutCancel(ctx))
	// We wait by ourselves, because SQLite would not notice the end of the context.
	for pragma, value := range map[string]int{"foreign_keys": 0, "busy_timeout": 0} {
		restore, set := setPragma(control, pragma, value)
		if set != nil {
			return fmt.Errorf("prepare the session: %w", set)
		}
		defer func() { err = errors.Join(err, restore()) }()
	}

	if err := queue.repeat(ctx, patience, isBusy, func() error { return control.Exec("BEGIN IMMEDIATE").Error }); err != nil {
		return fmt.Errorf("wait until others have written: %w", err)
	}
	err = work(session{
		db: db, transaction: func(work func(*gorm.DB) error) error { return work(db) },
		outside: func(db *gorm.DB, script string) error { return send(db, script) },
	})
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = checkForeignKeys(control)
	}
	if err == nil {
		err = queue.repeat(ctx, patience, isBusy, func() error { return control.Exec("COMMIT").Error })
	}
	if err != nil {
		return errors.Join(err, control.Exec("ROLLBACK").Error)
	}
	return nil
}

// setPragma returns how to undo it.
func setPragma(db *gorm.DB, name string, value int) (restore func() error, err error) {
	var before int
	if err := db.Raw("PRAGMA " + name).Scan(&before).Error; err != nil {
		return nil, err
	}
	set := func(value int) error { return db.Exec(fmt.Sprintf("PRAGMA %s = %d", name, value)).Error }
	return func() error { return set(before) }, set(value)
}

func checkForeignKeys(db *gorm.DB) error {
	var violations []struct{ Table, Parent string }
	if err := db.Raw("PRAGMA foreign_key_check").Scan(&violations).Error; err != nil {
		return fmt.Errorf("check foreign keys: %w", err)
	}
	if len(violations) > 0 {
		return fmt.Errorf("%d rows refer to nothing, the first one from %s to %s", len(violations), violations[0].Table, violations[0].Parent)
	}
	return nil
}

// isBusy tells SQLITE_BUSY, in the lowest byte of the driver's error codes.
func isBusy(err error) bool {
	const busy = 5
	var coded interface{ Code() int }
	return errors.As(err, &coded) && coded.Code()&0xff == busy
}
