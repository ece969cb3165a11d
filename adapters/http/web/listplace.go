package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/core/versioned"
	"github.com/eosc-perf/backend/ports"
)

// String is the place as addresses write it: 50.ID behind a result, and -50.ID before one.
func (p listPlace) String() string {
	if p.id == nil {
		return ""
	}
	sign := ""
	if p.before {
		sign = "-"
	}
	return sign + strconv.Itoa(p.rows) + "." + p.id.String()
}

// takePlace reads the place of the address.
func (l *listed) takePlace() {
	text := l.q.After
	if text == "" {
		return
	}
	rest, before := strings.CutPrefix(text, "-")
	number, id, _ := strings.Cut(rest, ".")
	rows, err := strconv.Atoi(number)
	parsed, ok := asID(id)
	if err != nil || !ok || rows < 0 {
		l.ignore("It is no place in the list.")
		return
	}
	l.place = listPlace{before, rows, &parsed}
}

// position is the place for the storage, which reads the values of the result itself.
func (p listPlace) position(keys int) *ports.Position {
	if p.id == nil {
		return nil
	}
	values := make([]ports.SortValue, keys)
	for i := range values {
		values[i].Elided = true
	}
	return &ports.Position{ID: *p.id, Values: values}
}

// start is how many rows come before a page of n rows.
func (p listPlace) start(n int) int {
	if p.before {
		return max(0, p.rows-n)
	}
	return p.rows
}

// pathShare is a path of the documents, and the share of results that have it.
type pathShare struct{ path, text string }

// pathShares are the paths of the documents of benchmarks, by the ids of the benchmarks. They are looked up
// again after a minute, whatever changed.
type pathShares = versioned.Cache[string, struct{}, []pathShare]

const (
	sharesLive = time.Minute
	mostShares = 200
	// sharesSample is how many results are looked at, sharesPaths how many paths are told.
	sharesSample = 200
	sharesPaths  = 40
)

func newPathShares() *pathShares {
	return versioned.New[string, struct{}, []pathShare](versioned.Limits{Entries: mostShares, Age: sharesLive})
}

func (s *Site) sharesOf(r *Request, benchmarks []uuid.UUID) ([]pathShare, error) {
	key := idsText(benchmarks)
	if known, ok := s.shares.Get(key, struct{}{}, time.Now()); ok {
		return known, nil
	}
	q := service.PathsQuestion{Newest: sharesSample}
	q.BenchmarkIDs, q.Page = benchmarks, domain.PageRequest{Number: 1, Size: sharesPaths}
	found, err := s.config.Services.Results.Paths(r.Context(), r.Caller(), q)
	if err != nil {
		return nil, err
	}
	var shares []pathShare
	for _, path := range found.Items {
		if !path.Path.Path.HasAny() {
			shares = append(shares, pathShare{path.Path.Path.String(), fmt.Sprintf("%.0f %%", 100*path.Share)})
		}
	}
	s.shares.Put(key, struct{}{}, time.Now(), shares, 0)
	return shares, nil
}
