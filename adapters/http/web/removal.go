package web

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// removal is the form that deletes something: it wants the name typed.
type removal struct {
	Name, With string
}

// removalOf returns nil for who may not delete.
func removalOf(r *Request, operation domain.Operation, name, with string) *removal {
	if r.Caller().May(operation) != nil {
		return nil
	}
	return &removal{name, with}
}

// removeTyped deletes an entity whose name was typed.
func (r *Request) removeTyped(
	form formValues, name string, id uuid.UUID, remove func(ctx context.Context, caller domain.Caller, id uuid.UUID, reason string) error,
) error {
	if form.Get("confirm") != name {
		return domain.Invalidf("The name that you typed is not %q: nothing is deleted", name)
	}
	return remove(r.Context(), r.Caller(), id, form.Get("reason"))
}

// deleteBenchmark deletes a benchmark with its results.
func (s *Site) deleteBenchmark(r *Request) (Answer, error) {
	return s.deleteEntity(r, domain.DeleteBenchmark, "benchmarks", func(id uuid.UUID) (string, error) {
		b, err := s.config.Services.Benchmarks.Get(r.Context(), r.Caller(), id)
		if err != nil {
			return "", err
		}
		return b.Name(), nil
	}, s.config.Services.Benchmarks.Delete, s.benchmarkPage)
}

// deleteSite deletes a site with its flavors and results.
func (s *Site) deleteSite(r *Request) (Answer, error) {
	return s.deleteEntity(r, domain.DeleteSite, "sites", func(id uuid.UUID) (string, error) {
		site, err := s.config.Services.Sites.Get(r.Context(), r.Caller(), id)
		if err != nil {
			return "", err
		}
		return site.Name, nil
	}, s.config.Services.Sites.Delete, s.sitePage)
}

// deleteFlavor deletes a flavor with its results.
func (s *Site) deleteFlavor(r *Request) (Answer, error) {
	return s.deleteEntity(r, domain.DeleteFlavor, "sites", func(id uuid.UUID) (string, error) {
		flavor, err := s.config.Services.Flavors.Get(r.Context(), r.Caller(), id)
		if err != nil {
			return "", err
		}
		return flavor.Name, nil
	}, s.config.Services.Flavors.Delete, s.flavorPage)
}

func (s *Site) deleteEntity(
	r *Request, operation domain.Operation, list string, nameOf func(uuid.UUID) (string, error),
	remove func(ctx context.Context, caller domain.Caller, id uuid.UUID, reason string) error,
	again func(*Request, uuid.UUID, []fieldFault) (Answer, error),
) (Answer, error) {
	form, err := r.form()
	if err != nil {
		return nil, err
	}
	id, ok := r.ID()
	if !ok {
		return nil, errNoPage
	}
	if err := r.may(operation); err != nil {
		return nil, err
	}
	name, err := nameOf(id)
	if err != nil {
		return nil, err
	}
	if err := r.removeTyped(form, name, id, remove); err != nil {
		return failed(err, map[string]string{"": "confirm"}, func(faults []fieldFault) (Answer, error) { return again(r, id, faults) })
	}
	return Redirect{r.To(list + "?done=deleted")}, nil
}
