package comparison

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

const (
	// MostValues is the size up to which a group names all its values.
	MostValues = 30
	// MostFacts is how many machines, resources and sites a group names.
	MostFacts = 12
)

// Facts are what the results of a group say besides their statistics.
type Facts struct {
	// Values are those of the results, ascending; nil for more than MostValues.
	Values []float64
	// Machines are the labels of the results, Resources their resources, SiteIDs their sites:
	// each once, sorted, at most MostFacts.
	Machines  []string
	Resources []float64
	SiteIDs   []uuid.UUID
	// Newest is the result that ran last.
	Newest uuid.UUID
}

// facts reads what the items of a group say.
func (g *Group) facts() Facts {
	var facts Facts
	var newest time.Time
	machines, resources, sites := map[string]bool{}, map[float64]bool{}, map[uuid.UUID]bool{}
	for _, item := range g.items {
		if item.Label != "" {
			machines[item.Label] = true
		}
		if item.Resource != nil {
			resources[*item.Resource] = true
		}
		sites[item.SiteID] = true
		if facts.Newest == uuid.Nil || item.ExecutedAt.After(newest) {
			facts.Newest, newest = item.ResultID, item.ExecutedAt
		}
	}
	facts.Machines = first(machines, strings.Compare)
	facts.Resources = first(resources, cmp.Compare[float64])
	facts.SiteIDs = first(sites, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	if len(g.items) <= MostValues {
		for _, item := range g.items {
			facts.Values = append(facts.Values, item.Value)
		}
		slices.Sort(facts.Values)
	}
	return facts
}

func first[T comparable](set map[T]bool, compare func(a, b T) int) []T {
	all := make([]T, 0, len(set))
	for one := range set {
		all = append(all, one)
	}
	slices.SortFunc(all, compare)
	return all[:min(MostFacts, len(all))]
}

// Share is how many results have something in common.
type Share struct {
	// ID is nil for what has none.
	ID      uuid.UUID
	Name    string
	Results int
}

// Overview says what a question could be narrowed to.
type Overview struct {
	Basis
	Metric domain.Metric
	// Sites are sorted by name, Machines by number of results, the largest first, and
	// Resources ascending.
	Sites, Machines []Share
	Resources       []ResourceShare
	// Flavors is the number of flavors, Uploaders that of people.
	Flavors, Uploaders int
	// First and Last are the times of the runs.
	First, Last time.Time
}

// ResourceShare is how many results have a resource, such as a number of cores.
type ResourceShare struct {
	Resource float64
	Results  int
}

// Survey counts what measurements have in common. The error is that of a context that has ended.
func Survey(ctx context.Context, q Question, of domain.Measurements) (*Overview, error) {
	basis, err := basisOf(ctx, of)
	if err != nil {
		return nil, err
	}
	overview := &Overview{Basis: basis, Metric: q.Metric}
	sites, machines, resources := map[uuid.UUID]int{}, map[string]int{}, map[float64]int{}
	flavors, uploaders := map[uuid.UUID]bool{}, map[domain.UserID]bool{}
	for i, item := range of.Items {
		if err := everySome(ctx, i); err != nil {
			return nil, err
		}
		sites[item.SiteID]++
		flavors[item.FlavorID] = true
		uploaders[item.Uploader] = true
		if item.Label != "" {
			machines[item.Label]++
		}
		if item.Resource != nil {
			resources[*item.Resource]++
		}
		if i == 0 {
			overview.First, overview.Last = item.ExecutedAt, item.ExecutedAt
		}
		overview.First, overview.Last = earlier(overview.First, item.ExecutedAt), later(overview.Last, item.ExecutedAt)
	}
	overview.Flavors, overview.Uploaders = len(flavors), len(uploaders)
	for id, n := range sites {
		if site := of.Sites[id]; site != nil {
			overview.Sites = append(overview.Sites, Share{id, site.Name, n})
		}
	}
	slices.SortFunc(overview.Sites, func(a, b Share) int { return cmp.Or(strings.Compare(a.Name, b.Name), bytes.Compare(a.ID[:], b.ID[:])) })
	for name, n := range machines {
		overview.Machines = append(overview.Machines, Share{Name: name, Results: n})
	}
	slices.SortFunc(overview.Machines, func(a, b Share) int { return cmp.Or(b.Results-a.Results, strings.Compare(a.Name, b.Name)) })
	for resource, n := range resources {
		overview.Resources = append(overview.Resources, ResourceShare{resource, n})
	}
	slices.SortFunc(overview.Resources, func(a, b ResourceShare) int { return cmp.Compare(a.Resource, b.Resource) })
	return overview, nil
}
