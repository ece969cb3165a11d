package metrics_test

import (
	"fmt"
	"testing"

	"github.com/eosc-perf/backend/core/metrics"
)

func TestASchemaIsReadOnce(t *testing.T) {
	var kept metrics.BySchema[int]
	reads := 0
	read := func(schema []byte) int {
		reads++
		return len(schema)
	}
	for range 3 {
		for i := range 1000 {
			if i%250 == 0 {
				reads = 0
			}
			for _, schema := range [][]byte{fmt.Append(nil, 1000+i), fmt.Append(nil, 10_000+i)} {
				if got := kept.Get(schema, read) + kept.Get(schema, read); got != 2*len(schema) {
					t.Fatalf("%s: %d", schema, got)
				}
			}
			if reads > 2*(i%250+1) {
				t.Fatalf("%d reads of %d schemas", reads, 2*(i%250+1))
			}
		}
	}
}
