package main

import (
	"strings"
	"testing"
)

func TestDerivedIsCheckedAndRepaired(t *testing.T) {
	for kind, ready := range atHead {
		t.Run(kind, func(t *testing.T) {
			p := ready(t)
			store := p.store(t)
			if out, err := p.run(t, "derived", "check"); err != nil {
				t.Fatalf("check of an empty database: %v\n%s", err, out)
			}
			statement := "INSERT INTO result_count (benchmark_id, visible) VALUES ('11111111-2222-3333-4444-555555555555', 3)"
			if err := store.DB().Exec(statement).Error; err != nil {
				t.Fatal(err)
			}
			out, err := p.run(t, "derived", "check")
			if err == nil || !strings.Contains(err.Error(), "admin derived repair") || !strings.Contains(out, "total of results is wrong: 1") {
				t.Errorf("check of a wrong total printed %q with the error %v", out, err)
			}
			for range 2 {
				if out, err := p.run(t, "derived", "repair", "--dry-run"); err != nil || !strings.Contains(out, "total of results is wrong: 1") {
					t.Errorf("a dry run printed %q, %v", out, err)
				}
			}
			if out, err := p.run(t, "derived", "check", "--json"); err == nil || !strings.Contains(out, `"count": 1`) {
				t.Errorf("check for programs printed %q, %v", out, err)
			}
			if out, err := p.run(t, "derived", "repair"); err != nil || out != "Everything was derived anew.\n" {
				t.Fatalf("repair: %v\n%s", err, out)
			}
			if out, err := p.run(t, "derived", "check"); err != nil {
				t.Errorf("check after the repair: %v\n%s", err, out)
			}
		})
	}
}
