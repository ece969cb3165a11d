package derived_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
)

// BenchmarkUpload adds a result with 24 indexed paths to the embedded database.
func BenchmarkUpload(b *testing.B) {
	store := storetest.SQLite(b)
	results := storetest.Results("a", 1)
	var properties, members []string
	for i := range 24 {
		properties = append(properties, fmt.Sprintf(`"p%d":{}`, i))
		members = append(members, fmt.Sprintf(`"p%d":%d.%d`, i, i, i))
	}
	results[0].Benchmark.JSONSchema = []byte(`{"properties":{` + strings.Join(properties, ",") + `}}`)
	results[0].JSON = []byte(`{` + strings.Join(members, ",") + `}`)
	storetest.MustAdd(b, store, results)
	for b.Loop() {
		result := *results[0]
		result.ID = uuid.New()
		if err := store.Repos().Results.Add(b.Context(), &result); err != nil {
			b.Fatal(err)
		}
	}
}
