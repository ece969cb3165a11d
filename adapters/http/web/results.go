package web

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// resultsModel is the view model of the list of results.
type resultsModel struct {
	Title string
	// Total is the number of results on all pages, for scripts.
	Total   int
	Ignored []address.Ignored
	// Filters is the form beside the list, Conditions are what it asks for: each can go.
	Filters    listFilters
	Conditions []filterCondition
	Columns    []listColumn
	// Spare are the columns that the list could have, too.
	Spare []spareColumn
	Rows  []listRow
	// Here is the page without its query: it knows how many results a form would find.
	Here Link
	// Hidden are the fields of the address, for the form around the rows.
	Hidden       []keptField
	Newer, Older Link
	Range        string
	Files        []anchor
	// NoFigure says why the list has no figure; empty for a list that has one.
	NoFigure string
	// Cited says whether the results are those of a permanent link; empty for another link.
	Cited string
	Views []tab
	// Ways lead out of an empty list: to the list without one of the conditions.
	Ways []anchor
}

// condition is a part of the address, and the address without it.
type condition struct {
	Text    string
	Without Link
}

// listRow is a result of the list.
type listRow struct {
	ID    string
	Link  Link
	Cells []listCell
}

// listCell is a value in a row.
type listCell struct {
	Text string
	// Head is the name of the column, for phones.
	Head string
	// Exact is the number with all its digits, if Text has fewer.
	Exact string
	// Pick is what the button of the value sends; empty for a value without a menu.
	Pick     string
	IsNumber bool
	IsFirst  bool
	// IsMain is true for what the list is about: on phones it stands beside the first value.
	IsMain    bool
	Link      Link
	Menu      []anchor
	IsMissing bool
}

// pageRows is how many results a page of the list has.
const pageRows = 50

// listed is a list of results that is being made.
type listed struct {
	*Site

	r *Request
	Selection
	q       address.Query
	columns []column
	picked  string
	place   listPlace
}

// showResults is the list of results.
func (s *Site) showResults(r *Request) (Answer, error) {
	if slices.Contains(exportFormats, r.Format) {
		return s.resultsFile(r)
	}
	l, err := s.listed(r)
	if err != nil {
		return nil, err
	}
	if r.Format != "" {
		return l.file()
	}
	part, err := l.read(pageRows)
	if err != nil {
		return nil, err
	}
	m := &resultsModel{Title: l.title(part.Total), Total: part.Total, Here: r.To("results"), Ignored: l.Ignored, Views: l.views()}
	if m.Filters, err = l.filters(); err != nil {
		return nil, err
	}
	m.Conditions = l.conditions()
	m.Columns, m.Spare = l.heads(), nil
	if m.Spare, err = l.spare(); err != nil {
		return nil, err
	}
	for _, result := range part.Items {
		m.Rows = append(m.Rows, l.row(result))
	}
	l.around(m, part)
	m.Hidden = l.hidden()
	if part.Total == 0 {
		if m.Ways, err = l.ways(); err != nil {
			return nil, err
		}
	}
	l.offerFiles(m, part.Items)
	if m.Cited, err = l.cited(); err != nil {
		return nil, err
	}
	return Page{Template: "results", Title: m.Title, Section: "results", Results: true, Model: m}, nil
}

// listed is the list that the address asks for.
func (s *Site) listed(r *Request) (*listed, error) {
	l := &listed{Site: s, r: r, q: r.Query, picked: r.URL.Query().Get("pick")}
	var err error
	if l.Selection, err = s.selection(r); err != nil {
		return nil, err
	}
	l.Ignored = slices.DeleteFunc(l.Ignored, func(i address.Ignored) bool { return i.Key == "pick" })
	l.takeColumns()
	l.takePlace()
	return l, nil
}

func (l *listed) title(total int) string {
	switch {
	case total == 0 && len(l.conditions()) == 0:
		return "No results yet"
	case total == 0:
		return "No result matches"
	}
	order := "newest upload first"
	if len(l.q.Sort) > 0 {
		if column, descending, ok := columnOf(l.q.Sort[0]); ok {
			name, _, _ := strings.Cut(l.titled(column).title, ", ")
			return words.Plural(total, "result") + " by " + words.Lower(name) + ", " + column.orderWords(descending)
		}
	}
	return words.Plural(total, "result") + ", " + order
}

// views are the list, and the comparisons of the same results.
func (l *listed) views() []tab {
	if len(l.Benchmarks) == 0 {
		return []tab{{anchor{"Compare", l.r.On("compare", l.q.Filters())}, false}, {anchor{"Results", ""}, true}}
	}
	var views []tab
	for _, view := range comparisonViews {
		link := l.r.On("compare", l.q.Filters().With(func(q *address.Query) { q.View = view.view }))
		views = append(views, tab{anchor{view.name, link}, false})
	}
	return append(views, tab{anchor{"Results", ""}, true})
}

// read reads so many results of the list, from its place on.
func (l *listed) read(rows int) (ports.ResultPart, error) {
	keys := l.sortKeys()
	query := ports.CursorQuery{ResultQuery: l.Results, WithTotal: true}
	query.Page, query.Sort = domain.PageRequest{Number: 1, Size: rows}, keys
	if l.place.before {
		query.Sort = reversed(keys)
	}
	query.After = l.place.position(len(query.Sort))
	part, err := l.config.Services.Results.ListAfter(l.r.Context(), l.r.Caller(), query)
	if errors.Is(err, ports.ErrPlaceGone) {
		l.place = listPlace{}
		l.ignore("The result before this page was removed: this is the first page.")
		query.After, query.Sort = nil, keys
		part, err = l.config.Services.Results.ListAfter(l.r.Context(), l.r.Caller(), query)
	}
	if l.place.before {
		slices.Reverse(part.Items)
	}
	return part, err
}

func (l *listed) ignore(reason string) {
	l.Ignored = append(l.Ignored, address.Ignored{Key: "after", Reason: reason})
}

// around sets the links to the pages before and after, and says where the page is.
func (l *listed) around(m *resultsModel, part ports.ResultPart) {
	n := len(part.Items)
	if n == 0 {
		return
	}
	start := l.place.start(n)
	m.Range = fmt.Sprintf("%s-%s of %s", words.Number(start+1), words.Number(start+n), words.Number(part.Total))
	at := func(place listPlace) Link {
		return l.r.Here(l.q.With(func(q *address.Query) { q.After = place.String() }))
	}
	more := part.Next != nil
	if l.place.before && more || !l.place.before && l.place.id != nil {
		m.Newer = at(listPlace{before: true, rows: start, id: &part.Items[0].ID})
		if start <= pageRows {
			m.Newer = l.r.Here(l.q.With(func(q *address.Query) { q.After = "" }))
		}
	}
	if l.place.before || more {
		m.Older = at(listPlace{rows: start + n, id: &part.Items[n-1].ID})
	}
}

// row is a result with the values of the columns.
func (l *listed) row(result *domain.Result) listRow {
	row := listRow{ID: result.ID.String(), Link: l.r.To("results/" + result.ID.String())}
	main := slices.IndexFunc(l.columns, func(c column) bool { return c.isQuantity || c.isMeasured })
	for i, column := range l.columns {
		cell := column.cell(result)
		cell.Head, cell.IsFirst, cell.IsMain = column.title, i == 0, i == main
		if cell.IsFirst {
			cell.Link = row.Link
		}
		if cell.condition != "" {
			cell.Pick = row.ID[lastOfID:] + " " + column.name
		}
		if cell.Pick != "" && strings.HasSuffix(l.picked, cell.Pick) {
			cell.Menu = l.menu(column, cell)
		}
		row.Cells = append(row.Cells, cell.listCell)
	}
	return row
}

// lastOfID is where the last part of an id begins, which is enough to tell the rows of a page apart.
const lastOfID = 24

// menu is what can be done with a value of the list.
func (l *listed) menu(column column, cell columnCell) []anchor {
	base := l.q.With(func(q *address.Query) { q.After = "" })
	if column.path == nil {
		only := base.With(func(q *address.Query) { column.choose(q, cell.condition) })
		return []anchor{{"Only this", l.r.Here(only)}}
	}
	path := column.path.String()
	menu := []anchor{
		{"Only this", l.r.Here(base.WithValue(path, cell.condition))},
		{"Without it", l.r.Here(base.WithValue(path, append(slices.Clone(base.ValueAt(path)), "!"+cell.condition)...))},
	}
	axis := base.Filters()
	axis.View, axis.X = address.Plot, column.name
	return append(menu, anchor{"Plot by it", l.r.On("compare", axis)})
}

// hidden are the fields of the address.
func (l *listed) hidden() []keptField {
	values, err := url.ParseQuery(l.q.String())
	if err != nil {
		return nil
	}
	var fields []keptField
	for _, name := range sortedNames(values) {
		for _, value := range values[name] {
			fields = append(fields, keptField{name, value})
		}
	}
	return fields
}

// sortKeys are those of the address; the default is the newest upload first.
func (l *listed) sortKeys() []filter.Key {
	var keys []filter.Key
	for _, text := range l.q.Sort {
		column, descending, ok := columnOf(text)
		if !ok || column.sort == "" {
			l.Ignored = append(l.Ignored, address.Ignored{Key: "sort", Text: text, Reason: "The list cannot be sorted by it."})
			continue
		}
		keys = append(keys, filter.Key{Field: column.sort, Path: column.path, Descending: descending})
	}
	if len(keys) == 0 {
		return []filter.Key{{Field: "upload_datetime", Descending: true}}
	}
	const mostKeys = 5
	return keys[:min(len(keys), mostKeys)]
}

// reversed is the opposite order. Results that sort equal are sorted by their ids.
func reversed(keys []filter.Key) []filter.Key {
	opposite := make([]filter.Key, 0, len(keys)+1)
	for _, key := range keys {
		key.Descending = !key.Descending
		opposite = append(opposite, key)
	}
	return append(opposite, filter.Key{Field: "id", Descending: true})
}

// ways are the addresses without one of the conditions, those that find most first.
func (l *listed) ways() ([]anchor, error) {
	type way struct {
		anchor

		total int
	}
	var found []way
	const mostWays = 5
	for _, condition := range l.conditions() {
		if len(found) == mostWays {
			break
		}
		r := *l.r
		r.Query, r.Ignored = condition.query, nil
		selection, err := l.selection(&r)
		if err != nil {
			return nil, err
		}
		query := selection.Results
		query.ListOptions = one()
		page, err := l.config.Services.Results.List(l.r.Context(), l.r.Caller(), query)
		if err != nil {
			return nil, err
		}
		if page.Total > 0 {
			found = append(found, way{anchor{words.Without(condition.Text, page.Total), condition.Without}, page.Total})
		}
	}
	slices.SortStableFunc(found, func(a, b way) int { return b.total - a.total })
	var ways []anchor
	for _, w := range found {
		ways = append(ways, w.anchor)
	}
	return ways, nil
}

// textAt is the JSON text at a path of a document, nil if there is none.
func textAt(text []byte, path filter.Path) []byte { return document.Find(text, path) }
