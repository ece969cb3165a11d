package postgres

import (
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func TestErrorsAreToldApartByTheirCode(t *testing.T) {
	const duplicate, dangling, unavailable, other = "duplicate", "dangling", "unavailable", "other"
	for code, want := range map[string]string{
		"23505": duplicate, "23503": dangling,
		"08000": unavailable, "08006": unavailable, "57P01": unavailable, "57P02": unavailable, "57P03": unavailable, "53300": unavailable,
		"53200": unavailable, "40001": unavailable, "40P01": unavailable, "55P03": unavailable, "57014": unavailable, "25006": unavailable,
		"23502": other, "22003": other, "42P01": other, "42601": other, "XX000": other,
	} {
		err := errorCodes{}.Translate(fmt.Errorf("while asking: %w", &pgconn.PgError{Code: code, Message: "secret detail"}))
		got := other
		if _, ok := errors.AsType[*ports.DuplicateError](err); ok {
			got = duplicate
		}
		if _, ok := errors.AsType[*ports.ReferenceError](err); ok {
			got = dangling
		}
		if domain.KindOf(err) == domain.Unavailable {
			got = unavailable
		}
		if got != want || err == nil != (want == other) {
			t.Errorf("code %s: got %s (%v), want %s", code, got, err, want)
		}
	}
	if err := (errorCodes{}).Translate(errors.New("something else")); err != nil {
		t.Errorf("an error that is none of PostgreSQL's: got %v, want none", err)
	}
}

func TestOnlyConflictsAreTransient(t *testing.T) {
	for code, want := range map[string]bool{"40001": true, "40P01": true, "40002": false, "55P03": false, "57P01": false, "23505": false} {
		if got := (errorCodes{}).Transient(fmt.Errorf("while asking: %w", &pgconn.PgError{Code: code})); got != want {
			t.Errorf("code %s: got %v, want %v", code, got, want)
		}
	}
	for _, err := range []error{nil, errors.New("something else")} {
		if (errorCodes{}).Transient(err) {
			t.Errorf("%v is transient, want it not to be", err)
		}
	}
}
