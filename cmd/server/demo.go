package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// demo is approved ground on which a result can be uploaded at once.
type demo struct {
	benchmarkID uuid.UUID
	flavorID    uuid.UUID
}

const (
	demoImage  = "eosc-perf/demo"
	demoTag    = "1"
	demoSite   = "Demo site"
	demoFlavor = "demo.small"
	demoSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "machine": {"type": "object", "properties": {"cpu": {"type": "object", "properties": {"count": {"type": "number"}}}}},
    "result": {"type": "object", "properties": {"score": {"type": "number", "suggestToUser": true}}, "required": ["score"]}
  },
  "required": ["result"]
}`
)

// loadDemo submits and approves the demo data, or finds what an earlier start
// has submitted.
func loadDemo(ctx context.Context, s *service.Services, by *domain.User) (*demo, error) {
	d, err := findDemo(ctx, s)
	if err != nil || d != nil {
		return d, err
	}
	benchmark, err := s.Benchmarks.Create(ctx, by, service.NewBenchmark{
		DockerImage: demoImage, DockerTag: demoTag, URL: "https://example.org/demo", JSONSchema: json.RawMessage(demoSchema),
	})
	if domain.KindOf(err) == domain.Conflict {
		return nil, nil //nolint:nilnil // somebody has changed the demo data: it is theirs now
	}
	if err != nil {
		return nil, fmt.Errorf("demo benchmark: %w", err)
	}
	site, err := s.Sites.Create(ctx, by, service.NewSite{Name: demoSite, Address: "Example street 1"})
	if err != nil {
		return nil, fmt.Errorf("demo site: %w", err)
	}
	flavor, err := s.Flavors.Add(ctx, by, site.ID, service.NewFlavor{Name: demoFlavor})
	if err != nil {
		return nil, fmt.Errorf("demo flavor: %w", err)
	}
	for _, approve := range []func() error{
		func() error { return s.Benchmarks.Approve(ctx, benchmark.ID) },
		func() error { return s.Sites.Approve(ctx, site.ID) },
		func() error { return s.Flavors.Approve(ctx, flavor.ID) },
	} {
		if err := approve(); err != nil {
			return nil, fmt.Errorf("approve demo data: %w", err)
		}
	}
	return &demo{benchmarkID: benchmark.ID, flavorID: flavor.ID}, nil
}

// findDemo returns nil if there is no demo data.
func findDemo(ctx context.Context, s *service.Services) (*demo, error) {
	one := ports.ReviewedOptions{
		ListOptions: ports.ListOptions{Page: domain.PageRequest{Number: 1, Size: 1}, Sort: []filter.Key{{Field: "id"}}},
		Status:      domain.Approved,
	}
	image, tag, site, flavor := demoImage, demoTag, demoSite, demoFlavor
	benchmarks, err := s.Benchmarks.List(ctx, ports.BenchmarkQuery{ReviewedOptions: one, DockerImage: &image, DockerTag: &tag})
	if err != nil || benchmarks.Total == 0 {
		return nil, err
	}
	sites, err := s.Sites.List(ctx, ports.SiteQuery{ReviewedOptions: one, Name: &site})
	if err != nil || sites.Total == 0 {
		return nil, err
	}
	flavors, err := s.Flavors.List(ctx, ports.FlavorQuery{ReviewedOptions: one, SiteID: sites.Items[0].ID, Name: &flavor})
	if err != nil || flavors.Total == 0 {
		return nil, err
	}
	return &demo{benchmarkID: benchmarks.Items[0].ID, flavorID: flavors.Items[0].ID}, nil
}

// example are two lines for a shell: the first uploads something, the second
// finds it. Without demo data there is nothing yet that a result could be of,
// so that a site has to do.
func (d *demo) example(base, token string) (upload, find string) {
	if d == nil {
		return fmt.Sprintf(`curl -H "Authorization: Bearer $(%s)" -d '{"name": "My site", "address": "My street 1"}' -H 'Content-Type: application/json' '%s/sites'`, token, base),
			fmt.Sprintf(`curl '%s/sites?status=on_review&name=My%%20site'`, base)
	}
	query := url.Values{
		"execution_datetime": {"2026-01-01T12:00:00+01:00"}, "benchmark_id": {d.benchmarkID.String()}, "flavor_id": {d.flavorID.String()},
	}
	return fmt.Sprintf(`curl -H "Authorization: Bearer $(%s)" -d '{"machine": {"cpu": {"count": 4}}, "result": {"score": 95.1}}' -H 'Content-Type: application/json' '%s/results?%s'`, token, base, query.Encode()),
		fmt.Sprintf(`curl '%s/results?filters=%s'`, base, url.QueryEscape("result.score < 100"))
}
