package export_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/export"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/service"
)

// resultsOf makes a result of each document.
func resultsOf(documents ...string) []*domain.Result {
	results := make([]*domain.Result, len(documents))
	for i, document := range documents {
		results[i] = &domain.Result{
			ID: uuid.MustParse(fmt.Sprintf("00000000-0000-4000-8000-%012d", i)), ExecutedAt: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC),
			Upload: domain.Upload{UploadedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}, JSON: json.RawMessage(document),
			Benchmark: &domain.Benchmark{DockerImage: "image", DockerTag: "1"},
			Site:      &domain.Site{Name: "=site", Address: "a \"street\", 1"}, Flavor: &domain.Flavor{Name: "small"},
			Tags: []*domain.Tag{{Name: "a"}, {Name: `b"`}},
		}
	}
	return results
}

func sequence(results []*domain.Result, end error) export.Results {
	return func(yield func(*domain.Result, error) bool) {
		for _, result := range results {
			if !yield(result, nil) {
				return
			}
		}
		if end != nil {
			yield(nil, end)
		}
	}
}

var _ export.Results = iter.Seq2[*domain.Result, error](nil)

// columns makes columns of their names in queries; a unit may stand behind a blank.
func columns(t *testing.T, names ...string) []service.Column {
	t.Helper()
	all := make([]service.Column, len(names))
	for i, name := range names {
		name, unit, _ := strings.Cut(name, " ")
		all[i] = service.Column{Field: name, Unit: unit}
		if path, ok := strings.CutPrefix(name, "json."); ok {
			parsed, err := filter.ParsePath(path, 16)
			if err != nil {
				t.Fatal(err)
			}
			all[i].Field, all[i].Path = filter.JSONField, parsed
		}
	}
	return all
}

func write(t *testing.T, file export.File, results []*domain.Result) (string, export.Summary) {
	t.Helper()
	var out bytes.Buffer
	summary, err := file.Write(&out, sequence(results, nil))
	if err != nil {
		t.Fatal(err)
	}
	if summary.Rows != len(results) || summary.SHA256 != sha256.Sum256(out.Bytes()) {
		t.Errorf("the summary %+v is not that of the file", summary)
	}
	return out.String(), summary
}

func TestCSV(t *testing.T) {
	for _, tt := range []struct {
		columns, documents []string
		want               string
	}{
		{
			[]string{"id", "execution_datetime", "upload_datetime", "benchmark_name", "site_name", "site_address", "flavor_name", "tags"},
			[]string{`{}`},
			"id,execution_datetime,upload_datetime,benchmark_name,site_name,site_address,flavor_name,tags\r\n" +
				"00000000-0000-4000-8000-000000000000,2026-01-02T03:04:05.000006,2026-01-02T03:04:05,image:1,'=site," +
				"\"a \"\"street\"\", 1\",small,\"[\"\"a\"\",\"\"b\\\"\"\"\"]\"\r\n",
		},
		{ // numbers keep their digits, and are no formulas
			[]string{"json.score s", "json.n"},
			[]string{`{"score":12345678901234567890.10,"n":-5}`, `{"score":"-5","n":true}`, `{"score":null}`, `{"n":{"b": [1, "x, y"]}}`},
			"score [s],n\r\n12345678901234567890.10,-5\r\n'-5,true\r\n,\r\n,\"{\"\"b\"\":[1,\"\"x, y\"\"]}\"\r\n",
		},
		{ // texts that begin a formula, and texts that do not
			[]string{"json.a"},
			[]string{
				`{"a":"=1+1"}`, `{"a":"+1"}`, `{"a":"-1"}`, `{"a":"@x"}`, `{"a":"\t=1"}`, `{"a":"\r=1"}`, `{"a":" =1"}`, `{"a":"a=1"}`, `{"a":"'1"}`,
			},
			"a\r\n'=1+1\r\n'+1\r\n'-1\r\n'@x\r\n'\t=1\r\n\"'\r=1\"\r\n =1\r\na=1\r\n'1\r\n",
		},
		{ // no value is not the empty text, and no line is empty
			[]string{"json.a", "json.b"}, []string{`{"a":""}`, `{"b":"\n"}`}, "a,b\r\n\"\",\r\n,\"\n\"\r\n",
		},
		{[]string{"json.a"}, []string{`{}`}, "a\r\n\"\"\r\n"},
		{ // a path may be a field's name, and a formula
			[]string{"json.id", "id", "json.-a", "json.tags", "json"},
			[]string{`{"id":1,"-a":2}`},
			"json.id,id,'-a,json.tags,json\r\n1,00000000-0000-4000-8000-000000000000,2,,\"{\"\"id\"\":1,\"\"-a\"\":2}\"\r\n",
		},
		{[]string{"id"}, nil, "id\r\n"},
	} {
		got, _ := write(t, export.File{Format: export.CSV, Columns: columns(t, tt.columns...)}, resultsOf(tt.documents...))
		if got != tt.want {
			t.Errorf("columns %q of %q\n got %q\nwant %q", tt.columns, tt.documents, got, tt.want)
		}
		reader := csv.NewReader(strings.NewReader(got))
		rows, err := reader.ReadAll()
		if err != nil || len(rows) != 1+len(tt.documents) {
			t.Errorf("columns %q: read back as %q, %v", tt.columns, rows, err)
		}
	}
}

func TestJSON(t *testing.T) {
	whole := func(b []byte, r *domain.Result) []byte { return append(b, r.JSON...) }
	results := resultsOf(`{"score":1.50,"text":"x"}`, `{"text":null}`)
	picked := columns(t, "json.score", "json.text", "site_name", "tags")
	const first, second = `{"score":1.50,"text":"x","site_name":"=site","tags":["a","b\""]}`,
		`{"score":null,"text":null,"site_name":"=site","tags":["a","b\""]}`
	for _, tt := range []struct {
		file    export.File
		results []*domain.Result
		want    string
	}{
		{export.File{Format: export.JSON, Columns: picked}, results, "[\n" + first + ",\n" + second + "\n]\n"},
		{export.File{Format: export.JSON, Whole: whole}, results, "[\n{\"score\":1.50,\"text\":\"x\"},\n{\"text\":null}\n]\n"},
		{export.File{Format: export.JSON, Columns: picked}, nil, "[]\n"},
		{export.File{Format: export.NDJSON, Columns: picked}, results, first + "\n" + second + "\n"},
		{export.File{Format: export.NDJSON, Whole: whole}, nil, ""},
		{
			export.File{Format: export.NDJSON, Columns: picked, WithEnd: true}, results, first + "\n" + second + "\n" +
				fmt.Sprintf(`{"end":{"rows":2,"sha256":"%x"}}`, sha256.Sum256([]byte(first+"\n"+second+"\n"))) + "\n",
		},
		{
			export.File{Format: export.NDJSON, Whole: whole, WithEnd: true}, nil,
			fmt.Sprintf(`{"end":{"rows":0,"sha256":"%x"}}`, sha256.Sum256(nil)) + "\n",
		},
	} {
		if got, _ := write(t, tt.file, tt.results); got != tt.want {
			t.Errorf("%s\n got %q\nwant %q", tt.file.Format, got, tt.want)
		}
	}
}

// A file is written in parts, and each of its errors ends it.
func TestFilesAreWrittenInParts(t *testing.T) {
	errRead, errWrite := errors.New("read"), errors.New("write")
	many := resultsOf(strings.Fields(strings.Repeat(`{"a":"`+strings.Repeat("x", 1000)+`"} `, 300))...)
	for _, format := range export.Formats {
		file := export.File{Format: format, Columns: columns(t, "id", "json")}
		var parts countedWriter
		if _, err := file.Write(&parts, sequence(many, errRead)); !errors.Is(err, errRead) {
			t.Errorf("%s: got %v, want the error of the results", format, err)
		}
		if parts.largest > 128<<10 && format != export.Parquet {
			t.Errorf("%s: a part has %d bytes", format, parts.largest)
		}
		if _, err := file.Write(&countedWriter{err: errWrite}, sequence(many, nil)); !errors.Is(err, errWrite) {
			t.Errorf("%s: got %v, want the error of the writer", format, err)
		}
	}
}

type countedWriter struct {
	largest int
	err     error
}

func (w *countedWriter) Write(p []byte) (int, error) {
	w.largest = max(w.largest, len(p))
	return len(p), w.err
}

func TestAcceptedFormats(t *testing.T) {
	for accept, want := range map[string]export.Format{
		"":                                          export.CSV,
		"*/*":                                       export.CSV,
		"text/html, image/png":                      export.CSV,
		"nonsense;;":                                export.CSV,
		"application/json":                          export.JSON,
		"APPLICATION/JSON; charset=utf-8":           export.JSON,
		"application/x-ndjson":                      export.NDJSON,
		"application/ndjson":                        export.NDJSON,
		"application/jsonl":                         export.NDJSON,
		"application/vnd.apache.parquet":            export.Parquet,
		"text/csv;q=0.1, application/json;q=0.2":    export.JSON,
		"text/csv;q=0, */*":                         export.NDJSON,
		"application/json;q=0":                      export.CSV,
		"application/json;q=x":                      export.CSV,
		"application/*;q=0.9, text/*;q=0.1":         export.NDJSON,
		"text/html,application/xhtml+xml,*/*;q=0.8": export.CSV,
		"application/json;q=0.5,application/x-ndjson;q=0.4": export.JSON,
	} {
		if got := export.Accepted([]string{accept}); got != want {
			t.Errorf("Accept: %s: got %s, want %s", accept, got, want)
		}
	}
	if got := export.Accepted(nil); got != export.CSV {
		t.Errorf("no Accept: got %s", got)
	}
}

func TestDisposition(t *testing.T) {
	for name, want := range map[string]string{
		"results.csv":          `attachment; filename="results.csv"`,
		"my results.csv":       `attachment; filename="my results.csv"`,
		"a\"b\\c.csv":          `attachment; filename="a_b_c.csv"`,
		"../../etc/passwd":     `attachment; filename="_.._etc_passwd"`,
		"x\r\nSet-Cookie: a=b": `attachment; filename="x__Set-Cookie_ a=b"`,
		"größe 1.csv":          `attachment; filename="gr__e 1.csv"; filename*=UTF-8''gr%C3%B6%C3%9Fe%201.csv`,
		"a'%41.csv":            `attachment; filename="a'_41.csv"`,
		"gpj.\u202excod":       `attachment; filename="gpj._xcod"`,
	} {
		if got := export.Disposition(name); got != want {
			t.Errorf("%q\n got %s\nwant %s", name, got, want)
		}
	}
}
