package maintenance

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Integrity checks the rows of the database.
type Integrity struct {
	Rows  ports.Integrity
	Names ports.Names
	// Storage and Clock are needed by Repair alone.
	Storage ports.Storage
	Clock   ports.Clock
}

// repairBatch is how many rows are removed together.
const repairBatch = 500

// Repair removes the orphans that Check finds: claims without a result, with their reports,
// and reports of nothing. It returns what it has removed, also with an error.
func (i Integrity) Repair(ctx context.Context, caller domain.Caller) (removed []domain.Finding, err error) {
	if err := caller.May(domain.RepairIntegrity); err != nil {
		return nil, err
	}
	var orphans []domain.Finding
	err = i.Rows.Findings(ctx, func(found domain.Finding) error {
		if found.Orphan {
			orphans = append(orphans, found)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for some := range slices.Chunk(orphans, repairBatch) {
		var done []domain.Finding
		err := i.Storage.Do(ctx, func(ctx context.Context, r ports.Repos) (err error) {
			done, err = i.removeOrphans(ctx, r, some)
			return err
		})
		if err != nil {
			return removed, err
		}
		removed = append(removed, done...)
	}
	return removed, nil
}

// removeOrphans removes those of the rows that are orphans still.
func (i Integrity) removeOrphans(ctx context.Context, r ports.Repos, orphans []domain.Finding) (removed []domain.Finding, err error) {
	for _, orphan := range orphans {
		id, err := uuid.Parse(orphan.ID)
		if err != nil {
			continue // no id, as Check says
		}
		if orphan.Table == string(domain.ClaimResource) {
			claim, err := r.Claims.Lock(ctx, id)
			if errors.Is(err, ports.ErrNotFound) || err == nil && !claim.IsOrphan() {
				continue
			}
			if err == nil {
				err = r.Claims.Remove(ctx, id)
			}
			if err != nil {
				return nil, err
			}
		} else if err := r.Submits.Remove(ctx, id); err != nil {
			return nil, err
		}
		err = recordJob(ctx, r, i.Clock, domain.Operator(), domain.RepairIntegrity, domain.Event{
			Resource: domain.Resource(orphan.Table), ResourceID: id,
		})
		if err != nil {
			return nil, err
		}
		removed = append(removed, orphan)
	}
	return removed, nil
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
	// Clock is needed by Repair alone.
	Clock ports.Clock
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
	return d.Data.RepairDerived(ctx, func(ctx context.Context, r ports.Repos) error {
		return recordJob(ctx, r, d.Clock, caller, domain.RepairDerived, domain.Event{Resource: domain.DerivedResource})
	})
}
