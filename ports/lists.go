package ports

import (
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
)

// Window bounds date-times. Both bounds are exclusive; nil is no bound.
type Window struct {
	Before *time.Time
	After  *time.Time
}

// ListOptions are common to all lists. Rows that sort equal are sorted by id, ascending.
type ListOptions struct {
	Page domain.PageRequest
	Sort []filter.Key
}

// ReviewedOptions are common to the lists of entities that are reviewed.
type ReviewedOptions struct {
	ListOptions
	Uploaded Window
	Status   domain.Status
}

// The fields by which lists can be sorted.
var (
	UserSort      = []string{"sub", "iss", "email", "registration_datetime"}
	BenchmarkSort = []string{"id", "upload_datetime", "docker_image", "docker_tag"}
	SiteSort      = []string{"id", "upload_datetime", "name", "address"}
	FlavorSort    = []string{"id", "upload_datetime", "name"}
	TagSort       = []string{"id", "name", "description"}
	// ResultSort: results without the path of a JSON key come last in ascending order
	// and first in descending order.
	ResultSort = []string{
		"id", "upload_datetime", "execution_datetime", "benchmark_id", "benchmark_name",
		"site_id", "site_name", "site_address", "flavor_id", "flavor_name", filter.JSONField,
	}
	// ResultFields are the named fields that conditions on results may compare, besides
	// filter.TagField.
	ResultFields = filter.Fields{
		"id": filter.IDType, "upload_datetime": filter.TimeType, "execution_datetime": filter.TimeType,
		"benchmark_id": filter.IDType, "benchmark_name": filter.TextType, "site_id": filter.IDType, "site_name": filter.TextType,
		"site_address": filter.TextType, "flavor_id": filter.IDType, "flavor_name": filter.TextType, filter.JSONField: filter.DocumentType,
	}
	ClaimSort  = []string{"id", "status", "upload_datetime", "resource_type"}
	SubmitSort = []string{"id", "upload_datetime", "resource_type"}
)
