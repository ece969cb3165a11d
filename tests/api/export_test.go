package api_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/eosc-perf/backend/tests/harness"
)

// exported is a file, with the header and the trailers of its answer.
type exported struct {
	body            []byte
	header, trailer http.Header
}

// export asks for a file, and checks its digest.
func export(t *testing.T, s *harness.Server, query string, header http.Header) exported {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Base+"/results:export?"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v: %s", query, response.Status, err, body)
	}
	sum := sha256.Sum256(body)
	if got, want := response.Trailer.Get("Repr-Digest"), "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":"; got != want {
		t.Errorf("%s: Repr-Digest %s, want %s", query, got, want)
	}
	return exported{body, response.Header, response.Trailer}
}

// exportWorld uploads results, and returns what they refer to.
func exportWorld(t *testing.T, s *harness.Server, name string, documents ...string) harness.Fixture {
	t.Helper()
	g := s.NewFixture(name)
	for i, document := range documents {
		path := strings.Replace(g.UploadPath(""), "08:31:00Z", fmt.Sprintf("08:31:%02dZ", i%60), 1)
		if i%2 == 0 {
			path += "&tags_ids=" + g.Tag
		}
		s.Post("alice", path, document).Want(t, 201)
	}
	return g
}

const metricSchema = `{"type":"object","properties":{"result":{"type":"object","properties":{` +
	`"score":{"type":"number","suggestToUser":true,"metric":{"unit":"s","better":"lower"}},"text":{"type":"string","suggestToUser":true}}}}}`

func TestExportHasTheColumnsThatAreAskedFor(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("csv")
		benchmark := s.Post("alice", "/benchmarks",
			`{"docker_image":"measured","docker_tag":"1","url":"https://example.org","json_schema":`+metricSchema+`}`).Want(t, 201).ID(t)
		s.Post("admin", "/benchmarks/"+benchmark+":approve", "").Want(t, 204)
		g.Benchmark = benchmark
		first := s.Post("alice", g.UploadPath("&tags_ids="+g.Tag), `{"result":{"score":12345678901234567890.5,"text":"=1+1"}}`).Want(t, 201).ID(t)
		s.Post("alice", g.UploadPath(""), `{"result":{"score":-1,"text":"a, \"b\""}}`).Want(t, 201)
		of := "benchmark_id=" + benchmark
		for query, want := range map[string]string{
			of + "&sort_by=%2Bjson.result.score&columns=json.result.score&columns=json.result.text&columns=tags"://
			"result.score [s],result.text,tags\r\n-1,\"a, \"\"b\"\"\",[]\r\n12345678901234567890.5,'=1+1,\"[\"\"csv\"\"]\"\r\n",
			of + "&sort_by=-json.result.score": "id,execution_datetime,benchmark_name,site_name,flavor_name,tags,result.score [s]\r\n" +
				first + ",2021-05-21T08:31:00,measured:1,csv,csv,\"[\"\"csv\"\"]\",12345678901234567890.5\r\n*",
			of + "&filters=result.score+%3E+0&columns=benchmark_id&columns=benchmark_id&columns=site_address"://
			"benchmark_id,site_address\r\n" + benchmark + ",a\r\n",
			of + "&benchmark_id=" + g.Tag + "&where=json.result.score+%3C+0&columns=json.%22result%22.score"://
			"result.score [s]\r\n-1\r\n",
			of + "&as_of=2021-05-22T00:00:00Z&columns=id":                                      "id\r\n",
			of + "&terms=nothing&columns=id":                                                   "id\r\n",
			of + "&filters=result.score+%3C+0&format=ndjson&columns=json.result.score":         "{\"result.score\":-1}\n",
			of + "&filters=result.score+%3C+0&format=json&columns=json.result.no&columns=tags": "[\n{\"result.no\":null,\"tags\":[]}\n]\n",
		} {
			got := export(t, s, query, nil)
			text, more := strings.CutSuffix(want, "*")
			if string(got.body) != want && (!more || !strings.HasPrefix(string(got.body), text)) {
				t.Errorf("%s\n got %q\nwant %q", query, got.body, want)
			}
			if got.header.Get("Cache-Control") != "no-cache" || got.header.Get("Content-Encoding") != "" {
				t.Errorf("%s: header %v", query, got.header)
			}
		}
		document := export(t, s, of+"&filters=result.score+%3C+0&columns=json", nil)
		rows, err := csv.NewReader(bytes.NewReader(document.body)).ReadAll()
		if err != nil || len(rows) != 2 || !harness.SameJSON(t, rows[1][0], `{"result":{"score":-1,"text":"a, \"b\""}}`) {
			t.Errorf("the column of documents is %q, %v", rows, err)
		}
		if rows := export(t, s, of, nil).trailer.Get("EOSC-Perf-Rows"); rows != "2" {
			t.Errorf("EOSC-Perf-Rows is %q, want 2", rows)
		}
	})
}

// TestExportIsTheList: whole results are those of all pages, byte by byte.
func TestExportIsTheList(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		var documents []string
		for i := range 25 {
			documents = append(documents, fmt.Sprintf(`{"n":%d,"text":"t%d","list":[1.50, {"a": null}]}`, i%4, i))
		}
		exportWorld(t, s, "list", documents...)
		for _, query := range []string{
			"", "sort_by=-json.n,%2Bexecution_datetime", "filters=n+%3E=+2&sort_by=-id", "execution_after=2021-05-21&sort_by=%2Bjson.text",
			"execution_before=2021-05-21",
		} {
			var listed []json.RawMessage
			for page := 1; ; page++ {
				var answer struct {
					Items   []json.RawMessage `json:"items"`
					HasNext bool              `json:"has_next"`
				}
				text := s.Get(fmt.Sprintf("/results?per_page=7&page=%d&%s", page, query)).Want(t, 200).Body
				if err := json.Unmarshal([]byte(text), &answer); err != nil {
					t.Fatal(err)
				}
				if listed = append(listed, answer.Items...); !answer.HasNext {
					break
				}
			}
			var lines, array bytes.Buffer
			array.WriteByte('[')
			for i, item := range listed {
				lines.Write(append(item, '\n'))
				if i > 0 {
					array.WriteByte(',')
				}
				array.Write(append([]byte{'\n'}, item...))
			}
			if len(listed) > 0 {
				array.WriteByte('\n')
			}
			array.WriteString("]\n")
			if got := export(t, s, "format=ndjson&"+query, nil); string(got.body) != lines.String() {
				t.Errorf("%s\n got %.2000s\nwant %.2000s", query, got.body, lines.String())
			}
			if got := export(t, s, "format=json&"+query, nil); string(got.body) != array.String() {
				t.Errorf("%s\n got %.2000s\nwant %.2000s", query, got.body, array.String())
			}
			got := export(t, s, "format=csv&columns=id&"+query, nil)
			rows, err := csv.NewReader(bytes.NewReader(got.body)).ReadAll()
			if err != nil || len(rows) != 1+len(listed) || got.trailer.Get("EOSC-Perf-Rows") != strconv.Itoa(len(listed)) {
				t.Errorf("%s: %d rows, %v, trailers %v; want %d", query, len(rows), err, got.trailer, len(listed))
			}
			end := export(t, s, "format=ndjson&end=true&"+query, nil)
			want := fmt.Sprintf("%s{\"end\":{\"rows\":%d,\"sha256\":\"%x\"}}\n", lines.String(), len(listed), sha256.Sum256(lines.Bytes()))
			if string(end.body) != want {
				t.Errorf("%s: with the end\n got %.2000s\nwant %.2000s", query, end.body, want)
			}
		}
	})
}

func TestExportFormats(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := exportWorld(t, s, "formats", `{"score":1.5,"id":12345678901234567890}`, `{"score":2,"id":1}`)
		const csvType, parquetType = "text/csv; charset=utf-8; header=present", "application/vnd.apache.parquet"
		for _, tt := range []struct{ query, accept, contentType, disposition string }{
			{"", "", csvType, `attachment; filename="results.csv"`},
			{"", "text/html,application/xhtml+xml,*/*;q=0.8", csvType, `attachment; filename="results.csv"`},
			{"", "image/png", csvType, `attachment; filename="results.csv"`},
			{"", "application/json", "application/json", `attachment; filename="results.json"`},
			{"", "application/x-ndjson", "application/x-ndjson", `attachment; filename="results.ndjson"`},
			{"", parquetType, parquetType, `attachment; filename="results.parquet"`},
			{"format=parquet", "application/json", parquetType, `attachment; filename="results.parquet"`},
			{"format=csv&filename=my%20runs.csv", "application/json", csvType, `attachment; filename="my runs.csv"`},
			{"filename=%22%0D%0AX:%20y%C3%B6", "", csvType, `attachment; filename="___X_ y_"; filename*=UTF-8''___X_%20y%C3%B6`},
			{"filename=", "", csvType, `attachment; filename="results.csv"`},
		} {
			header := http.Header{}
			if tt.accept != "" {
				header.Set("Accept", tt.accept)
			}
			got := export(t, s, tt.query, header)
			if got.header.Get("Content-Type") != tt.contentType || got.header.Get("Content-Disposition") != tt.disposition {
				t.Errorf("%s, Accept %s: %v", tt.query, tt.accept, got.header)
			}
			head := s.Do(harness.Call{Method: "HEAD", Path: "/results:export?" + tt.query, Header: header}).Want(t, 200)
			if head.Header.Get("Content-Disposition") != tt.disposition || head.Body != "" {
				t.Errorf("HEAD %s: %v %q", tt.query, head.Header, head.Body)
			}
		}
		file := export(t, s, "format=parquet&columns=json.score&columns=json.id&columns=execution_datetime&benchmark_id="+g.Benchmark, nil)
		opened, err := parquet.OpenFile(bytes.NewReader(file.body), int64(len(file.body)))
		if err != nil {
			t.Fatal(err)
		}
		var types []string
		for _, field := range opened.Schema().Fields() {
			types = append(types, field.Name()+" "+field.Type().String())
		}
		const wanted = "score DOUBLE, json.id STRING, execution_datetime TIMESTAMP(isAdjustedToUTC=true,unit=MICROS)"
		if got := strings.Join(types, ", "); got != wanted {
			t.Errorf("Parquet has the columns %s", got)
		}
		if opened.NumRows() != 2 || file.trailer.Get("EOSC-Perf-Rows") != "2" {
			t.Errorf("Parquet has %d rows, trailers %v", opened.NumRows(), file.trailer)
		}
	})
}

func TestExportRefusesBadQueries(t *testing.T) {
	s := harness.Start(t, nil)
	for query, want := range map[string]string{
		"format=xlsx": `{"format":["Must be one of: csv, ndjson, json, parquet."]}`,
		"format=":     `{"format":["Must be one of: csv, ndjson, json, parquet."]}`,
		"end=maybe":   `{"end":["Not a valid boolean."]}`,
		"page=1":      `{"page":["Unknown field."]}`,
		"per_page=1":  `{"per_page":["Unknown field."]}`,
		"columns=id&columns=score": `{"columns":{"1":["Must be one of: id, upload_datetime, execution_datetime, benchmark_id, benchmark_name, ` +
			`site_id, site_name, site_address, flavor_id, flavor_name, json, json.PATH, tags."]}}`,
		"columns=":                             `*columns`,
		"columns=json.a%5B*%5D":                `*columns`,
		"filename=%FF":                         `{"filename":["Not a valid string."]}`,
		"filename=" + strings.Repeat("x", 201): `{"filename":["Longer than maximum length 200 characters: it has 201."]}`,
		"benchmark_id=x":                       `{"benchmark_id":["Not a valid UUID."]}`,
		"filters=a":                            `*filters`,
		"sort_by=x":                            `*sort_by`,
		strings.Repeat("columns=id&", 101) + "format=csv": `{"columns":{"100":["At most 100 columns are allowed; there are 101."]}}`,
	} {
		got := s.Get("/results:export?"+query).Want(t, 422)
		if part, ok := strings.CutPrefix(want, "*"); ok {
			if !strings.Contains(got.Body, `"`+part+`":`) {
				t.Errorf("%s", got)
			}
			continue
		}
		if !harness.SameJSON(t, got.Body, `{"code":422,"status":"Unprocessable Entity","errors":{"query":`+want+`}}`) {
			t.Errorf("%s\nwant %s", got, want)
		}
		if got.Header.Get("Content-Disposition") != "" || got.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: header %v", query, got.Header)
		}
	}
}

// TestExportThatFailsLooksCutOff: the time of the export ends while the client reads. Neither the last
// chunk nor a trailer comes, in HTTP/1.0 the connection is reset.
func TestExportThatFailsLooksCutOff(t *testing.T) {
	s := harness.Start(t, harness.Settings{"EXPORT_TIMEOUT": "2s", "EXPORT_CONNECTIONS": "1"})
	documents := make([]string, 40)
	for i := range documents {
		documents[i] = `{"text":"` + strings.Repeat("x", 400_000) + `"}`
	}
	exportWorld(t, s, "cut", documents...)
	for _, version := range []string{"HTTP/1.1", "HTTP/1.0"} {
		connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.Base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = connection.Close() }()
		if _, err := fmt.Fprintf(connection, "GET /results:export?columns=json %s\r\nHost: x\r\n\r\n", version); err != nil {
			t.Fatal(err)
		}
		reader := bufio.NewReader(connection)
		response, err := http.ReadResponse(reader, nil)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("%s: %v, %v", version, response, err)
		}
		time.Sleep(3 * time.Second) // longer than the export may take
		n, err := io.Copy(io.Discard, response.Body)
		if err == nil || response.Trailer.Get("Repr-Digest") != "" {
			t.Errorf("%s: the body ends as a whole one after %d bytes, trailers %v", version, n, response.Trailer)
		}
	}
	// The slot is free again.
	if got := export(t, s, "columns=id", nil); got.trailer.Get("EOSC-Perf-Rows") != "40" {
		t.Errorf("afterwards: %v", got.trailer)
	}
}

// TestExportEndsWithItsClient: a client that leaves frees the slot.
func TestExportEndsWithItsClient(t *testing.T) {
	s := harness.Start(t, harness.Settings{"EXPORT_CONNECTIONS": "1"})
	documents := make([]string, 40)
	for i := range documents {
		documents[i] = `{"text":"` + strings.Repeat("x", 400_000) + `"}`
	}
	exportWorld(t, s, "leave", documents...)
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Base+"/results:export?columns=json", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		_ = response.Body.Close()
	}
	if got := export(t, s, "columns=id", nil); got.trailer.Get("EOSC-Perf-Rows") != "40" {
		t.Errorf("afterwards: %v", got.trailer)
	}
}

// While others export, who waits too long for a slot is told when to try again, and lists are
// answered.
func TestExportsHaveSlotsOfTheirOwn(t *testing.T) {
	s := harness.Start(t, harness.Settings{"EXPORT_CONNECTIONS": "1", "HEAVY_CONNECTIONS": "1"})
	documents := make([]string, 40)
	for i := range documents {
		documents[i] = `{"text":"` + strings.Repeat("x", 400_000) + `"}`
	}
	exportWorld(t, s, "slots", documents...)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Base+"/results:export?columns=json", nil)
	if err != nil {
		t.Fatal(err)
	}
	slow, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = slow.Body.Close() }()
	if total := s.Total("", "/results?filters=text+%3E+a&per_page=1"); total != 40 {
		t.Errorf("a heavy list meanwhile has %d results", total)
	}
	refused := s.Get("/results:export").Want(t, 503)
	if refused.Header.Get("Retry-After") == "" || refused.Text("errors", "error") == "" || refused.Header.Get("Trailer") != "" {
		t.Errorf("%s: %v", refused, refused.Header)
	}
}
