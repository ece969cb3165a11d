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
