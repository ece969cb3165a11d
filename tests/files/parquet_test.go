// Package files_test reads exported files back with the readers of others.
package files_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/parquet-go/parquet-go"

	"github.com/eosc-perf/backend/adapters/http/export"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/service"
)

// resultsOf makes a result of each document.
func resultsOf(documents []string) []*domain.Result {
	results := make([]*domain.Result, len(documents))
	for i, document := range documents {
		results[i] = &domain.Result{
			ID: uuid.MustParse(fmt.Sprintf("00000000-0000-4000-8000-%012d", i)), JSON: json.RawMessage(document),
			ExecutedAt: time.Date(2026, 1, 2, 3, 4, 5, i*1000, time.UTC), Benchmark: &domain.Benchmark{DockerImage: "image", DockerTag: "1"},
			Site: &domain.Site{Name: "Söte"}, Flavor: &domain.Flavor{Name: "small"},
		}
	}
	return results
}

func path(t *testing.T, text, unit string) service.Column {
	t.Helper()
	parsed, err := filter.ParsePath(text, 16)
	if err != nil {
		t.Fatal(err)
	}
	return service.Column{Field: filter.JSONField, Path: parsed, Unit: unit}
}

func write(t *testing.T, columns []service.Column, results []*domain.Result) []byte {
	t.Helper()
	return writeFile(t, export.File{Format: export.Parquet, Columns: columns}, results)
}

func writeFile(t *testing.T, file export.File, results []*domain.Result) []byte {
	t.Helper()
	var out bytes.Buffer
	_, err := file.Write(&out, func(yield func(*domain.Result, error) bool) {
		for _, result := range results {
			if !yield(result, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// read returns the type of each column, and the values of each row as texts, "null" for none.
func read(t *testing.T, file []byte) (*parquet.File, []string, [][]string) {
	t.Helper()
	opened, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, field := range opened.Schema().Fields() {
		types = append(types, field.Name()+" "+field.Type().String())
	}
	reader := parquet.NewReader(opened)
	defer func() { _ = reader.Close() }()
	var rows [][]string
	buffer := make([]parquet.Row, 100)
	for {
		n, err := reader.ReadRows(buffer)
		for _, row := range buffer[:n] {
			var texts []string
			for _, value := range row {
				text := value.String()
				if value.IsNull() {
					text = "null"
				}
				texts = append(texts, text)
			}
			rows = append(rows, texts)
		}
		if errors.Is(err, io.EOF) {
			return opened, types, rows
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestParquet(t *testing.T) {
	results := resultsOf([]string{
		`{"score":567.9,"big":1,"mixed":1,"list":[1, 2],"flag":true}`,
		`{"score":-0.0,"big":12345678901234567890,"mixed":"one","none":null}`,
		`{"score":null,"big":0.1,"flag":false}`,
	})
	file := write(t, []service.Column{
		{Field: "id"}, {Field: "execution_datetime"}, {Field: "site_name"}, {Field: service.TagsColumn}, path(t, "score", "s"),
		path(t, "big", ""), path(t, "mixed", ""), path(t, "list", ""), path(t, "flag", ""), path(t, "none", ""),
	}, results)
	opened, types, rows := read(t, file)
	wantTypes := "id STRING,execution_datetime TIMESTAMP(isAdjustedToUTC=true,unit=MICROS),site_name STRING,tags STRING," +
		"score DOUBLE,big STRING,mixed STRING,list STRING,flag STRING,none STRING"
	if got := strings.Join(types, ","); got != wantTypes {
		t.Errorf("types\n got %s\nwant %s", got, wantTypes)
	}
	micros := func(i int) string { return strconv.FormatInt(results[i].ExecutedAt.UnixMicro(), 10) }
	want := [][]string{
		{"00000000-0000-4000-8000-000000000000", micros(0), "Söte", "[]", "567.9", "1", "1", "[1,2]", "true", "null"},
		{"00000000-0000-4000-8000-000000000001", micros(1), "Söte", "[]", "0", "12345678901234567890", "one", "null", "null", "null"},
		{"00000000-0000-4000-8000-000000000002", micros(2), "Söte", "[]", "null", "0.1", "null", "null", "false", "null"},
	}
	if fmt.Sprint(rows) != fmt.Sprint(want) {
		t.Errorf("rows\n got %v\nwant %v", rows, want)
	}
	metadata := opened.Metadata()
	pairs := metadata.RowGroups[0].Columns[4].MetaData.KeyValueMetadata
	if len(pairs) != 1 || pairs[0].Key != "unit" || pairs[0].Value != "s" {
		t.Errorf("the metadata of score is %v", pairs)
	}
	if units, _ := opened.Lookup("units"); units != `{"score":"s"}` {
		t.Errorf("the units of the file are %s", units)
	}
}

func TestParquetWithoutRows(t *testing.T) {
	_, types, rows := read(t, write(t, []service.Column{{Field: "id"}, path(t, "score", "s")}, nil))
	if len(rows) != 0 || strings.Join(types, ",") != "id STRING,score STRING" {
		t.Errorf("%v, %v", types, rows)
	}
}

// TestParquetInGroups: a file of several groups of rows has the same values, and no file that is
// cut off can be read.
func TestParquetInGroups(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
	documents := make([]string, 70_000)
	for i := range documents {
		switch random.IntN(3) {
		case 0:
			documents[i] = `{}`
		default:
			documents[i] = fmt.Sprintf(`{"n":%d,"text":"%s"}`, random.IntN(1000), strings.Repeat("x", random.IntN(200)))
		}
	}
	results := resultsOf(documents)
	file := write(t, []service.Column{{Field: "id"}, path(t, "n", ""), path(t, "text", "")}, results)
	opened, _, rows := read(t, file)
	if groups := len(opened.Metadata().RowGroups); groups < 2 || len(rows) != len(results) {
		t.Fatalf("%d groups, %d rows", groups, len(rows))
	}
	for i, row := range rows {
		var document struct {
			N    *int
			Text *string
		}
		if err := json.Unmarshal(results[i].JSON, &document); err != nil {
			t.Fatal(err)
		}
		want := []string{results[i].ID.String(), "null", "null"}
		if document.N != nil {
			want[1], want[2] = strconv.Itoa(*document.N), *document.Text
		}
		if fmt.Sprint(row) != fmt.Sprint(want) {
			t.Fatalf("row %d is %v, want %v", i, row, want)
		}
	}
	for range 200 {
		cut := file[:random.IntN(len(file))]
		if _, err := parquet.OpenFile(bytes.NewReader(cut), int64(len(cut))); err == nil {
			t.Fatalf("a file with %d of %d bytes can be read", len(cut), len(file))
		}
	}
}
