// Command chart draws the time of each kind of request by the number of results, from
// the files that bench wrote:
//
//	chart OUT.svg data/bench/1000.json data/bench/100000.json ...
//
// Each kind of request has a small chart with the median and the 95th percentile of each
// database. All charts have the same axes.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"

	"gonum.org/v1/plot/plotter"

	"github.com/eosc-perf/backend/scripts/bench/report"
)

func main() {
	if len(os.Args) < 3 { //nolint:mnd // a file to write and one to read
		fmt.Fprintln(os.Stderr, "usage: chart OUT.svg REPORT.json...")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "chart:", err)
		os.Exit(1)
	}
}

func run(out string, files []string) (err error) {
	reports := make([]*report.Report, len(files))
	for i, file := range files {
		if reports[i], err = report.Read(file); err != nil {
			return err
		}
	}
	panels := collect(reports)
	if len(panels) == 0 {
		return errors.New("there is no request in the reports")
	}
	file, err := os.Create(out) //nolint:gosec // whoever runs the program chooses it
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	canvas, err := render(panels)
	if err != nil {
		return err
	}
	_, err = canvas.WriteTo(file)
	return err
}

// panel is the small chart of one kind of request.
type panel struct {
	name, title string
	lines       []*series
}

// series is one line of a panel: times by the number of results.
type series struct {
	database, quantile string
	points             plotter.XYs
}

// The names of the quantiles.
const (
	usual = "median"
	slow  = "95 of 100 within"
)

// quantiles are the lines of each database.
var quantiles = []struct {
	name  string
	value func(report.Run) float64
}{
	{usual, func(r report.Run) float64 { return r.P50MS }},
	{slow, func(r report.Run) float64 { return r.P95MS }},
}

// collect returns the panels with the figures of the reports, in the order of the requests.
func collect(reports []*report.Report) []*panel {
	var panels []*panel
	slices.SortFunc(reports, func(a, b *report.Report) int { return cmp.Compare(a.Size, b.Size) })
	for _, r := range reports {
		for _, database := range r.Databases {
			for _, request := range database.Requests {
				p := panelOf(&panels, request)
				for _, quantile := range quantiles {
					p.add(database.Name, quantile.name, r.Size, request, quantile.value)
				}
			}
		}
	}
	return panels
}

func panelOf(panels *[]*panel, request report.Request) *panel {
	for _, p := range *panels {
		if p.name == request.Name {
			p.title = request.Title // the title in the report of the largest size
			return p
		}
	}
	*panels = append(*panels, &panel{name: request.Name, title: request.Title})
	return (*panels)[len(*panels)-1]
}

func (p *panel) add(database, quantile string, size int, request report.Request, value func(report.Run) float64) {
	median, _, _ := request.Median(value)
	if median <= 0 {
		return
	}
	i := slices.IndexFunc(p.lines, func(s *series) bool { return s.database == database && s.quantile == quantile })
	if i < 0 {
		i = len(p.lines)
		p.lines = append(p.lines, &series{database: database, quantile: quantile})
	}
	p.lines[i].points = append(p.lines[i].points, plotter.XY{X: float64(size), Y: median})
}

// bounds returns the smallest and the largest values of all points, with a margin.
func bounds(panels []*panel) (lowest, highest plotter.XY) {
	const margin = 1.3
	first := panels[0].lines[0].points[0]
	lowest, highest = first, first
	for _, p := range panels {
		for _, line := range p.lines {
			for _, point := range line.points {
				lowest = plotter.XY{X: min(lowest.X, point.X), Y: min(lowest.Y, point.Y)}
				highest = plotter.XY{X: max(highest.X, point.X), Y: max(highest.Y, point.Y)}
			}
		}
	}
	return plotter.XY{X: lowest.X / margin, Y: lowest.Y / margin}, plotter.XY{X: highest.X * margin, Y: highest.Y * margin}
}
