package postgres

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// noSuchDatabase is the code for a database that does not exist.
const noSuchDatabase = "3D000"

// refusedFault is the fault of a connection that PostgreSQL refuses: another try is
// refused, too, until somebody changes PostgreSQL or the settings. The fault is not final,
// since a server that runs goes on when somebody has done that.
func refusedFault(refusal *pgconn.PgError) *session.Fault {
	cause := fmt.Errorf("%s (SQLSTATE %s)", refusal.Message, refusal.Code)
	if refusal.Code == noSuchDatabase {
		return &session.Fault{
			Reason: "the database does not exist", Cause: cause,
			Remedy: "create it with createdb --encoding=UTF8, or correct DB_NAME",
		}
	}
	return &session.Fault{
		Reason: "the database refuses the user", Cause: cause,
		Remedy: "correct DB_USER and DB_PASSWORD (or DB_PASSWORD_FILE), or permit the connection in pg_hba.conf of PostgreSQL",
	}
}

// turnedAwayFault is the fault of a connection that PostgreSQL does not make now, nil if no
// remedy is known.
func turnedAwayFault(refusal *pgconn.PgError) *session.Fault {
	cause := fmt.Errorf("%s (SQLSTATE %s)", refusal.Message, refusal.Code)
	switch refusal.Code {
	case tooManyConnections:
		return &session.Fault{
			Reason: "the database has no connection left for us", Cause: cause,
			Remedy: "end others, raise max_connections of PostgreSQL, or the CONNECTION LIMIT of the role or of the database, or lower " +
				"DB_MAX_CONNECTIONS of the servers",
		}
	case notInThisState:
		return &session.Fault{
			Reason: "the database takes no connections", Cause: cause,
			Remedy: "let its owner run ALTER DATABASE ... ALLOW_CONNECTIONS true, or correct DB_NAME",
		}
	case insufficientPrivilege:
		return &session.Fault{
			Reason: "the database refuses the user", Cause: cause, Final: true,
			Remedy: "let its owner run GRANT CONNECT ON DATABASE ... TO the role of DB_USER, or correct DB_NAME and DB_USER",
		}
	}
	return nil
}

// unreachedFault is the fault of a connection that was not made.
func unreachedFault(err error) *session.Fault {
	_, noName := errors.AsType[*net.DNSError](err)
	text := failures(err)
	remedy := "start PostgreSQL, open the way to it, or correct DB_HOST and DB_PORT"
	switch {
	case noName:
		remedy = "correct DB_HOST, or the name in DNS"
	case strings.Contains(text, "refused TLS"):
		remedy = "turn TLS on in PostgreSQL, or choose another DB_SSLMODE"
	case strings.Contains(text, "tls error"):
		remedy = "give PostgreSQL a certificate that this machine trusts for DB_HOST, or choose another DB_SSLMODE"
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOENT):
		remedy = "start PostgreSQL, or correct DB_HOST and DB_PORT"
	}
	return &session.Fault{Reason: "the database cannot be reached", Cause: errors.New(text), Remedy: remedy}
}

// failures are what failed at each address, in one line, each once: the driver tries an
// address with and without TLS, and repeats a failed look-up of a name.
func failures(err error) string {
	var each []string
	for line := range strings.Lines(err.Error()) {
		line = strings.TrimSpace(line)
		known := func(text string) bool { return strings.HasSuffix(text, line) }
		if strings.HasSuffix(line, "`:") || slices.ContainsFunc(each, known) {
			continue
		}
		each = append(each, line)
	}
	return strings.Join(each, "; ")
}
