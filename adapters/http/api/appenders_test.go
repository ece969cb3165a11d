package api

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/adapters/http/representation"
)

// drawPage draws a page of results that share parents.
func drawPage(t *rapid.T) Results {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "<&>\u2028", "\"\\\x00\x1f\n", "ü漢字🧪"}))
	optional := func(name string) *string { return rapid.Ptr(text, true).Draw(t, name) }
	moment := func(name string) DateTime {
		return DateTime(time.UnixMicro(rapid.Int64Range(-1e15, 1e16).Draw(t, name)))
	}
	document := rapid.SampledFrom([]Object{
		{json.RawMessage(`{"a": [1, null, "ü"]}`)}, {json.RawMessage(`{}`)}, {json.RawMessage(`[1,2]`)}, {},
	})
	id := func(name string) uuid.UUID {
		return uuid.UUID(rapid.SliceOfN(rapid.SampledFrom([]byte{0, 255}), 16, 16).Draw(t, name))
	}
	benchmarks := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Benchmark {
		return Benchmark{
			ID: uuid.New(), DockerImage: text.Draw(t, "image"), DockerTag: text.Draw(t, "tag"), URL: text.Draw(t, "url"),
			JSONSchema:  JSONSchema(document.Draw(t, "schema")),
			Description: rapid.Ptr(text, true).Draw(t, "description"), UploadDatetime: moment("uploaded"),
		}
	}), 1, 3).Draw(t, "benchmarks")
	same := id("one id of site and flavor")
	site := Site{
		ID: same, Name: text.Draw(t, "site"), Address: text.Draw(t, "address"),
		Description: optional("site's"), UploadDatetime: moment("site at"),
	}
	flavor := Flavor{ID: same, Name: text.Draw(t, "flavor"), Description: optional("flavor's"), UploadDatetime: moment("flavor at")}
	tags := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Tag {
		return Tag{ID: id("tag"), Name: text.Draw(t, "name"), Description: rapid.Ptr(text, true).Draw(t, "tag's")}
	}), 0, 2)
	items := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Result {
		return Result{
			ID: id("result"), JSON: document.Draw(t, "json"), ExecutionDatetime: moment("executed"), UploadDatetime: moment("uploaded"),
			Benchmark: rapid.SampledFrom(benchmarks).Draw(t, "benchmark"), Site: site, Flavor: flavor, Tags: tags.Draw(t, "tags"),
		}
	}), 0, 5).Draw(t, "items")
	number := rapid.IntRange(0, 3)
	return Results{
		Items: items, Page: number.Draw(t, "page"), PerPage: 20, Pages: number.Draw(t, "pages"), Total: number.Draw(t, "total"),
		HasNext: rapid.Bool().Draw(t, "next"), NextNum: number.Draw(t, "next number"), PrevNum: number.Draw(t, "previous number"),
	}
}

// Appenders encode what encoding/json encodes.
func TestAppendersWriteWhatTheTagsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		results := drawPage(t)
		values := []representation.Appender{results}
		for _, r := range results.Items {
			claim := Claim{
				ID: r.ID, Message: r.Site.Name, ResourceType: "result", ResourceID: &r.Benchmark.ID, UploadDatetime: r.UploadDatetime,
				Uploader: User{Sub: r.Site.Address, Iss: r.Site.Name, Email: r.Flavor.Name, RegistrationDatetime: r.ExecutionDatetime},
			}
			listed, orphan := claim.Uploader, claim
			listed.Blocked, orphan.ResourceID = true, nil
			values = append(values,
				r, r.Benchmark, r.Site, r.Flavor, claim, orphan, listed,
				Claims{Items: []Claim{claim, claim}}, Benchmarks{Items: []Benchmark{r.Benchmark, r.Benchmark}},
				Sites{Items: []Site{r.Site}}, Flavors{Items: []Flavor{r.Flavor}}, Tags{Items: r.Tags})
		}
		for _, v := range values {
			want, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			got := v.AppendJSON([]byte("before"), representation.NoFlush)
			got, prefixed := bytes.CutPrefix(got, []byte("before"))
			var gotValue, wantValue any
			if err := json.Unmarshal(got, &gotValue); err != nil || !prefixed {
				t.Fatalf("%T wrote %s: %v", v, got, err)
			}
			if err := json.Unmarshal(want, &wantValue); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(gotValue, wantValue) {
				t.Fatalf("%T\n got %s\nwant %s", v, got, want)
			}
		}
	})
}

// The parts that are flushed make the same JSON, wherever the buffer is flushed.
func TestAppendersWriteTheSameInParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		results := drawPage(t)
		values := []representation.Appender{results, Tags{Items: []Tag{{Name: "a"}, {Name: "b"}}}}
		for _, r := range results.Items {
			values = append(values, r, Benchmarks{Items: []Benchmark{r.Benchmark, r.Benchmark}})
		}
		for _, v := range values {
			var out []byte
			rest := v.AppendJSON(nil, func(b []byte) []byte {
				if rapid.Bool().Draw(t, "flushed") {
					out = append(out, b...)
					b = b[:0]
				}
				return b
			})
			out = append(out, rest...)
			if want := v.AppendJSON(nil, representation.NoFlush); !bytes.Equal(out, want) {
				t.Fatalf("%T\n got %s\nwant %s", v, out, want)
			}
		}
	})
}
