package web

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
)

// correction is the form by which an administrator corrects what somebody has submitted.
type correction struct {
	Fields []submitField
	// IsOpen is true after something was wrong with it.
	IsOpen bool
}

// corrections are the operations that correct, by kind.
var corrections = map[domain.Resource]domain.Operation{
	domain.BenchmarkResource: domain.UpdateBenchmark, domain.SiteResource: domain.UpdateSite, domain.FlavorResource: domain.UpdateFlavor,
}

// mayCorrect tells whether the visitor may correct things of a kind.
func (r *Request) mayCorrect(kind domain.Resource) bool {
	operation, ok := corrections[kind]
	return ok && r.Caller().May(operation) == nil
}

// correctionOf is the form with these texts, or with those of a form that was sent with faults;
// nil for who may not correct.
func correctionOf(r *Request, kind domain.Resource, fields []submitField, faults []fieldFault) *correction {
	if !r.mayCorrect(kind) {
		return nil
	}
	sent := r.Method == http.MethodPost && r.PostFormValue("do") == "correct"
	for i := range fields {
		if sent {
			fields[i].Value = formValues{r.PostForm}.Get(fields[i].Name)
		}
	}
	return &correction{fields, sent && len(faults) > 0}
}

func benchmarkTexts(b *domain.Benchmark) []submitField {
	return []submitField{
		{Name: "docker_image", Label: "Image", Value: b.DockerImage, Required: true, Most: longestName},
		{Name: "docker_tag", Label: "Tag", Value: b.DockerTag, Required: true, Most: longestName},
		{Name: "url", Label: "Web page", Value: b.URL, Required: true, Most: longestName, Type: "url"}, descriptionField(b.Description),
	}
}

func siteTexts(site *domain.Site) []submitField {
	return []submitField{
		{Name: "name", Label: "Name", Value: site.Name, Required: true, Most: longestName},
		{Name: "address", Label: "Address", Value: site.Address, Required: true, Most: longestName}, descriptionField(site.Description),
	}
}

func flavorTexts(flavor *domain.Flavor) []submitField {
	return []submitField{
		{Name: "name", Label: "Name", Value: flavor.Name, Required: true, Most: longestName}, descriptionField(flavor.Description),
	}
}

func descriptionField(text *string) submitField {
	return submitField{Name: "description", Label: "Description", Value: textOf(text), Most: longestDescription, Rows: 3}
}

// correct stores a correction. The JSON Schema of a benchmark stays.
func (s *Site) correct(r *Request, kind domain.Resource, id uuid.UUID, form formValues) error {
	ctx, caller, services := r.Context(), r.Caller(), s.config.Services
	description := form.Get("description")
	switch kind { //nolint:exhaustive // nothing else is corrected
	case domain.BenchmarkResource:
		b, err := services.Benchmarks.Get(ctx, caller, id)
		if err != nil {
			return err
		}
		return services.Benchmarks.Update(ctx, caller, id, service.NewBenchmark{
			DockerImage: form.Get("docker_image"), DockerTag: form.Get("docker_tag"), URL: form.Get("url"), Description: &description,
			JSONSchema: b.JSONSchema,
		})
	case domain.SiteResource:
		return services.Sites.Update(ctx, caller, id, service.NewSite{
			Name: form.Get("name"), Address: form.Get("address"), Description: &description,
		})
	case domain.FlavorResource:
		return services.Flavors.Update(ctx, caller, id, service.NewFlavor{Name: form.Get("name"), Description: &description})
	default:
		return errNoForm
	}
}

// correctFaults are the fields of the form for an error about the whole.
var correctFaults = map[domain.Resource]map[string]string{
	domain.BenchmarkResource: {"": "docker_image"}, domain.SiteResource: {"": "name"}, domain.FlavorResource: {"": "name"},
}

// sendToEntity answers the forms of the page of a benchmark, a site or a flavor: to correct it, to
// declare its metrics, or to delete it.
func (s *Site) sendToEntity(kind domain.Resource, page string, remove Handler, again faultyPage) Handler {
	return func(r *Request) (Answer, error) {
		form, err := r.form()
		if err != nil {
			return nil, err
		}
		id, ok := r.ID()
		if !ok {
			return nil, errNoPage
		}
		if !r.Visitor.IsKnown() {
			return s.logInFirst(r, form)
		}
		shown := func(faults []fieldFault) (Answer, error) { return again(r, id, faults) }
		switch form.Get("do") {
		case "correct":
			if err := s.correct(r, kind, id, form); err != nil {
				return failed(err, correctFaults[kind], shown)
			}
			return Redirect{r.To(page + id.String() + "?done=corrected")}, nil
		case "metrics":
			if kind != domain.BenchmarkResource {
				return nil, errNoForm
			}
			if faults, err := s.setMetrics(r, id, form); err != nil || len(faults) > 0 {
				if len(faults) > 0 {
					return shown(faults)
				}
				return nil, err
			}
			return Redirect{r.To(page + id.String() + "?done=metrics")}, nil
		}
		return remove(r)
	}
}

// faultyPage is a page with what was wrong with its form.
type faultyPage func(r *Request, id uuid.UUID, faults []fieldFault) (Answer, error)
