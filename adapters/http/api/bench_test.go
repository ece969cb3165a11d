package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/adapters/http/spool"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
)

// discardWriter drops the answer.
type discardWriter struct{ header http.Header }

func (w discardWriter) Header() http.Header         { return w.header }
func (w discardWriter) Write(p []byte) (int, error) { return len(p), nil }
func (w discardWriter) WriteHeader(int)             {}

// document15 is a result of 1.5 KB, schema6 a schema of 6 KB.
var (
	document15 = `{"arguments":"Total Time","machine":{"cpu":{"arch":"X86_64","count":8,"flags":[` + strings.Repeat(`"avx512",`, 130) +
		`"x"],"hz_actual":[2300000000,0]}},"result":{"all_results":"28.1:28.0","score":28.08},"test":"c-ray","units":"Seconds"}`
	schema6 = `{"type":"object","properties":{` +
		strings.Repeat(`"name":{"type":"number","description":"What it is, in a few words"},`, 88) + `"x":{}}}`
)

// BenchmarkBody reads and checks what uploads and submissions send.
func BenchmarkBody(b *testing.B) {
	api := openapi.New(openapi.Config{}, noRoutes{})
	for _, resource := range withoutServices.resources() {
		for _, operation := range resource.operations {
			operation.Handler(api, operation.Describe())
		}
	}
	check := bodyCheck{registry: api.OpenAPI().Components.Schemas, limits: document.Limits{Bytes: 1 << 20, Depth: 64, Exponent: 308}}
	var err error
	if check.spool, err = spool.New(b.TempDir(), 1<<20); err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct{ name, path, body string }{
		{"result", "/results", document15},
		{"benchmark", "/benchmarks", `{"docker_image":"a","docker_tag":"b","url":"https://example.org","json_schema":` + schema6 + `}`},
	} {
		schema := api.OpenAPI().Paths[c.path].Post.RequestBody.Content["application/json"].Schema
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.body)))
			b.ReportAllocs()
			for b.Loop() {
				request := httptest.NewRequest(http.MethodPost, c.path, strings.NewReader(c.body))
				request.Header.Set("Content-Type", "application/json")
				body, err := check.receive(discardWriter{http.Header{}}, request, "")
				if err != nil {
					b.Fatal(err)
				}
				text, err := body.Bytes()
				if err != nil {
					b.Fatal(err)
				}
				if _, err := check.check(b.Context(), text, schema); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPage encodes pages of results, from what services return to bytes.
// Results of one benchmark share it.
func BenchmarkPage(b *testing.B) {
	for _, size := range []int{1, 20, 100} {
		page := resultsPage(size)
		format := representation.JSONFormat()
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := format.Marshal(io.Discard, toResults(page)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func resultsPage(size int) domain.Page[*domain.Result] {
	const parents = 20
	upload := domain.Upload{UploadedAt: time.Date(2021, 5, 21, 8, 31, 0, 500_000_000, time.UTC)}
	page := domain.Page[*domain.Result]{PageRequest: domain.PageRequest{Number: 1, Size: size}, Total: 100_000}
	for i := range size {
		if i < parents {
			page.Items = append(page.Items, &domain.Result{
				Benchmark: &domain.Benchmark{
					ID: uuid.New(), Upload: upload, DockerImage: "image", DockerTag: "tag", JSONSchema: json.RawMessage(schema6),
				},
				Site:   &domain.Site{ID: uuid.New(), Upload: upload, Name: "name", Address: "address"},
				Flavor: &domain.Flavor{ID: uuid.New(), Upload: upload, Name: "name"},
			})
		} else {
			shared := *page.Items[i%parents]
			page.Items = append(page.Items, &shared)
		}
		r := page.Items[i]
		r.ID, r.Upload, r.ExecutedAt, r.JSON = uuid.New(), upload, upload.UploadedAt, json.RawMessage(document15)
		r.Tags = []*domain.Tag{{ID: uuid.New(), Name: "tag"}}
	}
	return page
}
