package http

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// query is what a request asks for behind the `?`, checked. Its methods read
// keys of the operation that have passed the check.
type query struct {
	values  url.Values
	sort    []filter.Key
	filters []filter.Condition
}

const (
	formatUUID     = "uuid"
	formatDate     = "date"
	formatDateTime = "date-time"

	unknownField = "Unknown field."
	missingField = "Missing data for required field."
	notAString   = "Not a valid string."
	notAUUID     = "Not a valid UUID."
)

// queryCheck knows what an operation may be asked.
type queryCheck struct {
	params     map[string]*huma.Param
	sortFields []string
	limits     Limits
}

// parse checks the raw query; all errors are reported together.
func (c queryCheck) parse(raw string) (query, problem.FieldErrors) {
	errs := problem.FieldErrors{}
	values, err := url.ParseQuery(plainKeys(raw))
	if err != nil {
		errs.Add("_schema", "Malformed query string.")
		return query{}, errs
	}
	q := query{values: values}
	for key := range values {
		if c.params[key] == nil {
			errs.Add(strings.ToValidUTF8(key, "\uFFFD"), unknownField)
		}
	}
	for name, p := range c.params {
		given, ok := values[name]
		switch {
		case !ok && p.Required:
			errs.Add(name, missingField)
		case !ok:
		case p.Schema.Type == huma.TypeArray:
			if in := c.checkList(&q, p, given); len(in) > 0 {
				errs[name] = in
			}
		default:
			if message := c.checkScalar(&q, p, given[0]); message != "" {
				errs.Add(name, message)
			}
		}
	}
	return q, errs
}

// plainKeys turns `x[]=a` into `x=a`, and keeps `;` from separating keys.
func plainKeys(raw string) string {
	pairs := strings.Split(strings.ReplaceAll(raw, ";", "%3B"), "&")
	for i, pair := range pairs {
		key, value, hasValue := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(key); err == nil && strings.HasSuffix(name, "[]") {
			pairs[i] = url.QueryEscape(strings.TrimSuffix(name, "[]"))
			if hasValue {
				pairs[i] += "=" + value
			}
		}
	}
	return strings.Join(pairs, "&")
}

func (c queryCheck) checkList(q *query, p *huma.Param, given []string) problem.FieldErrors {
	errs := problem.FieldErrors{}
	most, limited := map[string]int{"filters": c.limits.Filters, "terms": c.limits.Terms, "tags_ids": c.limits.Tags}[p.Name]
	if limited && len(given) > most {
		errs.Add(strconv.Itoa(most), "At most "+strconv.Itoa(most)+" "+p.Name+" are allowed.")
		return errs
	}
	for i, value := range given {
		message := checkValue(p.Schema.Items, value)
		if message == "" && p.Name == "filters" {
			condition, err := filter.ParseCondition(value, c.limits.filter())
			if err != nil {
				message = err.Error()
			}
			q.filters = append(q.filters, condition)
		}
		if message != "" {
			errs.Add(strconv.Itoa(i), message)
		}
	}
	return errs
}

func (c queryCheck) checkScalar(q *query, p *huma.Param, value string) string {
	message := checkValue(p.Schema, value)
	if message != "" || p.Name != "sort_by" {
		return message
	}
	keys, err := filter.ParseSort(value, c.sortFields, c.limits.filter())
	if err != nil {
		return err.Error()
	}
	q.sort = keys
	return ""
}

// checkValue returns what is wrong with a value of the schema's type, "" if
// nothing is.
func checkValue(s *huma.Schema, value string) string {
	switch {
	case !utf8.ValidString(value) || strings.ContainsRune(value, 0):
		return notAString
	case s.Type == huma.TypeInteger:
		return checkInteger(s, value)
	case len(s.Enum) > 0 && !slices.Contains(s.Enum, any(value)):
		names := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			names[i], _ = v.(string)
		}
		return "Must be one of: " + strings.Join(names, ", ") + "."
	case s.Format == formatUUID && uuid.Validate(value) != nil:
		return notAUUID
	case s.Format == formatDate:
		if t, err := time.Parse(time.DateOnly, value); err != nil || t.Year() < 1 {
			return "Not a valid date."
		}
	case s.Format == formatDateTime:
		if _, ok := parseDateTime(value); !ok {
			return "Not a valid datetime."
		}
	}
	return ""
}

func checkInteger(s *huma.Schema, value string) string {
	digits := strings.TrimPrefix(value, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "Not a valid integer."
	}
	n := parseInteger(value)
	if float64(n) >= *s.Minimum && (s.Maximum == nil || float64(n) <= *s.Maximum) {
		return ""
	}
	message := "Must be greater than or equal to " + strconv.Itoa(int(*s.Minimum))
	if s.Maximum != nil {
		message += " and less than or equal to " + strconv.Itoa(int(*s.Maximum))
	}
	return message + "."
}

// largestPage is beyond every list, and far from overflow as an offset.
const largestPage = 1 << 40

// parseInteger reads an integer of any length; what is out of range becomes the
// end of the range.
func parseInteger(value string) int {
	n, err := strconv.Atoi(value)
	switch {
	case err == nil:
		return min(n, largestPage)
	case strings.HasPrefix(value, "-"):
		return -largestPage
	default:
		return largestPage
	}
}

func (q query) page() domain.PageRequest {
	page := domain.PageRequest{Number: 1, Size: defaultPerPage}
	if q.values.Has("page") {
		page.Number = parseInteger(q.values.Get("page"))
	}
	if q.values.Has("per_page") {
		page.Size = parseInteger(q.values.Get("per_page"))
	}
	return page
}

// list returns page and order; without a wish it is upwards by these fields.
func (q query) list(byDefault ...string) ports.ListOptions {
	sort := q.sort
	if len(sort) == 0 {
		for _, field := range byDefault {
			sort = append(sort, filter.Key{Field: field})
		}
	}
	return ports.ListOptions{Page: q.page(), Sort: sort}
}

// terms are the words to search for.
func (q query) terms() []string { return q.values["terms"] }

func (q query) reviewed(byDefault string) ports.ReviewedOptions {
	status := domain.Approved
	if q.values.Has("status") {
		status = domain.Status(q.values.Get("status"))
	}
	return ports.ReviewedOptions{ListOptions: q.list(byDefault), Uploaded: q.window("upload"), Status: status}
}

func (q query) window(prefix string) ports.Window {
	return ports.Window{Before: q.date(prefix + "_before"), After: q.date(prefix + "_after")}
}

func (q query) date(key string) *time.Time {
	if !q.values.Has(key) {
		return nil
	}
	t, _ := time.Parse(time.DateOnly, q.values.Get(key))
	return &t
}

// text returns the value of the key, nil if the key is absent.
func (q query) text(key string) *string {
	if !q.values.Has(key) {
		return nil
	}
	value := q.values.Get(key)
	return &value
}

// uuid returns the value of the key, nil if the key is absent.
func (q query) uuid(key string) *uuid.UUID {
	if !q.values.Has(key) {
		return nil
	}
	id := uuid.MustParse(q.values.Get(key))
	return &id
}

func (q query) tagIDs() []uuid.UUID {
	values := q.values["tags_ids"]
	ids := make([]uuid.UUID, len(values))
	for i, value := range values {
		ids[i] = uuid.MustParse(value)
	}
	return ids
}

func (q query) executionTime() service.ExecutionTime {
	t, _ := parseDateTime(q.values.Get("execution_datetime"))
	return t
}
