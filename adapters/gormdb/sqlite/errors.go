package sqlite

import (
	"errors"
	"slices"

	gosqlite "modernc.org/sqlite"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/ports"
)

// errorCodes implements session.Errors.
type errorCodes struct{}

// Result codes of SQLite, https://sqlite.org/rescode.html; the lowest byte of
// an extended code is the primary one.
const (
	primary             = 0xff
	busy                = 5
	locked              = 6
	readOnly            = 8
	ioError             = 10
	corrupt             = 11
	full                = 13
	cannotOpen          = 14
	notADatabase        = 26
	foreignKeyViolation = 787
	primaryKeyViolation = 1555
	uniqueViolation     = 2067
)

// away are the codes of errors that another try may not meet again: others are
// writing, or the disk is out of reach.
var away = []int{busy, locked, ioError}

// Transient implements session.Errors: others were writing for longer than the
// connection waits.
func (errorCodes) Transient(err error) bool { return isBusy(err) }

func isBusy(err error) bool {
	refusal, ok := errors.AsType[*gosqlite.Error](err)
	return ok && refusal.Code()&primary == busy
}

// Translate implements session.Errors.
func (errorCodes) Translate(err error) error {
	refusal, ok := errors.AsType[*gosqlite.Error](err)
	if !ok {
		return nil
	}
	switch code := refusal.Code(); {
	case code == uniqueViolation, code == primaryKeyViolation:
		return &ports.DuplicateError{Cause: err}
	case code == foreignKeyViolation:
		return &ports.ReferenceError{Cause: err}
	case code&primary == readOnly:
		return session.Away(deniedFault(err))
	case code&primary == full:
		return session.Away(fullFault(err))
	case code&primary == corrupt, code&primary == notADatabase:
		return session.Away(damagedFault(err))
	case code&primary == cannotOpen:
		return session.Away(unopenedFault(err))
	case slices.Contains(away, code&primary):
		return session.Away(err)
	}
	return nil
}
