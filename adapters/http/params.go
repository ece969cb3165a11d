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
		param("per_page", "Items on a page", integer(1, &high, defaultPerPage)),
		param("page", "Number of the page, from 1", integer(1, nil, 1)),
	}
}

func window(prefix, what string) []*huma.Param {
	return []*huma.Param{
		param(prefix+"_before", what+" strictly before 00:00 UTC of this date", str(formatDate)),
		param(prefix+"_after", what+" strictly after 00:00 UTC of this date", str(formatDate)),
	}
}

func uploadWindow() []*huma.Param { return window("upload", "Uploaded") }

func status() []*huma.Param {
	schema := enum(string(domain.OnReview), string(domain.Approved))
	schema.Default = string(domain.Approved)
	return one(param("status", "State of the review", schema))
}

func sortBy(byDefault string) []*huma.Param {
	schema := str("")
	schema.Default = byDefault
	return one(param("sort_by", "Fields to sort by: a comma-separated list of +FIELD (upwards) or -FIELD (downwards)", schema))
}

func tagIDs(doc string) []*huma.Param { return one(param("tags_ids", doc, list(str(formatUUID)))) }

func filters() []*huma.Param {
	return one(param("filters",
		"Conditions on the result's JSON, `PATH OP VALUE` each, for example `machine.cpu.count >= 8`; all of them must hold",
		list(str(""))))
}
