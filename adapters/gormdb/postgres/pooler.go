package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Pooler says what is between this program and PostgreSQL.
type Pooler string

const (
	// AnyPooler is found out at the first connection.
	AnyPooler Pooler = "auto"
	// NoPooler is nothing, or what hands on all bytes.
	NoPooler Pooler = "none"
	// SessionPooler gives a connection one session of PostgreSQL until the connection
	// ends.
	SessionPooler Pooler = "session"
	// TransactionPooler gives a connection another session for each transaction. Nothing
	// that belongs to a session can be used: settings, prepared statements and advisory
	// locks beyond a transaction.
	TransactionPooler Pooler = "transaction"
)

// route knows the pooler, and finds it out once if it is not known.
type route struct {
	mutex sync.Mutex
	found Pooler
}

// perTransaction is true for a transaction pooler. It is to be asked when there is, or
// was, a connection.
func (r *route) perTransaction() bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.found == TransactionPooler
}

// beyond names the pooler, and is empty if there is none, or none is known yet.
func (r *route) beyond() string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.found == SessionPooler || r.found == TransactionPooler {
		return string(r.found)
	}
	return ""
}

// prepare gives the configuration of a new connection what the pooler needs.
func (r *route) prepare(ctx context.Context, config *pgx.ConnConfig) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.found == AnyPooler {
		found, err := findPooler(ctx, config)
		if err != nil {
			return err
		}
		r.found = found
	}
	if r.found == TransactionPooler {
		config.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe // prepares nothing that has a name
	}
	return nil
}

const (
	// attempts is how often the sessions of two connections are compared.
	attempts = 5
	// sessionWait is how long a second session may take while the first one is idle.
	sessionWait = 2 * time.Second
)

// findPooler connects, and compares the process that the server has named in its first
// message with the process that runs a query: a pooler names one of its own. Behind a
// pooler it looks whether two open connections use the same session, or whether one uses
// several: only a transaction pooler does that.
func findPooler(ctx context.Context, config *pgx.ConnConfig) (found Pooler, err error) {
	first, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, first.Close(ctx)) }()
	session, err := sessionOf(ctx, first)
	if err != nil || session == first.PgConn().PID() {
		return NoPooler, err
	}
	for range attempts {
		others, err := otherSessions(ctx, config)
		if err != nil {
			return "", err
		}
		again, err := sessionOf(ctx, first)
		if err != nil {
			return "", err
		}
		if again != session || slices.ContainsFunc(others, func(other uint32) bool { return other == session || other != others[0] }) {
			return TransactionPooler, nil
		}
		if len(others) == 0 {
			break
		}
	}
	return SessionPooler, nil
}

// otherSessions are the sessions of two queries of a connection. There are two, because a
// pooler may take its sessions in turn. There are none if the pooler has no session for
// another connection: a session pooler whose sessions are all in use.
func otherSessions(ctx context.Context, config *pgx.ConnConfig) (sessions []uint32, err error) {
	limited, cancel := context.WithTimeout(ctx, sessionWait)
	defer cancel()
	defer func() {
		if limited.Err() != nil && ctx.Err() == nil {
			sessions, err = nil, nil
		}
	}()
	connection, err := pgx.ConnectConfig(limited, config)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, connection.Close(limited)) }()
	for range 2 {
		session, err := sessionOf(limited, connection)
		if err != nil {
			return nil, err
		}
		sessions = append(sessions, session)
	}
	return sessions, nil
}

// sessionOf is the process of PostgreSQL that runs the queries of the connection.
func sessionOf(ctx context.Context, connection *pgx.Conn) (process uint32, err error) {
	if err := connection.QueryRow(ctx, "SELECT pg_backend_pid()", pgx.QueryExecModeSimpleProtocol).Scan(&process); err != nil {
		return 0, fmt.Errorf("find out whether there is a pooler: %w", err)
	}
	return process, nil
}
