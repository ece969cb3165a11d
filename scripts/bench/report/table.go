package report

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// column is a column of the table, with the spread of the rounds.
type column struct {
	title  string
	value  func(Run) float64
	spread bool
	digits int
}

var columns = []column{
	{"req/s", func(r Run) float64 { return r.Rate }, true, 0},
	{"p50 ms", func(r Run) float64 { return r.P50MS }, false, 1},
	{"p95 ms", func(r Run) float64 { return r.P95MS }, true, 1},
	{"p99 ms", func(r Run) float64 { return r.P99MS }, false, 1},
	{"server CPU ms", func(r Run) float64 { return r.ServerMS }, false, 2},
}

var postgresColumns = []column{
	{"PostgreSQL CPU ms", func(r Run) float64 { return r.DatabaseMS }, false, 2},
	{"pgbench/s", func(r Run) float64 { return r.PgbenchRate }, true, 0},
	{"ratio", Run.Ratio, true, 2},
	{"bare/s", func(r Run) float64 { return r.BareRate }, true, 0},
}

// Text returns the whole report: the machine, the options, and one table for all databases.
// The table is aligned Markdown.
func (r *Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d results, %s, revision %s\n", r.Size, r.Begun, r.Revision)
	fmt.Fprintf(&b, "%d x %s, %d MB, %s, load before %.2f; PostgreSQL, server and load generator share it\n",
		r.Machine.Cores, r.Machine.Processor, r.Machine.MemoryMB, r.Machine.System, r.Machine.Load)
	fmt.Fprintf(&b, "%d rounds of %v s each; medians, in brackets the least and the greatest round\n", r.Rounds, r.Seconds)
	for _, d := range r.Databases {
		fmt.Fprintf(&b, "%s: %s, filled in %.0f s, %.0f MB; server: first answer after %s ms, at most %.0f MB\n",
			d.Name, d.Version, d.FillSeconds, d.SizeMB, list(d.StartsMS), d.PeakMB)
		if len(d.Settings) > 0 {
			fmt.Fprintf(&b, "    %s\n", strings.Join(d.Settings, " "))
		}
	}
	b.WriteString("\n")
	table := tabwriter.NewWriter(&b, 0, 0, 1, ' ', 0)
	r.writeTable(table)
	_ = table.Flush() // a builder takes all
	for _, d := range r.Databases {
		for _, e := range d.Exports {
			fmt.Fprintf(&b, "%s, export as %s: %d results in %.1f s, %.0f MB; server: at most %.0f MB\n",
				d.Name, e.Format, e.Rows, e.Seconds, e.MB, e.PeakMB)
		}
	}
	for _, d := range r.Databases {
		for _, request := range d.Requests {
			for i, run := range request.Rounds {
				if run.Failures > 0 {
					fmt.Fprintf(&b, "WRONG: %s, %s, round %d: %d of %d answers\n", d.Name, request.Title, i+1, run.Failures, run.Requests)
				}
			}
		}
	}
	return b.String()
}

func (r *Report) writeTable(table *tabwriter.Writer) {
	all := append(append([]column(nil), columns...), postgresColumns...)
	heads, rules := []string{"database", "request", "conns"}, []string{"---", "---", "---"}
	for _, c := range all {
		heads, rules = append(heads, c.title), append(rules, "---")
	}
	heads, rules = append(heads, "goal"), append(rules, "---")
	line(table, heads)
	line(table, rules)
	for _, d := range r.Databases {
		for _, request := range d.Requests {
			cells := []string{d.Name, request.Title, fmt.Sprint(request.Connections)}
			for _, c := range all {
				cells = append(cells, c.of(request))
			}
			line(table, append(cells, request.Goal))
		}
	}
}

func (c column) of(request Request) string {
	median, least, greatest := request.Median(c.value)
	if median <= 0 {
		return ""
	}
	text := c.write(median)
	if c.spread && len(request.Rounds) > 1 {
		text += " (" + c.write(least) + "-" + c.write(greatest) + ")"
	}
	return text
}

// write returns a rate. Small rates have a digit after the point.
func (c column) write(value float64) string {
	digits := c.digits
	if digits == 0 && value < 10 {
		digits = 1
	}
	return fmt.Sprintf("%.*f", digits, value)
}

func line(table *tabwriter.Writer, cells []string) {
	_, _ = fmt.Fprintln(table, "| "+strings.Join(cells, "\t| ")+"\t|") // a builder takes all
}

func list(values []float64) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprintf("%.0f", v)
	}
	return strings.Join(texts, ", ")
}
