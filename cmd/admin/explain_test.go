package main

import (
	"strings"
	"testing"
)

func TestExplainNamesThePlan(t *testing.T) {
	for kind, p := range flaskPlaces(t) {
		t.Run(kind, func(t *testing.T) {
			for query, plan := range map[string]string{
				"":                                   "by time index",
				"/results?sort_by=%2Bsite_name":      "by reading rows",
				"where=json.a%20%3E%201&per_page=20": "by reading documents",
				"cursor=":                            "by time index",
				"cursor=&sort_by=-json.a":            "by reading documents",
			} {
				out := p.mustRun(t, "explain", query)
				if !strings.HasPrefix(out, "plan: "+plan+"\nreason: ") || !strings.Contains(out, "\n\nSELECT ") {
					t.Errorf("explain %q: %s", query, out)
				}
			}
			if out := p.mustRun(t, "explain", "--json", ""); !strings.Contains(out, `"plan":"by time index"`) {
				t.Errorf("as JSON: %s", out)
			}
			const want = `{"foo":["Unknown field."],"page":["Must be`
			if _, err := p.run(t, "explain", "page=0&foo=1"); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("a bad query: %v", err)
			}
			if _, err := p.run(t, "explain", "cursor=x"); err == nil || !strings.Contains(err.Error(), "Not a valid cursor.") {
				t.Errorf("a bad cursor: %v", err)
			}
			if _, err := p.run(t, "explain", "filters=x"); err == nil || !strings.Contains(err.Error(), "`machine.cpu.count >= 8`") {
				t.Errorf("a bad filter: %v", err)
			}
		})
	}
}
