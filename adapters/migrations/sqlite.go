package migrations

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/core/plural"
)

// aloneInSQLite runs all work in one transaction that excludes writers. Foreign keys are
// off in the transaction, and checked at its end. Only so can a table be replaced that other
// tables refer to: see section 7 of https://sqlite.org/lang_altertable.html.
//
// The statements that begin and end the transaction, and restore the settings, run without
// the context: if the context has ended, the driver reports success for statements that it
// did not run.
func aloneInSQLite(ctx context.Context, db *gorm.DB, queue *queue, work func(session) error) (err error) {
	control := db.WithContext(context.WithoutCancel(ctx))
	// The queue waits instead of SQLite, which would not notice the end of the context.
	for pragma, value := range map[string]int{"foreign_keys": 0, "busy_timeout": 0} {
		restore, set := setPragma(control, pragma, value)
		if set != nil {
			return fmt.Errorf("prepare the session: %w", set)
		}
		defer func() { err = errors.Join(err, restore()) }()
	}

	if err := queue.repeat(ctx, lockInterval, isBusy, func() error { return control.Exec("BEGIN IMMEDIATE").Error }); err != nil {
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
		err = queue.repeat(ctx, lockInterval, isBusy, func() error { return control.Exec("COMMIT").Error })
	}
	if err != nil {
		return errors.Join(err, control.Exec("ROLLBACK").Error)
	}
	return nil
}

// setPragma sets a pragma, and returns a function that restores its value.
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
		return fmt.Errorf("%s to nothing, the first one from %s to %s", plural.Count(len(violations), "row refers", "rows refer"),
			violations[0].Table, violations[0].Parent)
	}
	return nil
}

// isBusy is true for SQLITE_BUSY, the lowest byte of an error code of the driver.
func isBusy(err error) bool {
	const busy = 5
	var coded interface{ Code() int }
	return errors.As(err, &coded) && coded.Code()&0xff == busy
}
