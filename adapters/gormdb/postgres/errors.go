package postgres

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/ports"
)

// Error codes and, with two characters, classes of them: appendix A of
// PostgreSQL's documentation.
const (
	uniqueViolation     = "23505"
	foreignKeyViolation = "23503"
	queryCanceled       = "57014"

	diskFull              = "53100"
	tooManyConnections    = "53300"
	limitExceeded         = "53400"
	notInThisState        = "55000"
	readOnlyTransaction   = "25006"
	insufficientPrivilege = "42501"
	protocolViolation     = "08P01"

	serializationFailure = "40001"
	deadlockDetected     = "40P01"
)

// away are the codes of errors that another try may not meet again.
var away = []string{
	"08",    // connection exception
	"53",    // insufficient resources, such as too many connections
	"57P01", // admin shutdown
	"57P02", // crash shutdown
	"57P03", // cannot connect now
	"57P05", // idle session timeout
	serializationFailure,
	deadlockDetected,
	"55P03", // lock not available
}

// refused are the codes of a connection that another try will not get either.
var refused = []string{
	"28", // invalid authorization: user or password
	noSuchDatabase,
}

// errorCodes implements session.Errors.
type errorCodes struct{}

// Transient implements session.Errors.
func (errorCodes) Transient(err error) bool {
	refusal, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (refusal.Code == serializationFailure || refusal.Code == deadlockDetected)
}

// Translate implements session.Errors.
func (errorCodes) Translate(err error) error {
	refusal, ok := errors.AsType[*pgconn.PgError](err)
	if ok && slices.ContainsFunc(refused, func(code string) bool { return strings.HasPrefix(refusal.Code, code) }) {
		return session.Away(fmt.Errorf("%w: %w", session.ErrRefused, refusedFault(refusal)))
	}
	unconnected, never := errors.AsType[*pgconn.ConnectError](err)
	if never && !ok {
		return session.Away(unreachedFault(unconnected))
	}
	if never {
		if fault := turnedAwayFault(refusal); fault != nil {
			return session.Away(fault)
		}
	}
	if never || !ok && pgconn.SafeToRetry(err) {
		return session.Away(err)
	}
	if !ok {
		return nil
	}
	switch refusal.Code {
	case uniqueViolation:
		return &ports.DuplicateError{Cause: err}
	case foreignKeyViolation:
		return &ports.ReferenceError{Cause: err}
	case queryCanceled:
		return session.TooSlow(err)
	case diskFull:
		return session.Away(fullFault(err))
	case limitExceeded:
		return session.Away(limitFault(err))
	case readOnlyTransaction:
		return session.Away(readOnlyFault(err))
	case insufficientPrivilege:
		return session.Away(deniedFault(err))
	}
	if refusal.Code == protocolViolation && strings.Contains(refusal.Message, "statement pooling mode") {
		return session.Away(&session.Fault{
			Reason: "the pooler of the database refuses transactions", Cause: err,
			Remedy: "set pool_mode = transaction, or session, in the pooler, or let DB_HOST and DB_PORT name PostgreSQL itself",
		})
	}
	for _, code := range away {
		if strings.HasPrefix(refusal.Code, code) {
			return session.Away(err)
		}
	}
	return nil
}
