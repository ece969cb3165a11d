package web

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/draw"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/ports"
)

// reviewClaim describes a claim, its result, and the results around that.
func (s *Site) reviewClaim(r *Request, id uuid.UUID, m *reviewItemModel) error {
	m.Approve, m.Reject = "Claim stands", "Result back"
	m.Effect = "If the claim stands, the result stays out of all lists and comparisons. Else it comes back to them."
	claim, err := s.config.Services.Claims.Get(r.Context(), r.Caller(), id)
	if err != nil {
		return err
	}
	m.Quote, m.Waits = claim.Message, ageText(time.Since(claim.UploadedAt))
	if claim.Uploader != nil {
		m.By = claim.Uploader.Email
	}
	if claim.IsApproved() {
		m.Decided = "stands"
	}
	if claim.IsOrphan() {
		m.check(false, "Its result is gone.")
		return nil
	}
	record, err := s.config.Services.Results.Get(r.Context(), r.Caller(), claim.ResultID)
	if err != nil {
		return err
	}
	m.ResultID = record.ID.String()
	m.Thing = anchor{resultTitle(record.Result) + ", " + record.Site.Name + " " + record.Flavor.Name, r.To("results/" + m.ResultID)}
	m.Facts = []fact{
		{Name: "Site", Text: record.Site.Name, Link: siteAnchor(r, record.Site).Link},
		{Name: "Flavor", Text: record.Flavor.Name, Link: flavorAnchor(r, record.Flavor).Link},
		{Name: "Benchmark", Text: record.Benchmark.Name(), Link: benchmarkAnchor(r, record.Benchmark).Link},
		timeFact("Run", record.ExecutedAt), timeFact("Uploaded", record.UploadedAt),
	}
	uploader, err := s.config.Services.Results.Uploader(r.Context(), r.Caller(), record.ID)
	if err != nil {
		return err
	}
	m.Facts = append(m.Facts, fact{Name: "Uploader", Text: uploader.Email})
	value, err := document.Parse(r.Context(), record.JSON, document.StoredLimits)
	if err != nil {
		return fmt.Errorf("read result %s: %w", record.ID, err)
	}
	shown := treeOf(value)
	m.Tree = &shown
	return s.addNeighbours(r, m, record)
}

// addNeighbours compares a claimed result with the others of its flavor.
func (s *Site) addNeighbours(r *Request, m *reviewItemModel, record *domain.ResultRecord) error {
	metric, ok := metrics.Find(record.Benchmark, "")
	reading, measured := metrics.Read(metric, record.JSON)
	if !ok || !measured {
		return nil
	}
	of := standing{benchmark: record.Benchmark}
	if err := s.rank(r, &of, ports.ResultQuery{FlavorIDs: []uuid.UUID{record.Flavor.ID}}); err != nil {
		return err
	}
	group := of.group(record.Flavor.ID)
	if group == nil || group.Median == nil || *group.Median == 0 {
		m.check(false, "No other result of this flavor counts: there is nothing to compare with.")
	} else {
		ratio := reading.Value / *group.Median
		const far = 1.1
		m.check(ratio < far && ratio > 1/far, fmt.Sprintf("%s times the median of its flavor, which is %s of %s.",
			words.Ratio(ratio), words.MedianWithUnit(group, metric.Unit), words.Plural(group.N, "result")))
	}
	if of.all == nil {
		m.Later = awaitPlaces
	} else if all := of.all.Groups.Items; len(all) > 1 {
		var medians []float64
		for _, other := range all {
			if other.Median != nil {
				medians = append(medians, *other.Median)
			}
		}
		m.Strip = neighbourStrip(medians, reading.Value, metric.Unit)
		if low, high := minMax(medians); !math.IsNaN(low) {
			inside := reading.Value >= low && reading.Value <= high
			m.check(inside, fmt.Sprintf("All flavors of the benchmark are between %s and %s.", words.Value(low), words.WithUnit(high, metric.Unit)))
		}
	}
	if reading.Label != "" {
		m.Facts = append(m.Facts, fact{Name: "Machine", Text: reading.Label})
	}
	return nil
}

// neighbourStrip shows a value among those of others.
func neighbourStrip(others []float64, value float64, unit string) template.HTML {
	strip := draw.Strip{Scale: draw.NewScale(append(slices.Clone(others), value), draw.Auto)}
	for _, other := range others {
		strip.Items = append(strip.Items, draw.StripItem{Value: other, Note: words.WithUnit(other, unit)})
	}
	note := "this result: " + words.WithUnit(value, unit)
	strip.Items = append(strip.Items, draw.StripItem{Value: value, Style: draw.StyleOf(1), Note: note})
	return strip.HTML()
}

func minMax(values []float64) (low, high float64) {
	low, high = math.NaN(), math.NaN()
	for i, v := range values {
		if i == 0 {
			low, high = v, v
		}
		low, high = min(low, v), max(high, v)
	}
	return low, high
}
