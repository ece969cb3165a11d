package metrics_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/metrics"
)

// repeated joins so many texts by commas.
func repeated(times int, text func(i int) string) string {
	all := make([]string, times)
	for i := range all {
		all[i] = text(i)
	}
	return strings.Join(all, ",")
}

// TestHostileSchemasAreReadInABoundedTime: every page about a benchmark reads its schema, and so does the index of its values.
func TestHostileSchemasAreReadInABoundedTime(t *testing.T) {
	const limit = 10 * time.Second // on a busy machine: it takes milliseconds
	toBig := repeated(1500, func(i int) string { return fmt.Sprintf(`"p%04d":{"$ref":"#/$defs/big"}`, i) })
	for name, schema := range map[string]string{
		"many properties": `{"properties":{` + repeated(60_000, func(i int) string { return fmt.Sprintf(`"m%06d":{}`, i) }) + `}}`,
		"many references to many properties": `{"$defs":{"big":{"properties":{` +
			repeated(5000, func(i int) string { return fmt.Sprintf(`"m%06d":true`, i) }) + `}}},"properties":{` + toBig + `}}`,
		"many references to many names": `{"$defs":{"big":{"required":[` +
			repeated(20_000, func(i int) string { return fmt.Sprintf(`"m%06d"`, i) }) + `]}},"properties":{` + toBig + `},"required":[` +
			repeated(1500, func(i int) string { return fmt.Sprintf(`"p%04d"`, i) }) + `]}`,
		"many references to many words": `{"$defs":{"big":{` +
			repeated(10_000, func(i int) string { return fmt.Sprintf(`"x%06d":1`, i) }) +
			`,"type":"number","suggestToUser":true}},"properties":{` + toBig + `}}`,
		"many references to many types": `{"$defs":{"big":{"type":[` +
			repeated(20_000, func(int) string { return `"number"` }) + `]}},"properties":{` + toBig + `}}`,
		"long references": `{"properties":{"a":{"$ref":"#/properties"},"b":{"allOf":[` +
			repeated(900, func(int) string { return `{"$ref":"#/` + strings.Repeat("~0", 500) + `"}` }) + `]}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			for what, read := range map[string]func(){
				"properties":   func() { metrics.Properties([]byte(schema)) },
				"metrics":      func() { metrics.FromSchema([]byte(schema)) },
				"descriptions": func() { metrics.Descriptions([]byte(schema)) },
				"leaves":       func() { metrics.Leaves(&domain.Benchmark{JSONSchema: json.RawMessage(schema)}) },
			} {
				begin := time.Now()
				if read(); time.Since(begin) > limit {
					t.Errorf("the %s of a schema of %d bytes took %s", what, len(schema), time.Since(begin))
				}
			}
		})
	}
}
