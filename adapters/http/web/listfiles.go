package web

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/draw"
	"github.com/eosc-perf/backend/adapters/http/web/files"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// tableRows is how many results a list has as Markdown: who needs all takes the CSV.
const tableRows = 100

// file is the list as a table to paste, as a figure or as a citation.
func (l *listed) file() (Answer, error) {
	l.sortKeys() // it notes what has no effect
	l.Ignored = append(l.Ignored, placeOfFile(l.q)...)
	if len(l.Ignored) > 0 {
		return nil, refusal(l.Ignored)
	}
	basis, err := l.basis()
	if err != nil {
		return nil, err
	}
	return l.downloaded(l.r, download{
		Words:    []string{l.benchmarkTitle(), "results", basis.Set},
		Table:    func() (files.Table, error) { return l.table(basis) },
		Sheet:    func() (draw.Sheet, error) { return l.sheet(basis) },
		Citation: func() (files.Citation, error) { return l.citation(basis), nil },
	})
}

// placeOfFile is the place of an address in its list: a file begins with the first result.
func placeOfFile(q address.Query) []address.Ignored {
	if q.After == "" {
		return nil
	}
	return []address.Ignored{{Key: "after", Text: q.After, Reason: "A file begins with the first result."}}
}

func (l *listed) basis() (comparison.Basis, error) {
	return l.config.Services.Results.Identify(l.r.Context(), l.r.Caller(), l.Results)
}

// cited says whether the results are those of a permanent link; empty for another link.
func (l *listed) cited() (string, error) {
	set, results := l.q.Cited()
	if set == "" {
		return "", nil
	}
	basis, err := l.basis()
	return words.Cited(set, basis.Set, results, basis.Results), err
}

func (l *listed) table(basis comparison.Basis) (files.Table, error) {
	part, err := l.read(tableRows)
	if err != nil {
		return files.Table{}, err
	}
	table := files.Table{Title: words.ListTitle(l.benchmarkTitle()), Columns: l.tableColumns()}
	for _, result := range part.Items {
		table.Rows = append(table.Rows, l.tableRow(result))
	}
	table.Notes = []string{words.RowsOf(len(part.Items), part.Total), l.caption(l.title(part.Total), basis).String()}
	return table, nil
}

// tableColumns are the columns of the page, and the id.
func (l *listed) tableColumns() []files.Column {
	var columns []files.Column
	for _, c := range l.columns {
		columns = append(columns, files.Column{Name: c.title})
	}
	return append(columns, files.Column{Name: "Result"})
}

func (l *listed) tableRow(result *domain.Result) []any {
	row := make([]any, 0, len(l.columns)+1)
	for _, c := range l.columns {
		row = append(row, c.exact(result))
	}
	return append(row, result.ID.String())
}

// exact is the value of a column with all its digits; nil where there is none.
func (c column) exact(result *domain.Result) any {
	if c.path == nil {
		return c.text(result)
	}
	switch text := textAt(result.JSON, c.path); {
	case len(text) == 0 || string(text) == "null":
		return nil
	case isNumber(text):
		return json.Number(text)
	default:
		return metrics.Text(text)
	}
}

// isNumber is true for the JSON text of a number.
func isNumber(text []byte) bool {
	return len(text) > 0 && (text[0] == '-' || '0' <= text[0] && text[0] <= '9')
}

// caption says what a file shows, and which results these are.
func (l *listed) caption(subject string, basis comparison.Basis) draw.Caption {
	caption := draw.Caption{Subject: words.Where(subject, l.conditionTexts()), Set: basis.Set, Address: l.r.Public(l.q.On("results"))}
	if basis.AsOf != nil {
		caption.Day = *basis.AsOf
	}
	return caption
}

// conditionTexts are the conditions without the benchmark, which titles name.
func (l *listed) conditionTexts() []string {
	others := *l
	others.q = l.q.With(func(q *address.Query) { q.Benchmarks = nil })
	var texts []string
	for _, condition := range others.conditions() {
		texts = append(texts, condition.Text)
	}
	return texts
}

func (l *listed) citation(basis comparison.Basis) files.Citation {
	citation := files.Citation{
		Title: words.ListTitle(l.benchmarkTitle()), About: words.Where(words.Plural(basis.Results, "result"), l.conditionTexts()),
		Set: basis.Set, AsOf: time.Now(), Address: l.r.Public(permanentQuery(l.q, l.Results, basis).On("results")),
	}
	if basis.AsOf != nil {
		citation.AsOf = *basis.AsOf
	}
	return citation
}

// sheet is the figure of the list: a lane for each flavor, with the value of each of its results.
func (l *listed) sheet(basis comparison.Basis) (draw.Sheet, error) {
	part, err := l.read(pageRows)
	if err != nil {
		return draw.Sheet{}, err
	}
	path, missing := l.figured(part.Items)
	if missing != nil {
		return draw.Sheet{}, refusal([]address.Ignored{*missing})
	}
	c, err := l.comparedBy(path)
	if err != nil {
		return draw.Sheet{}, err
	}
	answer, err := c.distribution()
	if err != nil {
		return draw.Sheet{}, err
	}
	if len(answer.Groups) == 0 || len(c.Ignored) > 0 {
		return draw.Sheet{}, refusal(append(c.Ignored, address.Ignored{Key: "col", Reason: words.NoNumbers(path)}))
	}
	lanes := c.spreadLanes(answer)
	title := words.ListFigure(c.benchmarkTitle(), c.name(), answer.Results, c.kind())
	caption := c.spreadCaption(answer, lanes.Scale.Log)
	caption.Subject = words.ListCaption(title, basis.Results-answer.Results, len(lanes.Rows), answer.GroupsTotal, c.kind())
	caption.Set, caption.Address = basis.Set, l.r.Public(l.q.On("results"))
	return lanes.Sheet(c.legend(title, lanes.Scale.Log, caption.String())), nil
}

// comparedBy is the comparison of the results of the list by the number at a path.
func (l *listed) comparedBy(path string) (*compared, error) {
	r := *l.r
	r.Request = r.WithContext(service.WithOneReading(r.Context()))
	r.Query = l.q.Filters()
	r.Query.Metric, r.Query.Scale = path, l.q.Scale
	selection := l.Selection
	selection.Ignored = nil
	return l.compared(&r, selection)
}

// figured is the path of the numbers that the figure of the list shows: what its benchmark compares
// first, else another metric, else the first column of which one of the results has a number.
// Without one it says what is missing.
func (l *listed) figured(results []*domain.Result) (path string, missing *address.Ignored) {
	if len(l.Benchmarks) == 0 {
		return "", &address.Ignored{Key: "benchmark", Reason: words.NoCommonScale}
	}
	found := 0
	for _, c := range l.columns {
		if rank := l.rank(c, results); rank > found {
			found, path = rank, c.path.String()
		}
	}
	if found == 0 {
		return "", &address.Ignored{Key: "col", Reason: words.NoNumberColumn}
	}
	trial := &compared{Selection: l.Selection, r: &Request{Query: address.Query{Metric: path}}}
	trial.Ignored = nil
	if trial.dropOtherUnits(); len(trial.Ignored) > 0 {
		return "", &address.Ignored{Key: "benchmark", Reason: words.NoCommonScale}
	}
	return path, nil
}

// rank is 3 for the column of what is compared first, 2 for another metric, 1 for other numbers, and
// 0 for what is no number.
func (l *listed) rank(c column, results []*domain.Result) int {
	if c.path == nil {
		return 0
	}
	for i, metric := range metrics.Of(l.Benchmarks[0]) {
		if c.name == filter.JSONField+"."+metric.Path {
			return map[bool]int{true: 3, false: 2}[i == 0]
		}
	}
	if slices.ContainsFunc(results, func(r *domain.Result) bool { return isNumber(textAt(r.JSON, c.path)) }) {
		return 1
	}
	return 0
}

// offerFiles offers the list in all formats that it has.
func (l *listed) offerFiles(m *resultsModel, results []*domain.Result) {
	_, missing := l.figured(results)
	if missing != nil {
		m.NoFigure = words.NoFigure(missing.Reason)
	}
	q := l.q.With(func(q *address.Query) { q.After = "" })
	exported := q.With(func(q *address.Query) {
		q.Col = slices.DeleteFunc(q.Col, func(name string) bool { return name == valueColumn })
	})
	for _, file := range fileNames {
		switch {
		case slices.Contains(exportFormats, file.format):
			m.Files = append(m.Files, anchor{file.name, l.r.As(file.format, exported)})
		case missing == nil || !isFigure(file.format):
			m.Files = append(m.Files, anchor{file.name, l.r.As(file.format, q)})
		}
	}
}

// permanentQuery is a query with ids for names, and the results of now.
func permanentQuery(query address.Query, chosen ports.ResultQuery, basis comparison.Basis) address.Query {
	return query.With(func(q *address.Query) {
		q.Benchmarks, q.Sites = texts(chosen.BenchmarkIDs), texts(chosen.SiteIDs)
		q.Flavors, q.Tags = texts(chosen.FlavorIDs), texts(chosen.TagIDs)
		q.Set = basis.Set + "-" + strconv.Itoa(basis.Results)
		if basis.AsOf != nil {
			q.AsOf = basis.AsOf.UTC().Format(time.RFC3339Nano)
		}
	})
}
