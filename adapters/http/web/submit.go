package web

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
)

// submitModel is the view model of the forms that submit a benchmark, a site or a flavor.
type submitModel struct {
	Title, Lead string
	Fields      []submitField
	Faults      []fieldFault
	Before      loginHint
	// Check is what a check has found; nil if nobody asked for it.
	Check *benchmarkCheckModel
	// Checks is true for a form that has a check.
	Checks bool
	Back   anchor
}

// submitField is a field of the form.
type submitField struct {
	Name, Label, Help, Value, Type string
	// Wrong is true for a field with a fault.
	Required, Wide, Wrong bool
	Most, Rows            int
}

// required is a field for a short text that must be there.
func (f formValues) required(name, label, help string) submitField {
	return submitField{Name: name, Label: label, Help: help, Value: f.Get(name), Required: true, Most: longestName}
}

// benchmarkCheckModel is what the check of a benchmark has found.
type benchmarkCheckModel struct {
	Good    []string
	Schema  []domain.Violation
	Example []domain.Violation
}

// page is the page of the form. A fault begins with the name of its field, unless it says what it is about.
func (m submitModel) page(section string) Page {
	for i, fault := range m.Faults {
		for j := range m.Fields {
			field := &m.Fields[j]
			if field.Name != fault.Field {
				continue
			}
			field.Wrong = true
			if !strings.HasPrefix(fault.Text, "The ") {
				m.Faults[i].Text = field.Label + ": " + words.Lower(fault.Text)
			}
		}
	}
	return Page{Template: "submit", Title: m.Title, Section: section, Status: statusOf(m.Faults), Model: m}
}

// longestName bounds names in bytes, as the API does; longestDescription descriptions.
const (
	longestName        = 255
	longestDescription = 2000
)

func (s *Site) showSiteForm(r *Request) (Answer, error) {
	form, _ := s.takeForm(r)
	return s.siteForm(r, form, nil)
}

func (s *Site) siteForm(r *Request, form formValues, faults []fieldFault) (Answer, error) {
	return submitModel{
		Title: "Add a site", Lead: "An administrator reviews it. Flavors come afterwards, on its page.", Faults: faults,
		Before: s.loginHint(r, domain.CreateSite), Back: anchor{"Sites", r.To("sites")},
		Fields: []submitField{
			form.required("name", "Name", "As in the catalogue of your infrastructure."),
			form.required("address", "Address", "City and country, or a web address."),
			{Name: "description", Label: "Description", Value: form.Get("description"), Most: longestDescription, Rows: 3},
		},
	}.page("sites"), nil
}

func (s *Site) sendSite(r *Request, form formValues) (Answer, error) {
	again := func(faults []fieldFault) (Answer, error) { return s.siteForm(r, form, faults) }
	most := map[string]int{"name": longestName, "address": longestName, "description": longestDescription}
	if faults := form.checkTexts(most, "address"); faults != nil {
		return again(faults)
	}
	site, err := s.config.Services.Sites.Create(r.Context(), r.Caller(), service.NewSite{
		Name: form.Get("name"), Address: form.Get("address"), Description: form.optional("description"),
	})
	if err != nil {
		return failed(err, map[string]string{"": "name"}, again)
	}
	return Redirect{r.To("sites/" + site.ID.String() + "?done=sent")}, nil
}

func (s *Site) showFlavorForm(r *Request) (Answer, error) {
	form, _ := s.takeForm(r)
	return s.flavorForm(r, form, nil)
}

func (s *Site) flavorForm(r *Request, form formValues, faults []fieldFault) (Answer, error) {
	id, ok := r.ID()
	if !ok {
		return nil, errNoPage
	}
	site, err := s.config.Services.Sites.Get(r.Context(), r.Caller(), id)
	if err != nil {
		return nil, err
	}
	return submitModel{
		Title: "Add a flavor to " + site.Name, Lead: "A flavor is a machine type. An administrator reviews it.", Faults: faults,
		Before: s.loginHint(r, domain.AddFlavor), Back: siteAnchor(r, site),
		Fields: []submitField{
			form.required("name", "Name", "As the site calls it, such as hpc.8core-16ram."),
			{
				Name: "description", Label: "Description", Help: "Cores, memory, processor.", Value: form.Get("description"),
				Most: longestDescription, Rows: 3,
			},
		},
	}.page("sites"), nil
}

func (s *Site) sendFlavor(r *Request, id uuid.UUID, form formValues) (Answer, error) {
	again := func(faults []fieldFault) (Answer, error) { return s.flavorForm(r, form, faults) }
	if faults := form.checkTexts(map[string]int{"name": longestName, "description": longestDescription}); faults != nil {
		return again(faults)
	}
	flavor, err := s.config.Services.Flavors.Add(r.Context(), r.Caller(), id, service.NewFlavor{
		Name: form.Get("name"), Description: form.optional("description"),
	})
	if err != nil {
		return failed(err, map[string]string{"": "name"}, again)
	}
	return Redirect{r.To("flavors/" + flavor.ID.String() + "?done=sent")}, nil
}

// checkTexts returns what is wrong with the lengths of fields, and with those that must not be
// empty.
func (f formValues) checkTexts(most map[string]int, required ...string) (faults []fieldFault) {
	for _, name := range required {
		if f.Get(name) == "" {
			faults = append(faults, fieldFault{name, "The " + name + " is missing."})
		}
	}
	for _, name := range sortedNames(most) {
		if n := len(f.Get(name)); n > most[name] {
			faults = append(faults, fieldFault{name, fmt.Sprintf("The %s has %d bytes; %d are allowed.", name, n, most[name])})
		}
	}
	return faults
}

func (s *Site) showBenchmarkForm(r *Request) (Answer, error) {
	form, _ := s.takeForm(r)
	return s.benchmarkForm(r, form, nil, nil)
}

func (s *Site) benchmarkForm(r *Request, form formValues, faults []fieldFault, check *benchmarkCheckModel) (Answer, error) {
	field := form.required
	url := field("url", "Web page", "It explains what the benchmark measures, and how to run it.")
	url.Type = "url"
	return submitModel{
		Title: "Bring a benchmark", Faults: faults, Check: check, Checks: true, Before: s.loginHint(r, domain.CreateBenchmark),
		Lead: "A container image that everybody can pull, and a JSON Schema that its results satisfy. An administrator reviews it.",
		Back: anchor{"Benchmarks", r.To("benchmarks")},
		Fields: []submitField{
			field("docker_image", "Image", "Without its tag, such as thechristophe/openbench-c-ray."),
			field("docker_tag", "Tag", "Name a version: results of latest cannot be compared over time."), url,
			{
				Name: "description", Label: "Description", Help: "What it measures, in one sentence.", Value: form.Get("description"),
				Most: longestDescription, Rows: 2,
			},
			{
				Name: "json_schema", Label: "JSON Schema", Help: "Require what makes results comparable: the value, its unit, the number of cores.",
				Value: form.Get("json_schema"), Required: true, Wide: true, Most: schemaBytes, Rows: 14,
			},
			{
				Name: "example", Label: "A result, to try the schema (it is not stored)", Value: form.Get("example"), Wide: true,
				Most: schemaBytes, Rows: 6,
			},
		},
	}.page("benchmarks"), nil
}

func (s *Site) sendBenchmark(r *Request, form formValues) (Answer, error) {
	in := service.NewBenchmark{
		DockerImage: form.Get("docker_image"), DockerTag: form.Get("docker_tag"), URL: form.Get("url"),
		JSONSchema: json.RawMessage(form.Get("json_schema")), Description: form.optional("description"),
	}
	faults := form.checkTexts(map[string]int{
		"docker_image": longestName, "docker_tag": longestName, "url": longestName, "description": longestDescription,
	})
	schemaFaults := s.checkJSON(r, form, "json_schema", "The JSON Schema")
	example := document.Value{}
	if form.Get("example") != "" {
		var wrong []fieldFault
		if example, wrong = s.parseField(r, form, "example", "The result"); wrong != nil {
			schemaFaults = append(schemaFaults, wrong...)
		}
	}
	faults = append(faults, schemaFaults...)
	if len(faults) > 0 {
		return s.benchmarkForm(r, form, faults, nil)
	}
	check, err := s.config.Services.Benchmarks.Check(r.Context(), r.Caller(), in, example)
	if err != nil {
		return failed(err, nil, func(faults []fieldFault) (Answer, error) { return s.benchmarkForm(r, form, faults, nil) })
	}
	if faults := faultsOfCheck(check); len(faults) > 0 || form.Values.Get("do") != "send" {
		return s.benchmarkForm(r, form, faults, checkModelOf(check, example))
	}
	b, err := s.config.Services.Benchmarks.Create(r.Context(), r.Caller(), in)
	if err != nil {
		return failed(err, map[string]string{"": "docker_image"}, func(faults []fieldFault) (Answer, error) {
			return s.benchmarkForm(r, form, faults, nil)
		})
	}
	return Redirect{r.To("benchmarks/" + b.ID.String() + "?done=sent")}, nil
}

// checkJSON returns what is wrong with a field that holds a JSON object.
func (s *Site) checkJSON(r *Request, form formValues, name, what string) []fieldFault {
	value, faults := s.parseField(r, form, name, what)
	if faults == nil && value.Kind() != document.Object {
		faults = []fieldFault{{name, what + " is no JSON object."}}
	}
	return faults
}

func (s *Site) parseField(r *Request, form formValues, name, what string) (document.Value, []fieldFault) {
	value, err := document.Parse(r.Context(), []byte(form.Get(name)), s.config.documents())
	if err != nil {
		return value, []fieldFault{{name, what + ": " + jsonFault([]byte(form.Get(name)), err)}}
	}
	return value, nil
}

func faultsOfCheck(check service.BenchmarkCheck) (faults []fieldFault) {
	for _, field := range sortedNames(check.Fields) {
		for _, text := range check.Fields[field] {
			faults = append(faults, fieldFault{field, text})
		}
	}
	for _, violation := range check.Schema {
		faults = append(faults, fieldFault{"json_schema", words.Violation(violation)})
	}
	for _, violation := range check.Example {
		faults = append(faults, fieldFault{"example", "The result, " + words.Violation(violation)})
	}
	return faults
}

func checkModelOf(check service.BenchmarkCheck, example document.Value) *benchmarkCheckModel {
	if !check.IsGood() {
		return nil
	}
	m := &benchmarkCheckModel{Good: []string{"The name is free.", "The JSON Schema can be used."}}
	if check.Digest != "" {
		m.Good = append(m.Good, "The registry has the image: "+check.Digest)
	}
	if example.Kind() != document.Null && len(check.Example) == 0 {
		m.Good = append(m.Good, "The result satisfies the schema.")
	}
	for _, metric := range check.Metrics {
		m.Good = append(m.Good, "Metric "+metricName(metric)+": "+betterWords(metric.Better)+".")
	}
	if len(check.Metrics) == 0 {
		m.Good = append(m.Good, "It declares no metric: results can be listed, but comparisons have to name a path. "+
			"Metrics are declared on its page after it is sent.")
	}
	for _, name := range check.Alike {
		m.Good = append(m.Good, "The name looks like that of "+name+".")
	}
	return m
}
