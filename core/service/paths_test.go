package service

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// documented is a storage of results with documents, at a version. It counts how often they are read.
type documented struct {
	ports.Storage
	ports.Results
	ports.Measurements
	documents []string
	version   int64
	reads     int
}

func (d *documented) Repos() ports.Repos { return ports.Repos{Results: d, Measurements: d} }

func (d *documented) Version(context.Context, []uuid.UUID) (ports.DataVersion, error) {
	return ports.DataVersion{Results: d.version}, nil
}

func (d *documented) Indexed(_ context.Context, _ []uuid.UUID, paths []filter.Path) ([]bool, error) {
	return make([]bool, len(paths)), nil
}

func (d *documented) EachDocument(_ context.Context, _ ports.ResultQuery, _ int, yield func(document []byte) error) error {
	d.reads++
	for _, document := range d.documents {
		if err := yield([]byte(document)); err != nil {
			return err
		}
	}
	return nil
}

// TestDocumentsAreReadOnceForAllListsOfTheirPaths: whatever the page, the prefix and the number of values are, until the
// results change.
func TestDocumentsAreReadOnceForAllListsOfTheirPaths(t *testing.T) {
	storage := &documented{documents: []string{`{"host":{"a":1,"b":2},"zone":"x"}`, `{"host":{"a":3},"zone":"y"}`}}
	results := &Results{storage: storage, answers: newAnswers(noon{})}
	for _, tt := range []struct {
		prefix       string
		values, page int
		version      int64
		want         string
		reads        int
	}{
		{"", 20, 1, 0, "3: host.a 1*1 3*1; zone \"x\"*1 \"y\"*1", 1},
		{"", 20, 2, 0, "3: host.b 2*1", 1},
		{"host", 1, 1, 0, "2: host.a 1*1; host.b 2*1", 1},
		{"zone", 0, 1, 0, "1: zone", 1},
		{"zone", 0, 1, 1, "1: zone", 2},
		{"", 100, 2, 1, "3: host.b 2*1", 2},
	} {
		q := PathsQuestion{Prefix: tt.prefix, Values: tt.values, Asked: "all"}
		q.Page = domain.PageRequest{Number: tt.page, Size: 2}
		storage.version = tt.version
		page, err := results.Paths(t.Context(), domain.Caller{}, q)
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(page.Total, ":")
		for i, item := range page.Items {
			if i > 0 {
				got += ";"
			}
			got += " " + item.Path.Path.String()
			for _, value := range item.Values {
				got += fmt.Sprintf(" %s*%d", value.JSON, value.Documents)
			}
		}
		if got != tt.want || storage.reads != tt.reads {
			t.Errorf("%+v: %s after %d reads", tt, got, storage.reads)
		}
	}
}
