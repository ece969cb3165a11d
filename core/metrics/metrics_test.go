package metrics_test

import (
	"context"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/metrics"
)

// write lists paths with their source and direction.
func write(found []domain.Metric) string {
	var words []string
	for _, m := range found {
		word := m.Path + ":" + string(m.Source) + ":" + string(m.Better)
		if m.Default {
			word += ":default"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func TestMetricsOfASchema(t *testing.T) {
	for name, test := range map[string]struct{ schema, want string }{
		"a declaration": {
			`{"properties": {"result": {"properties": {"score": {"type": "number", "metric": {"better": "lower", "default": true}}}}}}`,
			"result.score:schema:lower:default",
		},
		"the order of the schema, declarations before suggestions": {
			`{"properties": {"z": {"type": "integer", "suggestToUser": true}, "b": {"metric": {}}, "a": {"metric": {"better": "higher"}}}}`,
			"b:schema:none a:schema:higher z:suggested:none",
		},
		"behind a reference and in allOf": {
			`{"$defs": {"time": {"type": "number", "metric": {"better": "lower"}}},
			  "allOf": [{"properties": {"t": {"$ref": "#/$defs/time"}}}], "properties": {"s": {"$ref": "#/definitions/~1x"}},
			  "definitions": {"/x": {"properties": {"n": {"metric": {}}}}}}`,
			"t:schema:lower s.n:schema:none",
		},
		"malformed ones are left out, unknown members are not malformed": {
			`{"properties": {"a": {"metric": true}, "b": {"metric": {"better": "best"}}, "c": {"metric": {"materiality": 0.6}},
			  "d": {"metric": {"samples": 1}}, "e": {"metric": {"default": "yes"}}, "f": {"metric": {"separator": ""}}, "g": {"metric": {"x": 1}}}}`,
			"g:schema:none",
		},
		"only numbers are suggested": {
			`{"properties": {"a": {"type": "string", "suggestToUser": true}, "b": {"type": ["number", "null"], "suggestToUser": true},
			  "c": {"suggestToUser": true}, "d": {"type": "number", "suggestToUser": false}}}`,
			"b:suggested:none",
		},
		"a property that is called metric": {`{"properties": {"metric": {"type": "object", "properties": {"unit": {}}}}}`, ""},
		"a schema that refers to itself":   {`{"properties": {"a": {"$ref": "#"}}, "metric": {}}`, ""},
		"names that need quotes": {
			`{"properties": {"clat ns": {"properties": {"99.00": {"metric": {}}}}}}`, `"clat ns"."99.00":schema:none`,
		},
		"no JSON": {`{`, ""},
		"a reference to nowhere, and another one": {`{"properties": {"a": {"$ref": "#/x"}, "b": {"$ref": "other.json"}}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			found := metrics.FromSchema([]byte(test.schema))
			if name == "a schema that refers to itself" {
				if len(found) > 100 {
					t.Fatalf("%d metrics", len(found))
				}
				return
			}
			if got := write(found); got != test.want {
				t.Errorf("%s\nhas %q\nwant %q", test.schema, got, test.want)
			}
		})
	}
}

func TestDeclaredMetricsWinPathByPath(t *testing.T) {
	schema := `{"properties": {"a": {"metric": {"better": "lower", "default": true}}, "b": {"metric": {"better": "lower"}}}}`
	for name, test := range map[string]struct {
		declared []domain.Metric
		want     string
	}{
		"none declared": {nil, "a:schema:lower:default b:schema:lower"},
		"one of two": {
			[]domain.Metric{{Path: "b", Better: domain.HigherBetter, Source: domain.DeclaredMetric}},
			"a:schema:lower:default b:declared:higher",
		},
		"the default of all": {
			[]domain.Metric{{Path: "c", Better: domain.NoneBetter, Source: domain.DeclaredMetric, Default: true}},
			"c:declared:none:default a:schema:lower b:schema:lower",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := write(metrics.Of(&domain.Benchmark{JSONSchema: []byte(schema), Metrics: test.declared})); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestDeclarationsOfARequest(t *testing.T) {
	for body, want := range map[string]string{
		`{"metrics": []}`:                                                               "",
		`{"metrics": [{"path": "a"}]}`:                                                  "a:declared:none",
		`{"metrics": [{"path": "a", "source": "schema"}]}`:                              "a:declared:none",
		`{"metrics": [{}]}`:                                                             "/metrics/0/path",
		`{"metrics": [1]}`:                                                              "/metrics/0",
		`{"metrics": [{"path": "a"}, {"path": "a"}]}`:                                   "/metrics/1/path",
		`{"metrics": [{"path": "a..b"}]}`:                                               "/metrics/0/path",
		`{"metrics": [{"path": 1}]}`:                                                    "/metrics/0/path",
		`{"metrics": [{"path": "a", "better": "more"}]}`:                                "/metrics/0/better",
		`{"metrics": [{"path": "a", "materiality": 0.51}]}`:                             "/metrics/0/materiality",
		`{"metrics": [{"path": "a", "materiality": "0.1"}]}`:                            "/metrics/0/materiality",
		`{"metrics": [{"path": "a", "unit": null}]}`:                                    "/metrics/0/unit",
		`{"metrics": [{"path": "a", "a/b~": 1}]}`:                                       "/metrics/0/a~1b~0",
		`{"metrics": [{"path": "a", "default": true}, {"path": "b", "default": true}]}`: "/metrics/1/default",
		`{"metrics": [{"path": "a", "separator": ""}]}`:                                 "/metrics/0/separator",
		`{"metrics": [{"path": "a", "materiality": 0, "better": "lower", "samples": "s", "default": true}]}`: "a:declared:lower:default",
	} {
		value, err := document.Parse(context.Background(), []byte(body), document.StoredLimits)
		if err != nil {
			t.Fatal(err)
		}
		found, err := metrics.Parse(value)
		got := write(found)
		if refusal, ok := err.(*domain.Error); ok { //nolint:errorlint // the error itself is meant
			got = *refusal.Pointer
		}
		if got != want {
			t.Errorf("%s: got %q (%v), want %q", body, got, err, want)
		}
	}
}

func TestValueIsTheMedianOfTheSamples(t *testing.T) {
	type want struct {
		value float64
		ok    bool
	}
	for name, test := range map[string]struct {
		value, samples, separator string
		want                      want
	}{
		"no samples":                        {`567.9`, ``, "", want{567.9, true}},
		"c-ray's text":                      {`28.1`, `"28.129:28.154:27.956"`, ":", want{28.129, true}},
		"any separator":                     {`1`, `"3; 1,2|5  4"`, "", want{3, true}},
		"a separator of several characters": {`1`, `"3 / 1 / 2"`, " / ", want{2, true}},
		"an even number":                    {`1`, `[4, 1, 3, 2]`, "", want{2.5, true}},
		"texts that are numbers":            {`1`, `["4", 2, "3"]`, "", want{3, true}},
		"one number":                        {`1`, `7`, "", want{7, true}},
		"samples that are no numbers":       {`1`, `"fast:slow"`, "", want{1, true}},
		"an empty list":                     {`1`, `[]`, "", want{1, true}},
		"a value that is a numeric text":    {`"12.5"`, ``, "", want{12.5, true}},
		"a value that is a text":            {`"12.5 s"`, ``, "", want{}},
		"no value":                          {``, ``, "", want{}},
		"null":                              {`null`, `null`, "", want{}},
		"too large for statistics":          {`1e305`, ``, "", want{}},
		"an object":                         {`{}`, `{}`, "", want{}},
		"minus zero":                        {`-0`, ``, "", want{0, true}},
	} {
		t.Run(name, func(t *testing.T) {
			var m domain.Measurement
			metric := domain.UndeclaredMetric("v")
			metric.Separator = test.separator
			ok := metrics.Measure(metric, metrics.Found{Value: []byte(test.value), Samples: []byte(test.samples)}, &m)
			if ok != test.want.ok || ok && m.Value != test.want.value {
				t.Errorf("got %g, %t, want %+v", m.Value, ok, test.want)
			}
		})
	}
}
