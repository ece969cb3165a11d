package metrics_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/metrics"
)

func TestOneDocumentIsRead(t *testing.T) {
	metric := domain.UndeclaredMetric("result.score")
	metric.Samples, metric.Resource, metric.Label = "result.all", "cpu.count", "cpu.name"
	for name, tt := range map[string]struct {
		document, want string
		ok             bool
	}{
		"the median of repeats": {`{"result":{"score":9,"all":"3:1:2"},"cpu":{"count":8,"name":"A"}}`, "2 [3 1 2] 8 A", true},
		"the value itself":      {`{"result":{"score":"9.5"}}`, "9.5 [] - ", true},
		"bad repeats":           {`{"result":{"score":9,"all":"a:b"}}`, "9 [] - ", true},
		"no value":              {`{"result":{}}`, "", false},
		"no number":             {`{"result":{"score":"fast"}}`, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			reading, ok := metrics.Read(metric, []byte(tt.document))
			if ok != tt.ok {
				t.Fatalf("read: %v", ok)
			}
			if !ok {
				return
			}
			resource := "-"
			if reading.Resource != nil {
				resource = fmt.Sprint(*reading.Resource)
			}
			if got := fmt.Sprintf("%v %v %s %s", reading.Value, reading.Samples, resource, reading.Label); got != tt.want {
				t.Errorf("read %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPropertiesOfASchema(t *testing.T) {
	schema := `{"required":["a","m"],"properties":{
		"a":{"type":"number","description":"first"},
		"m":{"$ref":"#/$defs/machine"},
		"o":{"properties":{"x":{"type":["string","null"]}},"required":["x"]}},
		"$defs":{"machine":{"required":["cpu"],"properties":{"cpu":{"type":"string"},"odd name":{}}}}}`
	var got []string
	for _, p := range metrics.Properties([]byte(schema)) {
		got = append(got, fmt.Sprintf("%s %v %v %s", p.Path, p.Types, p.Required, p.Description))
	}
	slices.Sort(got)
	want := []string{
		"a [number] true first", `m."odd name" [] false `, "m.cpu [string] true ", "o.x [string null] false ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("properties:\n%q, want\n%q", got, want)
	}
	if metrics.Properties([]byte("{")) != nil {
		t.Error("a schema that cannot be read has properties")
	}
}
