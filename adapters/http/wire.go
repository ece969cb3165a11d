package http

import (
	"bytes"
	"encoding/json"
	"io"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// DateTime is written as naive ISO 8601 in UTC: six fraction digits, or none
// when the microseconds are zero.
type DateTime time.Time

// MarshalJSON implements json.Marshaler.
func (d DateTime) MarshalJSON() ([]byte, error) {
	t := time.Time(d).UTC().Truncate(time.Microsecond)
	layout := `"2006-01-02T15:04:05.000000"`
	if t.Nanosecond() == 0 {
		layout = `"2006-01-02T15:04:05"`
	}
	return []byte(t.Format(layout)), nil
}

// Schema implements huma.SchemaProvider.
func (DateTime) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time"}
}

// Object is a JSON object that passes through as it is, byte for byte.
type Object struct{ json.RawMessage }

// Schema implements huma.SchemaProvider.
func (Object) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
}

// Json is the body of CreateResult, any JSON object. The name is the contract's.
type Json Object //nolint:revive // a schema's name in the contract

// Schema implements huma.SchemaProvider.
func (Json) Schema(r huma.Registry) *huma.Schema {
	const name = "Json"
	if r.Map()[name] == nil {
		r.Map()[name] = &huma.Schema{
			Type: huma.TypeObject, AdditionalProperties: true,
			Description: "A result: any JSON object that satisfies the benchmark's schema",
			Examples:    []any{map[string]any{"machine": map[string]any{"cpu": map[string]any{"count": 16}}, "result": map[string]any{"score": 94.912}}},
		}
	}
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}

// Page is one page of a list.
type Page[T any] struct {
	Items   []T  `json:"items" nullable:"false"`
	Page    int  `json:"page" minimum:"1" doc:"Number of this page, from 1"`
	PerPage int  `json:"per_page" minimum:"1" maximum:"100" doc:"Items on a full page"`
	Pages   int  `json:"pages" minimum:"0" doc:"Number of pages"`
	Total   int  `json:"total" minimum:"0" doc:"Items on all pages"`
	HasNext bool `json:"has_next"`
	HasPrev bool `json:"has_prev"`
	NextNum int  `json:"next_num,omitempty" required:"true" doc:"Number of the next page; left out where there is none"`
	PrevNum int  `json:"prev_num,omitempty" required:"true" doc:"Number of the page before; left out where there is none"`
}

// The pages, under the names that clients know.
type (
	// Benchmarks is a page of benchmarks.
	Benchmarks Page[Benchmark]
	// Sites is a page of sites.
	Sites Page[Site]
	// Flavors is a page of flavors.
	Flavors Page[Flavor]
	// Tags is a page of tags.
	Tags Page[Tag]
	// Results is a page of results.
	Results Page[Result]
	// Submits is a page of submits.
	Submits Page[Submit]
)

func toPage[D, W any](page domain.Page[D], convert func(D) W) Page[W] {
	out := Page[W]{
		Items: make([]W, len(page.Items)), Page: page.Number, PerPage: page.Size,
		Pages: page.Pages(), Total: page.Total,
	}
	for i, item := range page.Items {
		out.Items[i] = convert(item)
	}
	if page.Number < out.Pages {
		out.HasNext, out.NextNum = true, page.Number+1
	}
	if page.Number > 1 {
		out.HasPrev, out.PrevNum = true, page.Number-1
	}
	return out
}

// User is a registered person.
type User struct {
	Sub                  string   `json:"sub" doc:"Subject at the identity provider" example:"6a5f...@egi.eu"`
	Iss                  string   `json:"iss" doc:"The identity provider" example:"https://aai.egi.eu/oidc"`
	Email                string   `json:"email" example:"alice@example.org"`
	RegistrationDatetime DateTime `json:"registration_datetime"`
}

func toUser(u *domain.User) User {
	return User{Sub: u.Subject, Iss: u.Issuer, Email: u.Email, RegistrationDatetime: DateTime(u.RegisteredAt)}
}

// CreateBenchmark is what submits a benchmark.
type CreateBenchmark struct {
	DockerImage string  `json:"docker_image" maxLength:"1000" doc:"Container image" example:"thechristophe/openbench-c-ray"`
	DockerTag   string  `json:"docker_tag" maxLength:"1000" doc:"Tag of the container image" example:"latest"`
	URL         string  `json:"url" doc:"Where to read about the benchmark" example:"https://hub.docker.com/r/thechristophe/openbench-c-ray"`
	JSONSchema  Object  `json:"json_schema" doc:"JSON Schema that results must satisfy"`
	Description *string `json:"description,omitempty" doc:"What it measures"`
}

// Benchmark is a container image whose results are comparable.
type Benchmark struct {
	ID             uuid.UUID `json:"id" format:"uuid" readOnly:"true"`
	DockerImage    string    `json:"docker_image" maxLength:"1000" doc:"Container image" example:"thechristophe/openbench-c-ray"`
	DockerTag      string    `json:"docker_tag" maxLength:"1000" doc:"Tag of the container image" example:"latest"`
	URL            string    `json:"url" doc:"Where to read about the benchmark"`
	JSONSchema     Object    `json:"json_schema" doc:"JSON Schema that results must satisfy"`
	Description    *string   `json:"description,omitempty" doc:"What it measures"`
	UploadDatetime DateTime  `json:"upload_datetime" readOnly:"true"`
}

func toBenchmark(b *domain.Benchmark) Benchmark {
	return Benchmark{
		ID: b.ID, DockerImage: b.DockerImage, DockerTag: b.DockerTag, URL: b.URL,
		JSONSchema: Object{b.JSONSchema}, Description: b.Description, UploadDatetime: DateTime(b.UploadedAt),
	}
}

// CreateSite is what submits a site.
type CreateSite struct {
	Name        string  `json:"name" maxLength:"1000" doc:"Short name" example:"CESNET-MCC"`
	Address     string  `json:"address" doc:"Place or network address" example:"Brno, Czech Republic"`
	Description *string `json:"description,omitempty"`
}

// Site is a computing centre.
type Site struct {
	ID             uuid.UUID `json:"id" format:"uuid" readOnly:"true"`
	Name           string    `json:"name" maxLength:"1000" doc:"Short name" example:"CESNET-MCC"`
	Address        string    `json:"address" doc:"Place or network address" example:"Brno, Czech Republic"`
	Description    *string   `json:"description,omitempty"`
	UploadDatetime DateTime  `json:"upload_datetime" readOnly:"true"`
}

func toSite(s *domain.Site) Site {
	return Site{ID: s.ID, Name: s.Name, Address: s.Address, Description: s.Description, UploadDatetime: DateTime(s.UploadedAt)}
}

// CreateFlavor is what submits a flavor.
type CreateFlavor struct {
	Name        string  `json:"name" maxLength:"1000" doc:"Name of the machine type" example:"standard.large"`
	Description *string `json:"description,omitempty"`
}

// Flavor is a machine type of a site.
type Flavor struct {
	ID             uuid.UUID `json:"id" format:"uuid" readOnly:"true"`
	Name           string    `json:"name" maxLength:"1000" doc:"Name of the machine type" example:"standard.large"`
	Description    *string   `json:"description,omitempty"`
	UploadDatetime DateTime  `json:"upload_datetime" readOnly:"true"`
}

func toFlavor(f *domain.Flavor) Flavor {
	return Flavor{ID: f.ID, Name: f.Name, Description: f.Description, UploadDatetime: DateTime(f.UploadedAt)}
}

// CreateTag is what makes a tag.
type CreateTag struct {
	Name        string  `json:"name" maxLength:"1000" example:"2026-campaign"`
	Description *string `json:"description,omitempty"`
}

// Tag is a word that groups results.
type Tag struct {
	ID          uuid.UUID `json:"id" format:"uuid" readOnly:"true"`
	Name        string    `json:"name" maxLength:"1000" example:"2026-campaign"`
	Description *string   `json:"description,omitempty"`
}

func toTag(t *domain.Tag) Tag { return Tag{ID: t.ID, Name: t.Name, Description: t.Description} }

// Result is what one run of a benchmark measured.
type Result struct {
	ID                uuid.UUID `json:"id" format:"uuid" readOnly:"true"`
	JSON              Object    `json:"json" doc:"The result as it was uploaded"`
	ExecutionDatetime DateTime  `json:"execution_datetime"`
	UploadDatetime    DateTime  `json:"upload_datetime" readOnly:"true"`
	Benchmark         Benchmark `json:"benchmark"`
	Site              Site      `json:"site"`
	Flavor            Flavor    `json:"flavor"`
	Tags              []Tag     `json:"tags" nullable:"false"`
}

func toResult(r *domain.Result) Result {
	tags := make([]Tag, len(r.Tags))
	for i, tag := range r.Tags {
		tags[i] = toTag(tag)
	}
	return Result{
		ID: r.ID, JSON: Object{r.JSON}, ExecutionDatetime: DateTime(r.ExecutedAt), UploadDatetime: DateTime(r.UploadedAt),
		Benchmark: toBenchmark(r.Benchmark), Site: toSite(r.Site), Flavor: toFlavor(r.Flavor), Tags: tags,
	}
}

// Submit is a report that something waits for review.
type Submit struct {
	ResourceType   string    `json:"resource_type" enum:"benchmark,claim,site,flavor"`
	ResourceID     uuid.UUID `json:"resource_id" format:"uuid" doc:"Id of what waits"`
	Uploader       User      `json:"uploader"`
	UploadDatetime DateTime  `json:"upload_datetime"`
}

func toSubmit(s *domain.Submit) Submit {
	return Submit{
		ResourceType: string(s.ResourceType), ResourceID: s.ResourceID,
		Uploader: toUser(s.Uploader), UploadDatetime: DateTime(s.UploadedAt),
	}
}

// jsonFormat writes JSON without escaping what only HTML needs escaped.
func jsonFormat() huma.Format {
	format := huma.DefaultJSONFormat
	format.Marshal = func(w io.Writer, v any) error {
		var buffer bytes.Buffer
		encoder := json.NewEncoder(&buffer)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(v); err != nil {
			return err
		}
		_, err := buffer.WriteTo(w)
		return err
	}
	return format
}

func toBenchmarks(p domain.Page[*domain.Benchmark]) Benchmarks {
	return Benchmarks(toPage(p, toBenchmark))
}
func toSites(p domain.Page[*domain.Site]) Sites       { return Sites(toPage(p, toSite)) }
func toFlavors(p domain.Page[*domain.Flavor]) Flavors { return Flavors(toPage(p, toFlavor)) }
func toTags(p domain.Page[*domain.Tag]) Tags          { return Tags(toPage(p, toTag)) }
func toResults(p domain.Page[*domain.Result]) Results { return Results(toPage(p, toResult)) }
func toSubmits(p domain.Page[*domain.Submit]) Submits { return Submits(toPage(p, toSubmit)) }
