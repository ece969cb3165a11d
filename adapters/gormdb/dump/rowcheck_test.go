package dump_test

import (
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/dump"
)

// aRow is a row of a table, with one column that is given as JSON.
func aRow(column, value string) []byte { return []byte(`{"` + column + `":` + value + `}`) }

func TestRowsThatBothDatabasesStore(t *testing.T) {
	for _, c := range [][3]string{
		{"user", "sub", `"ada"`}, {"user", "sub", `"\u001b \ud83e\uddea"`}, {"user", "registration_datetime", `"2021-05-21 08:31:00.500000"`},
		{"result", "execution_datetime", `"9999-12-31 23:59:59.999999"`}, {"result", "execution_datetime", `"0001-01-01 00:00:00.000000"`},
		{"result", "execution_datetime", `"2021-05-21 08:31:00"`}, {"result", "execution_datetime", `"infinity"`}, {"result", "removed_at",
			"null"},
		{"result", "json", `"{\"a\":[1e300,\"\\\\u00e9\"],\"a\":2}"`}, {"result", "json", `"null"`}, {"result", "deleted", "true"},
		{"result", "id", `"50710000-0000-4000-8000-000000000001"`}, {"outbox", "attempts", "7"}, {"outbox", "headers", `"{\"A\":\"b\"}"`},
		{"outbox", "headers", `"null"`}, {"outbox", "reached", `"[\"a@example.org\"]"`}, {"benchmark", "status", "null"},
		{"benchmark", "metrics", `"[{\"path\":\"score\",\"better\":\"lower\"}]"`}, {"benchmark", "metrics", "null"},
		{"a table of tomorrow", "column", `"text"`}, {"tag", "a_column_of_yesterday", "-1"},
	} {
		if err := (dump.RowCheck{}).Check(c[0], aRow(c[1], c[2])); err != nil {
			t.Errorf("table %s, column %s: %s: %v", c[0], c[1], c[2], err)
		}
	}
}

func TestRowsThatOneOfTheDatabasesRefuses(t *testing.T) {
	for _, c := range [][4]string{
		{"user", "sub", `"a\u0000b"`, "NUL"}, {"user", "sub", `"\ud800"`, "no JSON"}, {"user", "sub", "\"\xff\"", "no JSON"},
		{"user", "email", `{"a":1}`, "a list or an object"}, {"user", "email", `[]`, "a list or an object"}, {"user", "email", `tru`,
			"no JSON"},
		{"result", "execution_datetime", `"99999-01-01 00:00:00.000000"`, "years 1 to 9999"},
		{"result", "execution_datetime", `"0000-01-01 00:00:00.000000"`, "years 1 to 9999"},
		{"result", "execution_datetime", `"2021-02-30 00:00:00.000000"`, "date-time"}, {"result", "execution_datetime",
			`"2021-05-21T08:31:00"`, "date-time"}, {"result", "execution_datetime", `"2021-05-21 08:31:00,5"`, "date-time"},
		{"result", "execution_datetime", `"2021-05-21 8:31:00"`, "date-time"}, {"result", "execution_datetime",
			`"0044-03-15 12:00:00.000000 BC"`, "date-time"},
		{"result", "execution_datetime", `""`, "date-time"}, {"result", "execution_datetime", `7`, "not a text"},
		{"result", "json", `"{"`, "no JSON document"}, {"result", "json", `""`, "no JSON document"}, {"result", "json", `"{} {}"`,
			"no JSON document"},
		{"result", "json", `"{\"a\":\"\\u0000\"}"`, "no JSON document"}, {"result", "json", `"NaN"`, "no JSON document"},
		{"result", "json", `"1e999999"`, "exponent"}, {"result", "json", `"{\"a\":\"\\ud800\"}"`, "no JSON document"},
		{"result", "json", `"` + strings.Repeat("[", 20_000) + `"`, "no JSON document"}, {"result", "json", "true", "not a text"},
		{"benchmark", "json_schema", `"{\"type\":}"`, "no JSON document"}, {"outbox", "headers", `"[\"a\"]"`, "headers"},
		{"outbox", "headers", `"{\"a\":1}"`, "headers"}, {"outbox", "headers", `"{\"a\":[\"b\"]}"`, "headers"}, {"outbox", "headers",
			`"\"a\""`, "headers"},
		{"outbox", "reached", `"{}"`, "reached"}, {"outbox", "reached", `"[1]"`, "reached"}, {"outbox", "reached", `"[[]]"`, "reached"},
		{"benchmark", "metrics", `"{}"`, "metrics"}, {"benchmark", "metrics", `"[{\"path\":1}]"`, "metrics"}, {"benchmark", "metrics", `"["`,
			"metrics"},
		{"benchmark", "metrics", `"[{\"path\":\"\\u0000\"}]"`, "no JSON document"},
		{"result", "id", `"A0710000-0000-4000-8000-000000000001"`, "no id"}, {"result", "id", `"50710000000040008000000000000001"`, "no id"},
		{"result", "benchmark_id", `"x"`, "no id"}, {"result_tags", "tag_id", `""`, "no id"}, {"claim", "result_id", `1`, "not a text"},
		{"user", "sub", `"a","sub":"b"`, "no JSON object"},
	} {
		err := dump.RowCheck{}.Check(c[0], aRow(c[1], c[2]))
		if err == nil || !strings.Contains(err.Error(), c[3]) {
			t.Errorf("table %s, column %s: %.100s: %v, want an error that says %q", c[0], c[1], c[2], err, c[3])
		}
	}
	for _, row := range []string{"", "[]", "1", `{"a":1`, `{"a"}`, "\x00"} {
		if err := (dump.RowCheck{}).Check("user", []byte(row)); err == nil {
			t.Errorf("%q is a row", row)
		}
	}
}

// TestRowsThatCostMemory: whatever is in a row of 16 MiB, the check needs little more than the
// text of one value. With the race detector it needs up to twice as much.
func TestRowsThatCostMemory(t *testing.T) {
	const size = 16 << 20
	var members strings.Builder
	for i := 0; members.Len() < size; i++ {
		members.WriteString(`,"` + strconv.Itoa(i) + `":1`)
	}
	for name, c := range map[string]struct {
		table, row string
	}{
		"columns":   {"user", "{" + members.String()[1:] + "}"},
		"texts":     {"outbox", `{"reached":"[` + strings.Repeat(`\"\",`, size/5) + `\"\"]"}`},
		"names":     {"outbox", `{"headers":"{` + strings.Repeat(`\"\":\"\",`, size/10) + `\"\":1}"}`},
		"numbers":   {"result", `{"json":"[` + strings.Repeat(`1e131000,`, size/9) + `1]"}`},
		"nesting":   {"result", `{"json":"` + strings.Repeat(`[`, size) + `"}`},
		"members":   {"result", `{"json":"{` + strings.ReplaceAll(members.String()[1:], `"`, `\"`) + `}"}`},
		"escapes":   {"result", `{"json":"\"` + strings.Repeat(`\\u00e9`, size/7) + `\""}`},
		"a column":  {"user", `{"` + strings.Repeat("x", size) + `":1}`},
		"one value": {"user", `{"sub":"` + strings.Repeat(`\u00e9`, size/6) + `"}`},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := dump.RowCheck{}.Check(c.table, []byte(c.row))
		runtime.ReadMemStats(&after)
		if spent := (after.TotalAlloc - before.TotalAlloc) >> 20; spent > 200 {
			t.Errorf("%s: a row of 16 MiB took %d MiB: %.100v", name, spent, err)
		}
	}
}

func FuzzRowCheck(f *testing.F) {
	f.Add("result", `{"json":"{\"a\":1}","id":"50710000-0000-4000-8000-000000000001","deleted":false}`)
	f.Add("outbox", `{"headers":"{}","created_at":"2021-05-21 08:31:00.500000"}`)
	f.Fuzz(func(_ *testing.T, table, row string) { _ = dump.RowCheck{}.Check(table, []byte(row)) })
}
