package http

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/core/domain"
)

// The query keys of the operations. They are values rather than fields of input
// structs because an empty value is a value here, which the OpenAPI library's
// own binding takes for an absence; checks and document come from these.

const (
	defaultPerPage = 100
	maxPerPage     = 100
)

func param(name, doc string, schema *huma.Schema) *huma.Param {
	return &huma.Param{Name: name, In: "query", Description: doc, Schema: schema}
}

// exemplary gives the parameter an example, with which the API page fills the
// field at first: on optional keys only one that finds something.
func exemplary(p *huma.Param, value any) *huma.Param {
	p.Example = value
	return p
}

func required(p *huma.Param) *huma.Param {
	p.Required = true
	return p
}

func str(format string) *huma.Schema { return &huma.Schema{Type: huma.TypeString, Format: format} }

func list(items *huma.Schema) *huma.Schema {
	return &huma.Schema{Type: huma.TypeArray, Items: items}
}

func enum(values ...any) *huma.Schema { return &huma.Schema{Type: huma.TypeString, Enum: values} }

func integer(low float64, high *float64, byDefault int) *huma.Schema {
	return &huma.Schema{Type: huma.TypeInteger, Minimum: &low, Maximum: high, Default: byDefault}
}

// params joins single parameters and groups of them, in the contract's order.
func params(groups ...[]*huma.Param) []*huma.Param {
	var all []*huma.Param
	for _, group := range groups {
		all = append(all, group...)
	}
	return all
}

func one(p *huma.Param) []*huma.Param { return []*huma.Param{p} }

func text(name, doc string) []*huma.Param { return one(param(name, doc, str(""))) }

func id(name, doc string) []*huma.Param { return one(param(name, doc, str(formatUUID))) }

func paging() []*huma.Param {
	high := float64(maxPerPage)
	return []*huma.Param{
		param("per_page", "Items on a page, 1 to 100", integer(1, &high, defaultPerPage)),
		param("page", "Number of the page, from 1; beyond the last is 404, but the first page of nothing is empty", integer(1, nil, 1)),
	}
}

func window(prefix, what string) []*huma.Param {
	return []*huma.Param{
		param(prefix+"_before", what+" before this date: strictly before 00:00 UTC, for example `2026-02-01`", str(formatDate)),
		param(prefix+"_after", what+" after the start of this date: strictly after 00:00 UTC, for example `2026-01-01`", str(formatDate)),
	}
}

func uploadWindow() []*huma.Param { return window("upload", "Uploaded") }

func status() []*huma.Param {
	schema := enum(string(domain.OnReview), string(domain.Approved))
	schema.Default = string(domain.Approved)
	return one(param("status", "State of the review: `on_review`, or `approved`", schema))
}

func sortBy(byDefault string) []*huma.Param {
	schema := str("")
	schema.Default = byDefault
	return one(param("sort_by", "Order: a comma-separated list of `+FIELD` (upwards) and `-FIELD` (downwards), the sign required, for example `-id`. What is equal comes in the order of ids.", schema))
}

func executionTime() []*huma.Param {
	return one(exemplary(required(param("execution_datetime",
		"When the benchmark ran, not in the future: ISO 8601 with an offset from UTC", str(formatDateTime))), "2026-01-01T12:00:00+01:00"))
}

// requiredID is the id of what a new result belongs to.
func requiredID(name, doc string) []*huma.Param {
	return one(exemplary(required(param(name, doc, str(formatUUID))), exampleID))
}

func tagIDs(doc string) []*huma.Param { return one(param("tags_ids", doc, list(str(formatUUID)))) }

func filters() []*huma.Param {
	return one(exemplary(param("filters",
		"Conditions on the JSON of results, all of which must hold: `PATH OP VALUE` each, with single spaces between. "+
			"PATH is dotted (`machine.cpu.count`; an integer as a part is an index into an array, or a name); "+
			"OP is `==`, `>`, `<`, `>=` or `<=`; VALUE is a number, `true`, `false` or a text, spaces included. "+
			"Results without the path, or with a value of another type there, do not match.",
		list(str(""))), []string{"machine.cpu.count >= 2"}))
}

func terms() []*huma.Param {
	return one(param("terms", "Texts that must all occur, in any of the places searched, whatever the case of letters; none finds everything.", list(str(""))))
}

func people() []*huma.Param {
	return params(text("sub", "The subject, exactly"), text("iss", "The issuer, exactly"), text("email", "The e-mail address, exactly"))
}

func resultParams() []*huma.Param {
	return params(uploadWindow(), paging(), window("execution", "Executed"),
		id("benchmark_id", "Results of the benchmark of this id"), id("site_id", "Results from the site of this id"), id("flavor_id", "Results on the flavor of this id"),
		tagIDs("Results that bear all the tags of these ids"), filters(), sortBy("+execution_datetime"))
}

func claimParams() []*huma.Param {
	return params(status(), uploadWindow(), paging(), sortBy("+upload_datetime"))
}
