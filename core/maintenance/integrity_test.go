package maintenance_test

import (
	"context"
	"errors"
	"testing"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/ports"
)

func TestFindingsArePassedOnAndCounted(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada")
	benchmark, flavor := w.benchmark(ada), w.flavor(ada)
	check := func(each func(domain.Finding) error) (domain.Findings, error) {
		return maintenance.Integrity{Rows: w.Dump(w.schema), Names: w.Dump(w.schema)}.Check(t.Context(), operator, each)
	}
	ids := map[string]domain.Level{}
	collect := func(found domain.Finding) error {
		ids[found.ID] = found.Level
		return nil
	}
	w.result(benchmark, flavor, "{}", domain.Visibility{Hidden: true, Deleted: true}, 0)
	if found, err := check(collect); err != nil || found != (domain.Findings{}) || len(ids) > 0 {
		t.Errorf("in a sound database %v (%+v), %v", ids, found, err)
	}
	byOthers := w.result(benchmark, flavor, "{}", domain.Visibility{}, 0).String()
	claimed := w.result(benchmark, flavor, "{}", domain.Visibility{}, 1).String() // but listed
	// Another program hides a result.
	if err := w.DB().Exec("UPDATE result SET deleted = 1, removed = NULL WHERE id = ?", byOthers).Error; err != nil {
		t.Fatal(err)
	}
	found, err := check(collect)
	if err != nil || found.Notes != 1 || ids[byOthers] != domain.Note || ids[claimed] != domain.Problem ||
		found.Notes+found.Problems != len(ids) {
		t.Errorf("found %v (%+v), %v", ids, found, err)
	}
	full := errors.New("the disk is full")
	if _, err := check(func(domain.Finding) error { return full }); !errors.Is(err, full) {
		t.Errorf("the error is %v", err)
	}
}

// derivedData has one difference until it is repaired.
type derivedData struct {
	notes

	repaired bool
}

func (d *derivedData) CheckDerived(context.Context) ([]domain.Difference, error) {
	if d.repaired {
		return []domain.Difference{{What: "totals"}}, nil
	}
	return []domain.Difference{{What: "totals", Count: 1}}, nil
}

func (d *derivedData) RepairDerived(ctx context.Context, also func(context.Context, ports.Repos) error) error {
	d.repaired = true
	return d.Do(ctx, also)
}

func TestDerivedDataIsCheckedAndRepaired(t *testing.T) {
	data := &derivedData{}
	derived := maintenance.Derived{Data: data, Clock: clock(started)}
	for _, want := range []bool{true, false} {
		differences, err := derived.Check(t.Context(), operator)
		if err != nil || len(differences) != 1 || domain.Differ(differences) != want {
			t.Errorf("the differences are %+v, %v; want some: %t", differences, err, want)
		}
		if err := derived.Repair(t.Context(), operator); err != nil {
			t.Error(err)
		}
	}
	if len(data.events) != 2 || data.events[0].Action != "RepairDerived" || data.events[0].Role != domain.OperatorRole {
		t.Errorf("the repairs are noted as %+v", data.events)
	}
}
