package maintenance

import (
	"context"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Integrity checks the rows of the database.
type Integrity struct {
	Rows  ports.Integrity
	Names ports.Names
}

// Check calls each with every row that should not be as it is, or that is noteworthy, then with
// names that look like others or would be refused today, and counts them. It changes nothing.
// An error of each ends the check, and is returned.
func (i Integrity) Check(ctx context.Context, caller domain.Caller, each func(domain.Finding) error) (found domain.Findings, err error) {
	if err := caller.May(domain.CheckIntegrity); err != nil {
		return found, err
	}
	each = found.Counting(each)
	if err := i.Rows.Findings(ctx, each); err != nil {
		return found, err
	}
	err = i.Names.EachName(ctx, newNameCheck(each).check)
	return found, err
}

// Derived looks after the data that the database derives from results.
type Derived struct {
	Data ports.DerivedData
}

// Check compares the derived data with the results. Every comparison is returned, those
// without a difference too.
func (d Derived) Check(ctx context.Context, caller domain.Caller) ([]domain.Difference, error) {
	if err := caller.May(domain.CheckDerived); err != nil {
		return nil, err
	}
	return d.Data.CheckDerived(ctx)
}

// Repair derives everything anew. Uploads wait meanwhile.
func (d Derived) Repair(ctx context.Context, caller domain.Caller) error {
	if err := caller.May(domain.RepairDerived); err != nil {
		return err
	}
	return d.Data.RepairDerived(ctx)
}
