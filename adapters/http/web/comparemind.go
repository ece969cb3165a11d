package web

import (
	"slices"
	"time"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/statistics"
)

// remark is something that a reader should keep in mind, and what helps.
type remark struct {
	Text, LinkText string
	Link           Link
}

// toldAlike are the warnings that pages tell in the words of the API.
var toldAlike = []comparison.Warning{
	statistics.MixedUnit, statistics.OverlappingGroups, statistics.Thinned, statistics.Deriving,
}

// mind are the remarks about a comparison.
func (c *compared) mind(answer *comparison.Comparison) []remark {
	groups := answer.Groups.Items
	if len(groups) == 0 {
		return nil
	}
	var remarks []remark
	add := func(text string) { remarks = append(remarks, remark{Text: text}) }
	upload := c.r.To("upload")
	switch few := fewest(groups); {
	case most(groups) == 1:
		remarks = append(remarks, remark{words.OneEach(c.kind()), "Add yours", upload})
	case few < statistics.FirmSize && c.metric.Better != domain.NoneBetter: // without an order there are no ranks
		remarks = append(remarks, remark{words.FewEach(c.kind()), "Add yours", upload})
	}
	if low, high := resourceRange(groups); low < high && !c.r.Query.PerResource && len(c.r.Query.ValueAt(c.metric.Resource)) == 0 {
		text := words.MixedResources(c.kind(), low, high, c.metric)
		link := c.r.Here(c.r.Query.With(func(q *address.Query) { q.PerResource = true }))
		remarks = append(remarks, remark{text, "Compare " + words.PerResource(c.metric), link})
	}
	if c.overview.Uploaders == 1 && c.overview.Results > 1 {
		add(words.OneUploader)
	}
	if slices.ContainsFunc(c.Benchmarks, func(b *domain.Benchmark) bool { return b.DockerTag == "latest" }) {
		add(words.LatestTag)
	}
	if slices.Contains(answer.Warnings, statistics.MixedVersion) {
		add(words.MixedDigests)
	}
	for _, w := range answer.Warnings {
		if slices.Contains(toldAlike, w) {
			add(w.Text())
		}
	}
	for _, group := range groups {
		if slices.Contains(group.Warnings, statistics.Multimodal) {
			add(words.TwoModes(shortNameOf(group)))
		}
	}
	if newest := newestRun(groups); time.Since(newest) > year {
		add(words.Stale(newest.UTC().Format(time.DateOnly)))
	}
	if answer.Ungrouped > 0 {
		add(words.Ungrouped(answer.Ungrouped, c.kind()))
	}
	family := statistics.Family{Alpha: alpha, Correction: statistics.FalseDiscovery}
	if note := family.Footnote(answer.M); note != "" && answer.R > 0 {
		add(note)
	}
	return remarks
}

const year = 365 * 24 * time.Hour

func fewest(groups []*comparison.Group) int {
	n := groups[0].N
	for _, group := range groups {
		n = min(n, group.N)
	}
	return n
}

// resourceRange are the smallest and the largest number of the resource; both 0 for none.
func resourceRange(groups []*comparison.Group) (low, high float64) {
	for _, group := range groups {
		for _, resource := range group.Resources {
			if low == 0 {
				low, high = resource, resource
			}
			low, high = min(low, resource), max(high, resource)
		}
	}
	return low, high
}

func newestRun(groups []*comparison.Group) time.Time {
	newest := groups[0].Last
	for _, group := range groups {
		if group.Last.After(newest) {
			newest = group.Last
		}
	}
	return newest
}
