package system

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/plural"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/docs"
	"github.com/eosc-perf/backend/ports"
)

// demo is the approved ground of the demo data on which a result can be uploaded
// at once.
type demo struct {
	benchmarkID uuid.UUID
	flavorID    uuid.UUID
}

// loadDemo loads the demo data, or finds what an earlier start has loaded. It
// returns nil if somebody uses the names of the demo data for something else.
func loadDemo(ctx context.Context, s *service.Services, users map[string]domain.Caller) (*demo, error) {
	found, err := findDemo(ctx, s)
	if err != nil || found != nil {
		return found, err
	}
	runs, err := cRayRuns()
	if err != nil {
		return nil, err
	}
	//nolint:gosec // the same figures each time
	l := demoLoader{Services: s, users: users, flavors: map[string]uuid.UUID{}, random: rand.New(rand.NewPCG(1, 2))}
	err = l.load(ctx, runs)
	if domain.KindOf(err) == domain.Conflict {
		return nil, nil //nolint:nilnil // the names are taken: what is there is somebody's own
	}
	if err != nil {
		return nil, fmt.Errorf("load demo data: %w", err)
	}
	return findDemo(ctx, s)
}

// demoLoader uses the services as people do: alice submits and uploads, bob
// doubts, and everything goes through review.
type demoLoader struct {
	*service.Services
	users map[string]domain.Caller
	// flavors are those of each run, by site and flavor.
	flavors map[string]uuid.UUID
	random  *rand.Rand
}

func (l *demoLoader) load(ctx context.Context, runs []cRayRun) error {
	cRay, err := l.benchmark(
		ctx, cRayImage, cRayTag, docs.CRaySchema,
		"Multithreaded ray tracer; the score is a time in seconds, lower is better",
	)
	if err != nil {
		return err
	}
	stream, err := l.benchmark(ctx, streamImage, streamTag, streamSchema, "Memory bandwidth; all its figures are invented for demonstration")
	if err != nil {
		return err
	}
	if err := l.places(ctx, runs); err != nil {
		return err
	}
	tags := map[string]uuid.UUID{}
	for name, description := range map[string]string{
		"c-ray-2020": "Runs of the EOSC-Synergy project", "repeated": "Invented runs, near to the real ones",
		"invented": "Figures for demonstration",
	} {
		tag, err := l.Tags.Create(ctx, l.users["alice"], service.NewTag{Name: name, Description: &description})
		if err != nil {
			return err
		}
		tags[name] = tag.ID
	}
	if err := l.results(ctx, runs, cRay, stream, tags); err != nil {
		return err
	}
	return l.onReview(ctx)
}

func (l *demoLoader) benchmark(ctx context.Context, image, tag, schema, description string) (uuid.UUID, error) {
	b, err := l.Benchmarks.Create(ctx, l.users["alice"], service.NewBenchmark{
		DockerImage: image, DockerTag: tag, URL: "https://hub.docker.com/r/" + image, JSONSchema: json.RawMessage(schema),
		Description: &description,
	})
	if err != nil {
		return uuid.Nil, err
	}
	return b.ID, l.Benchmarks.Approve(ctx, domain.Operator(), b.ID, "")
}

// places submits and approves the sites and flavors of the runs.
func (l *demoLoader) places(ctx context.Context, runs []cRayRun) error {
	sites := map[string]uuid.UUID{}
	for _, run := range runs {
		if _, ok := sites[run.site]; !ok {
			site, err := l.Sites.Create(ctx, l.users["alice"], service.NewSite{Name: run.site, Address: run.site + ".example.org"})
			if err != nil {
				return err
			}
			if err := l.Sites.Approve(ctx, domain.Operator(), site.ID, ""); err != nil {
				return err
			}
			sites[run.site] = site.ID
		}
		description := plural.Count(run.cores, "core", "cores") + ", " + run.processor
		flavor, err := l.Flavors.Add(ctx, l.users["alice"], sites[run.site], service.NewFlavor{Name: run.flavor, Description: &description})
		if err != nil {
			return err
		}
		if err := l.Flavors.Approve(ctx, domain.Operator(), flavor.ID, ""); err != nil {
			return err
		}
		l.flavors[run.site+"/"+run.flavor] = flavor.ID
	}
	return nil
}

// results uploads the real runs, a second one of those on four cores and more,
// and invented ones of the other benchmark; bob doubts the last of these.
func (l *demoLoader) results(ctx context.Context, runs []cRayRun, cRay, stream uuid.UUID, tags map[string]uuid.UUID) error {
	start := time.Date(2020, time.December, 1, 12, 0, 0, 0, time.UTC)
	var last *domain.Result
	for i, run := range runs {
		at := start.AddDate(0, 0, i)
		var err error
		if _, err = l.upload(ctx, cRay, run, run.result(), at, tags["c-ray-2020"]); err != nil {
			return err
		}
		const many = 4
		if run.cores >= many {
			if _, err = l.upload(
				ctx, cRay, run, run.again(l.random).result(), at.AddDate(1, 0, 0), tags["c-ray-2020"], tags["repeated"],
				tags["invented"],
			); err != nil {
				return err
			}
		}
		if last, err = l.upload(ctx, stream, run, run.bandwidth(l.random), at.AddDate(2, 0, 0), tags["invented"]); err != nil {
			return err
		}
	}
	_, err := l.Claims.Create(ctx, l.users["bob"], last.ID, "This machine has one core: is the figure not too high?")
	return err
}

func (l *demoLoader) upload(
	ctx context.Context, benchmark uuid.UUID, run cRayRun, result object, at time.Time, tags ...uuid.UUID,
) (*domain.Result, error) {
	text, err := result.json()
	if err != nil {
		return nil, err
	}
	value, err := document.Parse(ctx, text, document.StoredLimits)
	if err != nil {
		return nil, err
	}
	uploaded, err := l.Results.Create(ctx, l.users["alice"], service.NewResult{
		ExecutedAt: service.ExecutionTime{Time: at, HasZone: true}, BenchmarkID: benchmark,
		FlavorID: l.flavors[run.site+"/"+run.flavor], TagIDs: tags, Document: value,
	})
	return uploaded.Result, err
}

// onReview submits what waits for the administrator.
func (l *demoLoader) onReview(ctx context.Context) error {
	bob := l.users["bob"]
	site, err := l.Sites.Create(ctx, bob, service.NewSite{Name: "NEW-SITE", Address: "new-site.example.org"})
	if err != nil {
		return err
	}
	if _, err := l.Flavors.Add(ctx, bob, site.ID, service.NewFlavor{Name: "gpu.small"}); err != nil {
		return err
	}
	_, err = l.Benchmarks.Create(ctx, bob, service.NewBenchmark{
		DockerImage: "eosc-perf/demo-new", DockerTag: "1", URL: "https://example.org/demo-new", JSONSchema: json.RawMessage(`{"type": "object"}`),
	})
	return err
}

// findDemo returns nil if there is no demo data.
func findDemo(ctx context.Context, s *service.Services) (*demo, error) {
	all := ports.ReviewedOptions{
		ListOptions: ports.ListOptions{Page: domain.PageRequest{Number: 1, Size: 1}, Sort: []filter.Key{{Field: "id"}}},
		Status:      domain.Approved,
	}
	image, tag := streamImage, streamTag
	benchmarks, err := s.Benchmarks.List(
		ctx, domain.Caller{}, ports.BenchmarkQuery{ReviewedOptions: all, DockerImage: &image, DockerTag: &tag},
	)
	if err != nil || benchmarks.Total == 0 {
		return nil, err
	}
	id := benchmarks.Items[0].ID
	results, err := s.Results.List(
		ctx, domain.Caller{},
		ports.ResultQuery{
			ListOptions:  ports.ListOptions{Page: all.Page, Sort: []filter.Key{{Field: "execution_datetime"}}},
			BenchmarkIDs: []uuid.UUID{id},
		},
	)
	if err != nil || results.Total == 0 {
		return nil, err
	}
	return &demo{benchmarkID: id, flavorID: results.Items[0].Flavor.ID}, nil
}

// example are two lines for a shell: the first uploads something, the second
// finds it. Without demo data there is nothing yet that a result could be of,
// so that a site has to do.
func (d *demo) example(base, token string) (upload, find string) {
	const post = `curl -H "Authorization: Bearer $(%s)" -H 'Content-Type: application/json' -d '%s' '%s'`
	if d == nil {
		return fmt.Sprintf(post, token, `{"name": "My site", "address": "My street 1"}`, base+"/sites"),
			fmt.Sprintf(`curl '%s/sites?status=on_review&name=My%%20site'`, base)
	}
	query := url.Values{
		"execution_datetime": {"2026-01-01T12:00:00+01:00"}, "benchmark_id": {d.benchmarkID.String()}, "flavor_id": {d.flavorID.String()},
	}
	return fmt.Sprintf(post, token, `{"machine": {"cpu": {"count": 4}}, "result": {"triad": 99999.5}}`, base+"/results?"+query.Encode()),
		fmt.Sprintf(`curl '%s/results?filters=%s'`, base, url.QueryEscape("result.triad > 90000"))
}
