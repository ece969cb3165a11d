package web

import (
	"math"
	"slices"
	"time"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/draw"
	"github.com/eosc-perf/backend/adapters/http/web/files"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/metrics"
)

// itemFormats are the suffixes of a benchmark, site or flavor besides JSON: files of its results.
var itemFormats = slices.DeleteFunc(slices.Clone(formats), func(format string) bool { return format == "json" })

// ofResults leads the suffixes of the page of a benchmark, site or flavor to the list of its results in this
// format.
func ofResults(page Handler, results func(id string) address.Query) Handler {
	return func(r *Request) (Answer, error) {
		if r.Format == "" {
			return page(r)
		}
		id, ok := r.ID()
		if !ok {
			return nil, errNoPage
		}
		return Redirect{r.On("results."+r.Format, results(id.String()))}, nil
	}
}

func ofBenchmark(id string) address.Query { return address.Query{Benchmarks: []string{id}} }
func ofSite(id string) address.Query      { return address.Query{Sites: []string{id}} }
func ofFlavor(id string) address.Query    { return address.Query{Flavors: []string{id}} }

// itemFiles are the links to the results of a benchmark, site or flavor as files. Those of several benchmarks
// have no figure together.
func itemFiles(r *Request, results address.Query, withFigure bool) []anchor {
	var links []anchor
	for _, file := range fileNames {
		if withFigure || !isFigure(file.format) {
			links = append(links, anchor{file.name, r.On("results."+file.format, results)})
		}
	}
	return links
}

// resultFormats are the suffixes of a result besides JSON.
var resultFormats = []string{"csv", "ndjson", "md", "svg", "png", "pdf", "bib"}

// resultFiles are the links to the files of a result. Without repeats it has no figure.
func resultFiles(r *Request, record *domain.ResultRecord) []anchor {
	_, samples := repeatsIn(record)
	var links []anchor
	for _, file := range fileNames {
		offered := file.format == "json" || slices.Contains(resultFormats, file.format)
		if offered && (len(samples) > 1 || !isFigure(file.format)) {
			links = append(links, anchor{file.name, r.As(file.format, address.Query{})})
		}
	}
	return links
}

// resultDownload offers a result as a table of one row, the figure of its repeats, and its citation.
func (s *Site) resultDownload(r *Request, record *domain.ResultRecord) download {
	id := record.ID.String()
	return download{
		Words: []string{"result", id[:8]},
		Table: func() (files.Table, error) { return s.resultTable(r, record), nil },
		Sheet: func() (draw.Sheet, error) { return repeatSheet(r, record) },
		Citation: func() (files.Citation, error) {
			return files.Citation{
				Title: resultTitle(record.Result) + ", " + record.Site.Name + " " + record.Flavor.Name,
				About: "result " + id + ", SHA-256 " + record.Digest, AsOf: record.UploadedAt, Address: r.Public("results/" + id),
			}, nil
		},
	}
}

// resultTable is a result as the one row of its list.
func (s *Site) resultTable(r *Request, record *domain.ResultRecord) files.Table {
	l := &listed{Site: s, r: r, Selection: Selection{Benchmarks: []*domain.Benchmark{record.Benchmark}}}
	l.takeColumns()
	return files.Table{
		Title: resultTitle(record.Result) + ", " + record.Site.Name + " " + record.Flavor.Name, Columns: l.tableColumns(),
		Rows: [][]any{l.tableRow(record.Result)},
		Notes: []string{draw.Caption{
			Subject: "Result of " + record.Benchmark.Name() + ", SHA-256 " + record.Digest, Day: record.UploadedAt,
			Address: r.Public("results/" + record.ID.String()),
		}.String()},
	}
}

// repeatsIn are the repeats of a run by what its benchmark compares first.
func repeatsIn(record *domain.ResultRecord) (metric domain.Metric, samples []float64) {
	metric, ok := metrics.Find(record.Benchmark, "")
	if !ok {
		return metric, nil
	}
	reading, measured := metrics.Read(metric, record.JSON)
	if !measured {
		return metric, nil
	}
	return metric, reading.Samples
}

// repeatLanes is the lane of the repeats of one run.
func repeatLanes(samples []float64) draw.Lanes {
	row := draw.Row{
		Style: draw.StyleOf(0), N: 1, Median: medianOf(samples), Low: slices.Min(samples), High: slices.Max(samples), Values: samples,
	}
	return draw.Lanes{Scale: draw.NewScale(samples, draw.Auto), Baseline: math.NaN(), Rows: []draw.Row{row}}
}

// repeatSheet is the figure of a result: its repeats on one lane.
func repeatSheet(r *Request, record *domain.ResultRecord) (draw.Sheet, error) {
	metric, samples := repeatsIn(record)
	if len(samples) < 2 {
		return draw.Sheet{}, refusal([]address.Ignored{{Key: "result", Reason: words.NoRepeats}})
	}
	lanes := repeatLanes(samples)
	row := &lanes.Rows[0]
	row.Name, row.Figure = record.Site.Name+" "+record.Flavor.Name, words.Value(row.Median)
	log := lanes.Scale.Log
	caption := draw.Caption{
		Subject: words.RepeatsOf(words.MetricName(metric), record.Benchmark.Name(), len(samples), record.ExecutedAt.UTC().Format(time.DateOnly)),
		Log:     log, Better: words.Better(metric.Better), Signs: "Mark: median; ticks: repeats", Day: record.UploadedAt,
		Address: r.Public("results/" + record.ID.String()),
	}
	return lanes.Sheet(draw.Legend{
		Title: BenchmarkTitle(record.Benchmark) + ": repeats of one run", Figure: metric.Unit, Foot: caption.String(),
		Axis: words.Axis(words.MetricName(metric), metric.Unit, log, metric.Better),
	}), nil
}
