package web

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/metrics"
)

// metricsForm declares by which numbers the results of a benchmark are compared.
type metricsForm struct {
	Rows []metricRow
	// Paths are suggested: those of the schema.
	Paths  []string
	IsOpen bool
}

// metricRow is one metric in the form; the last one is empty, for another.
type metricRow struct {
	Index                                                    int
	Path, Name, Unit, Samples, Separator, Resource, Label    string
	Materiality                                              string
	IsLower, IsHigher, IsNone, IsDefault, IsEmpty, IsDerived bool
}

// metricsFormOf is nil for who may not declare metrics: only administrators may, and the submitter while the
// benchmark is on review.
func metricsFormOf(r *Request, b *domain.Benchmark, faults []fieldFault) *metricsForm {
	isOwner := r.Caller().MayOn(domain.SetMetrics, b.Uploader) == nil && !b.IsApproved()
	if r.Caller().May(domain.SetMetrics) != nil || r.Caller().May(domain.UpdateBenchmark) != nil && !isOwner {
		return nil
	}
	m := &metricsForm{}
	for _, property := range metrics.Properties(b.JSONSchema) {
		m.Paths = append(m.Paths, property.Path)
	}
	if r.Method == http.MethodPost && r.PostFormValue("do") == "metrics" {
		m.Rows, m.IsOpen = rowsOf(formValues{r.PostForm}), len(faults) > 0
	} else {
		for _, metric := range metrics.Of(b) {
			if metric.Source == domain.DeclaredMetric {
				m.Rows = append(m.Rows, rowOf(metric))
			}
		}
	}
	m.Rows = append(m.Rows, metricRow{IsNone: true, IsEmpty: true})
	for i := range m.Rows {
		m.Rows[i].Index = i
	}
	return m
}

func rowOf(m domain.Metric) metricRow {
	const percent = 100
	return metricRow{
		Path: m.Path, Name: m.Name, Unit: m.Unit, Samples: m.Samples, Separator: m.Separator, Resource: m.Resource, Label: m.Label,
		Materiality: strconv.FormatFloat(m.Materiality*percent, 'g', 6, 64), IsDefault: m.Default,
		IsLower: m.Better == domain.LowerBetter, IsHigher: m.Better == domain.HigherBetter, IsNone: m.Better == domain.NoneBetter,
	}
}

// rowsOf are the rows that somebody has sent, without those that have no path.
func rowsOf(form formValues) []metricRow {
	at := func(name string, i int) string {
		if values := form.Values[name]; i < len(values) {
			return formValues{map[string][]string{name: {values[i]}}}.Get(name)
		}
		return ""
	}
	var rows []metricRow
	for i := range form.Values["path"] {
		row := metricRow{
			Path: at("path", i), Name: at("name", i), Unit: at("unit", i), Samples: at("samples", i), Separator: at("separator", i),
			Resource: at("resource", i), Label: at("label", i), Materiality: at("materiality", i),
			IsDefault: form.Get("default") == strconv.Itoa(i),
		}
		better := domain.Better(at("better", i))
		row.IsLower, row.IsHigher = better == domain.LowerBetter, better == domain.HigherBetter
		row.IsNone = !row.IsLower && !row.IsHigher
		if row.Path != "" {
			rows = append(rows, row)
		}
	}
	return rows
}

// member is the metric as the API takes it.
func (m metricRow) member() map[string]any {
	member := map[string]any{"path": m.Path, "better": domain.NoneBetter}
	for name, text := range map[string]string{
		"name": m.Name, "unit": m.Unit, "samples": m.Samples, "separator": m.Separator, "resource": m.Resource, "label": m.Label,
	} {
		if text != "" {
			member[name] = text
		}
	}
	switch {
	case m.IsLower:
		member["better"] = domain.LowerBetter
	case m.IsHigher:
		member["better"] = domain.HigherBetter
	}
	if m.IsDefault {
		member["default"] = true
	}
	if m.Materiality != "" {
		const percent = 100
		member["materiality"] = m.Materiality
		if share, err := strconv.ParseFloat(m.Materiality, 64); err == nil {
			member["materiality"] = share / percent
		}
	}
	return member
}

// setMetrics declares the metrics of the form.
func (s *Site) setMetrics(r *Request, id uuid.UUID, form formValues) ([]fieldFault, error) {
	members := []map[string]any{}
	for _, row := range rowsOf(form) {
		members = append(members, row.member())
	}
	text, err := json.Marshal(map[string]any{"metrics": members})
	if err != nil {
		return nil, err
	}
	body, err := document.Parse(r.Context(), text, s.config.documents())
	if err != nil {
		return nil, err
	}
	err = s.config.Services.Metrics.Set(r.Context(), r.Caller(), id, body, false)
	if err == nil {
		return nil, nil
	}
	faults, ok := faultsOf(err, nil)
	if !ok {
		return nil, err
	}
	for i, fault := range faults {
		if parts := metricPointer.FindStringSubmatch(fault.Text); parts != nil {
			number, _ := strconv.Atoi(parts[1]) // digits
			faults[i] = fieldFault{parts[2] + parts[1], "Metric " + strconv.Itoa(number+1) + ", " + parts[2] + ": " + parts[3]}
		}
	}
	return faults, nil
}

// metricPointer is a fault at a member of a metric.
var metricPointer = regexp.MustCompile(`^/metrics/(\d{1,4})/(\w+): (.*)$`)
