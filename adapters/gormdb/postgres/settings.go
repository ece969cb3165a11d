package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// fixed are the settings of a session that change what statements read, write or mean,
// and the values that this program relies on. A role or a database may have others (ALTER
// ROLE ... SET, ALTER DATABASE ... SET); behind a transaction pooler another program may
// have left others. All of them can be set by every role. The search_path is not among
// them: it chooses the schema of an installation.
var fixed = map[string]string{
	// How text, times and numbers are spelled.
	"client_encoding":    "UTF8",
	"TimeZone":           "UTC",
	"DateStyle":          "ISO, MDY",
	"IntervalStyle":      "postgres",
	"extra_float_digits": "1",
	"bytea_output":       "hex",
	"xmlbinary":          "base64",
	"xmloption":          "content",
	"lc_monetary":        "C",
	"lc_numeric":         "C",
	"lc_time":            "C",
	// What SQL means.
	"standard_conforming_strings": "on",
	"backslash_quote":             "safe_encoding",
	"array_nulls":                 "on",
	"transform_null_equals":       "off",
	"quote_all_identifiers":       "off",
	"gin_fuzzy_search_limit":      "0",
	"plpgsql.extra_errors":        "none",
	// What a transaction sees, and whether it can write.
	"default_transaction_isolation":  "read committed",
	"default_transaction_read_only":  "off",
	"default_transaction_deferrable": "off",
	// When a session or a statement ends: the program has limits of its own.
	"exit_on_error":                       "off",
	"lock_timeout":                        "0",
	"idle_in_transaction_session_timeout": "0",
	// The statements of this program are short: compiling a statement takes longer than
	// running it, and a second process for a statement is missing for another request.
	// Pages come from memory or solid-state disks, where random access is as fast as
	// sequential access.
	"jit":                             "off",
	"max_parallel_workers_per_gather": "0",
	"random_page_cost":                "1.1",
}

// atStart are those of the fixed settings that the first message of a connection can
// carry: poolers know them.
var atStart = []string{"client_encoding", "TimeZone", "DateStyle", "standard_conforming_strings"}

// sessions prepares the sessions of one pool.
type sessions struct {
	route

	queryTimeout time.Duration
	// ofTransaction gives one transaction the settings; nil before the first connection.
	ofTransaction atomic.Pointer[string]
}

// start checks a new connection, and gives it the settings. A transaction pooler keeps
// settings for a transaction only.
func (s *sessions) start(ctx context.Context, connection *pgx.Conn) error {
	if err := checkEncoding(connection); err != nil {
		return err
	}
	version := majorVersion(connection.PgConn().ParameterStatus("server_version"))
	if s.perTransaction() {
		s.ofTransaction.Store(new(s.statement(version, true)))
		return nil
	}
	if _, err := connection.Exec(ctx, s.statement(version, false)); err != nil {
		return fmt.Errorf("prepare a connection: %w", err)
	}
	return nil
}

// The modes of transactions. They are complete: the defaults of a session may be others.
const (
	readCommitted = "ISOLATION LEVEL READ COMMITTED READ WRITE NOT DEFERRABLE"
	snapshot      = "ISOLATION LEVEL REPEATABLE READ READ ONLY NOT DEFERRABLE"
)

// transaction begins a transaction of the mode, with the settings, in one message.
func (s *sessions) transaction(mode string) pgx.TxOptions {
	return pgx.TxOptions{BeginQuery: "BEGIN " + mode + "; " + s.inTransaction()}
}

// inTransaction is the statement that gives one transaction the settings.
func (s *sessions) inTransaction() string { return *s.ofTransaction.Load() }

// statement gives a session the settings, or one transaction. It leaves out what this
// major version of PostgreSQL does not know.
func (s *sessions) statement(version int64, inTransaction bool) string {
	values := maps.Clone(fixed)
	values["statement_timeout"] = s.statementTimeout()
	if version >= 14 {
		values["idle_session_timeout"] = "0" // the pool ends what it does not need
	}
	if version >= 17 {
		values["transaction_timeout"] = "0"
	}
	calls := make([]string, 0, len(values)+1)
	for name, value := range values {
		calls = append(calls, "set_config('"+name+"', '"+value+"', "+strconv.FormatBool(inTransaction)+")")
	}
	if inTransaction {
		// The value of the role or the database, whatever another program has left.
		calls = append(calls, "set_config('search_path', NULL, true)")
	}
	slices.Sort(calls)
	return "SELECT " + strings.Join(calls, ", ")
}

// statementTimeout is the setting of this name: milliseconds, 0 for no limit.
func (s *sessions) statementTimeout() string {
	return strconv.FormatInt(s.queryTimeout.Milliseconds(), 10)
}

// majorVersion reads the number at the beginning of a version such as 15.17 (Debian
// 15.17-1); 0 if there is none.
func majorVersion(text string) int64 {
	end := strings.IndexFunc(text+" ", func(r rune) bool { return r < '0' || r > '9' })
	version, _ := strconv.ParseInt(text[:end], 10, 32) // 0 for no number
	return version
}

// checkEncoding returns an error if the database has another encoding than UTF8: it could
// not store every text, or would store bytes of any encoding.
func checkEncoding(connection *pgx.Conn) error {
	encoding := connection.PgConn().ParameterStatus("server_encoding")
	if encoding == utf8 || encoding == "" {
		return nil
	}
	return &session.Fault{
		Reason: "the database has another encoding than " + utf8,
		Cause:  fmt.Errorf("the encoding of database %s is %s", connection.Config().Database, encoding),
		Remedy: "make a database with createdb --encoding=UTF8 --template=template0, and move the data there with pg_dump --encoding=UTF8",
		Final:  true,
	}
}

const utf8 = "UTF8"
