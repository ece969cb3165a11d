package postgres_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// hostile are values of the settings that a role or a database may have, and that would
// change what we read and write.
var hostile = map[string]string{
	"client_encoding": "SJIS", "TimeZone": "Asia/Kathmandu", "DateStyle": "SQL, DMY", "IntervalStyle": "iso_8601",
	"extra_float_digits": "-15", "bytea_output": "escape", "xmlbinary": "hex", "xmloption": "document", "lc_monetary": "POSIX",
	"lc_numeric": "POSIX", "lc_time": "POSIX", "standard_conforming_strings": "off", "backslash_quote": "on", "array_nulls": "off",
	"transform_null_equals": "on", "quote_all_identifiers": "on", "gin_fuzzy_search_limit": "1",
	"plpgsql.extra_errors":          "all",
	"default_transaction_isolation": "serializable", "default_transaction_read_only": "on", "default_transaction_deferrable": "on",
	"exit_on_error": "on", "lock_timeout": "1h", "idle_in_transaction_session_timeout": "1h", "statement_timeout": "1h", "jit": "on",
	"max_parallel_workers_per_gather": "4", "random_page_cost": "9",
}

// free are settings of the same kinds that may differ: they choose the schema and the
// place of tables, guide the planner, give errors but never other rows, are examined, or are
// for what we do not use.
var free = strings.Fields(`
	search_path role session_authorization default_tablespace temp_tablespaces default_table_access_method default_toast_compression
	plan_cache_mode row_security session_replication_role client_min_messages check_function_bodies createrole_self_grant event_triggers
	timezone_abbreviations lo_compat_privileges default_text_search_config synchronize_seqscans
	escape_string_warning gin_pending_list_limit transaction_timeout icu_validation_level restrict_nonsystem_relation_kind
	operator_precedence_warning lc_messages transaction_deferrable transaction_isolation transaction_read_only`)

func TestNoSettingOfARoleOrADatabaseReachesASession(t *testing.T) {
	for mode, through := range map[string]func(testing.TB, *pgtest.Database) *pgtest.Database{
		"direct": func(_ testing.TB, d *pgtest.Database) *pgtest.Database { return d },
		"session pooler": func(t testing.TB, d *pgtest.Database) *pgtest.Database {
			return &pgtest.StartPooler(t, d, "session", 3).Database
		},
		"transaction pooler": func(t testing.TB, d *pgtest.Database) *pgtest.Database {
			return &pgtest.StartPooler(t, d, "transaction", 3).Database
		},
	} {
		t.Run(mode, func(t *testing.T) {
			database := storetest.Database(t)
			owner := storetest.Connect(t, database)
			role := pgtest.AsRole(t, database, hostile)
			storetest.ExecuteAll(t, owner, "GRANT ALL ON ALL TABLES IN SCHEMA public TO "+role.User)
			for name, value := range hostile {
				storetest.Execute(t, owner, "ALTER DATABASE "+database.Name+" SET "+name+" = '"+value+"'")
			}
			config := storetest.Config(through(t, role))
			config.QueryTimeout = time.Minute
			store, err := postgres.Open(t.Context(), config)
			store = storetest.CloseAfter(t, store, err)
			wantOurSettings(t, store)
			wantSameText(t, store)
			if err := store.Ready(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// wantOurSettings looks at the settings in a statement of its own, and in a unit of work.
func wantOurSettings(t *testing.T, store *gormdb.Store) {
	t.Helper()
	for name, theirs := range hostile {
		got := storetest.Query[string](t, store, "SELECT current_setting('"+name+"')")[0]
		if strings.EqualFold(got, theirs) || name == "client_encoding" && got != "UTF8" || name == "statement_timeout" && got != "1min" {
			t.Errorf("%s is %s", name, got)
		}
	}
	const modes = "SELECT current_setting('transaction_isolation') || ' ' || current_setting('transaction_read_only')"
	if got := storetest.Query[string](t, store, modes)[0]; got != "read committed off" {
		t.Errorf("a transaction is %s", got)
	}
}

// wantSameText stores texts, and finds them.
func wantSameText(t *testing.T, store *gormdb.Store) {
	t.Helper()
	for _, name := range []string{"Zürich", "東京 表", "a\\'b", "Ω≈ç√ 😀"} {
		tag := &domain.Tag{ID: uuid.New(), Name: name, Description: &name}
		err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error { return r.Tags.Add(ctx, tag) })
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := store.Repos().Tags.Get(t.Context(), tag.ID)
		if err != nil || got.Name != name || *got.Description != name {
			t.Errorf("got %+v (%v), want %s", got, err, name)
		}
		length := fmt.Sprintf("SELECT octet_length(name) FROM tag WHERE id = '%s'", tag.ID)
		if bytes := storetest.Query[int](t, store, length)[0]; bytes != len(name) {
			t.Errorf("%s is stored with %d bytes, want %d", name, bytes, len(name))
		}
	}
}

// idleSessions is a setting that PostgreSQL has since version 14.
const idleSessions = "idle_session_timeout"

// TestIdleConnectionsStay: the first request after a pause is answered, whatever the database says about
// idle sessions.
func TestIdleConnectionsStay(t *testing.T) {
	database := storetest.Database(t)
	owner := storetest.Connect(t, database)
	if known := storetest.Query[int](t, owner, "SELECT count(*) FROM pg_settings WHERE name = '"+idleSessions+"'")[0]; known == 0 {
		return
	}
	storetest.Execute(t, owner, "ALTER DATABASE "+database.Name+" SET "+idleSessions+" = '1s'")
	store := storetest.Connect(t, database)
	if got := storetest.Query[string](t, store, "SELECT current_setting('"+idleSessions+"')")[0]; got != "0" {
		t.Errorf("%s is %s", idleSessions, got)
	}
}

// A new version of PostgreSQL may have a setting that nobody has thought of.
func TestEverySettingThatChangesAnswersIsKnown(t *testing.T) {
	store := storetest.EmptyPostgres(t)
	names := storetest.Query[string](t, store, `SELECT name FROM pg_settings WHERE context = 'user' AND name NOT LIKE 'vacuum%'
		AND (category LIKE 'Client Connection Defaults / Statement%' OR category LIKE '%Locale and Formatting'
			OR category LIKE 'Version and Platform Compatibility%')`)
	for _, name := range names {
		if _, ok := hostile[name]; !ok && !slices.Contains(free, name) && name != idleSessions {
			t.Errorf("is %s fixed for each session, or may it differ?", name)
		}
	}
	if len(names) < 20 {
		t.Errorf("only %d settings were found", len(names))
	}
}

func TestSearchPathOfTheRoleChoosesTheSchema(t *testing.T) {
	for _, mode := range []string{"session", "transaction"} {
		database := pgtest.New(t)
		role := pgtest.AsRole(t, database, map[string]string{"search_path": "perf"})
		storetest.ExecuteAll(t, storetest.Connect(t, database), "CREATE SCHEMA perf AUTHORIZATION "+role.User)
		pooler := pgtest.StartPooler(t, role, mode, 3)
		store := storetest.WithTables(t, storetest.Connect(t, &pooler.Database))
		const schemas = "SELECT schemaname FROM pg_tables WHERE tablename = 'result'"
		if got := storetest.Query[string](t, store, schemas); !slices.Equal(got, []string{"perf"}) {
			t.Errorf("%s: the table is in %v", mode, got)
		}
	}
}

func TestDatabaseOfAnotherEncodingIsRefused(t *testing.T) {
	for _, encoding := range []string{"LATIN1", "EUC_JP", "SQL_ASCII", "WIN1252"} {
		store := storetest.Connect(t, pgtest.WithEncoding(t, encoding))
		err := store.Ping(t.Context())
		fault := gormdb.FaultOf(err)
		if fault == nil || !fault.Final || !strings.Contains(err.Error(), encoding) || !strings.Contains(fault.Remedy, "createdb") {
			t.Errorf("%s: got %v, want that it is refused, and what to do", encoding, err)
		}
		storetest.WantUnavailable(t, encoding, err)
	}
}
