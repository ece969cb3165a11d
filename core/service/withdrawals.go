package service

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

var errHiddenByAdministrator = domain.Forbiddenf("An administrator has hidden the result: ask the support")

// checkReason returns an Invalid error for a reason that is empty or too long.
func checkReason(reason string) error {
	if strings.TrimSpace(reason) == "" {
		return domain.Invalidf("The reason is empty")
	}
	return domain.CheckReason(reason)
}

// Withdraw takes a result back: it is in no list until it is restored. Its claims stay with
// the administrators, and the claimants get a mail. A result that was withdrawn or deleted
// before stays as it is, but for the uploader's own withdrawal, which an administrator takes
// over. Errors: NotFound, Forbidden if the caller is neither the result's owner nor an
// administrator, Invalid for a reason that is empty or too long.
func (s *Results) Withdraw(ctx context.Context, caller domain.Caller, id uuid.UUID, reason string) error {
	if err := caller.May(domain.WithdrawResult); err != nil {
		return err
	}
	result, err := getResult(ctx, s.storage.Repos(), id)
	if err != nil {
		return err
	}
	if err := caller.MayOn(domain.WithdrawResult, result.Uploader); err != nil {
		return err
	}
	if err := checkReason(reason); err != nil {
		return err
	}
	by := caller.RoleOn(result.Uploader)
	if by == domain.OperatorRole {
		by = domain.AdministratorRole
	}
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		before, err := r.Results.Lock(ctx, id)
		if before, err = found(before, err, "Result", id); err != nil {
			return err
		}
		after := before.Withdraw(by, s.clock.Now(), reason)
		if after.Withdrawn == before.Withdrawn {
			return nil
		}
		how := takenBack{reason: reason}
		if how.before, err = lastWithdrawal(ctx, r, id); err != nil {
			return err
		}
		if err := r.Results.SetVisibility(ctx, id, after); err != nil {
			return err
		}
		if err := s.record(ctx, r, caller, domain.WithdrawResult, id, result.Uploader, reason, stateChange(before, after)); err != nil {
			return err
		}
		if by == domain.AdministratorRole {
			if err := s.mails.notify(ctx, r, result.Uploader, s.mails.withdrawn(result, reason)); err != nil {
				return err
			}
		}
		return s.mails.notifyClaimants(ctx, r, result, how)
	})
}

// lastWithdrawal returns when the result was withdrawn the last time, the zero time for never.
func lastWithdrawal(ctx context.Context, r ports.Repos, id uuid.UUID) (time.Time, error) {
	q := ports.EventQuery{Resource: domain.ResultResource, ResourceID: id, Actions: []string{domain.WithdrawResult.ID}, Limit: 1}
	events, total, err := r.Events.List(ctx, q)
	if err == nil && total > 1 {
		q.Offset = total - 1
		events, _, err = r.Events.List(ctx, q)
	}
	if err != nil || len(events) == 0 {
		return time.Time{}, err
	}
	return events[0].At, nil
}

// Restore undoes a withdrawal; for an administrator a deletion, too. Claims may still hide
// the result. Errors: NotFound; Forbidden if the caller is neither the result's owner nor an
// administrator, or is not an administrator and one has hidden the result; Invalid if the
// result is not withdrawn, or was corrected; Conflict if the same content was uploaded
// again.
func (s *Results) Restore(ctx context.Context, caller domain.Caller, id uuid.UUID) error {
	if err := caller.May(domain.RestoreResult); err != nil {
		return err
	}
	result, err := getResult(ctx, s.storage.Repos(), id)
	if err != nil {
		return err
	}
	if err := caller.MayOn(domain.RestoreResult, result.Uploader); err != nil {
		return err
	}
	err = s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error { return s.restore(ctx, r, caller, result) })
	if !isDuplicate(err) {
		return err
	}
	return SameContent(ctx, s.storage.Repos(), id)
}

func (s *Results) restore(ctx context.Context, r ports.Repos, caller domain.Caller, result *domain.Result) error {
	claimed, err := lockClaimedResult(ctx, r, result.ID)
	if claimed, err = found(claimed, err, "Result", result.ID); err != nil {
		return err
	}
	before := claimed.visibility
	isOthers := before.State() == domain.DeletedState && len(claimed.claims) == 0 || before.Deleted ||
		before.Withdrawn != nil && before.Withdrawn.By != domain.UploaderRole
	if isOthers && !caller.IsAdministrator() {
		return errHiddenByAdministrator
	}
	after, err := before.Restore(claimed.claims)
	if err != nil {
		return domain.Invalidf("Result %s is not withdrawn", result.ID)
	}
	if err := ReturnToLists(ctx, r, result.ID, after); err != nil {
		return err
	}
	if err := s.record(ctx, r, caller, domain.RestoreResult, result.ID, result.Uploader, "", stateChange(before, after)); err != nil {
		return err
	}
	if caller.RoleOn(result.Uploader) == domain.UploaderRole || after.Hidden {
		return nil
	}
	return s.mails.notify(ctx, r, result.Uploader, s.mails.returned(result))
}

// ReturnToLists stores the visibility of a result that was restored. Errors: Invalid if the
// result was corrected; *ports.DuplicateError if the same content was uploaded again: see
// SameContent.
func ReturnToLists(ctx context.Context, r ports.Repos, id uuid.UUID, v domain.Visibility) error {
	record, err := r.Results.Record(ctx, id)
	if err != nil {
		return err
	}
	if record.SupersededBy != nil {
		return domain.Invalidf("Result %s was corrected by result %s: restore or correct that one", id, *record.SupersededBy)
	}
	if err := r.Results.SetVisibility(ctx, id, v); err != nil {
		return err
	}
	return r.Results.Hold(ctx, id)
}

// SameContent is the error of a result that cannot be restored, since its uploader has
// uploaded the same content again.
func SameContent(ctx context.Context, r ports.Repos, id uuid.UUID) error {
	record, err := r.Results.Record(ctx, id)
	if errors.Is(err, ports.ErrNotFound) {
		return domain.NotFoundf("Result %s not found in the database", id)
	}
	if err != nil {
		return err
	}
	held, err := r.Results.Holders(ctx, record.Uploader, record.Digest)
	if err != nil {
		return err
	}
	return domain.Conflictf("Result %s cannot be restored: result %s has the same content", id, held[record.Digest].ID)
}

// Delete hides a result for good; the row stays. Its uploader gets a mail if there is a
// reason. Errors: NotFound, Invalid for a reason that is too long.
func (s *Results) Delete(ctx context.Context, caller domain.Caller, id uuid.UUID, reason string) error {
	if err := caller.May(domain.DeleteResult); err != nil {
		return err
	}
	if err := domain.CheckReason(reason); err != nil {
		return err
	}
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		before, err := r.Results.Lock(ctx, id)
		if before, err = found(before, err, "Result", id); err != nil {
			return err
		}
		after := before.Delete(s.clock.Now(), reason)
		if err := r.Results.SetVisibility(ctx, id, after); err != nil || before.Deleted {
			return err
		}
		result, err := r.Results.Get(ctx, id)
		if errors.Is(err, ports.ErrNotFound) { // it refers to what is gone, so nobody is told
			return s.record(ctx, r, caller, domain.DeleteResult, id, domain.UserID{}, reason, stateChange(before, after))
		}
		if err != nil {
			return err
		}
		err = s.record(ctx, r, caller, domain.DeleteResult, id, result.Uploader, reason, stateChange(before, after))
		if err != nil || reason == "" {
			return err
		}
		return s.mails.notify(ctx, r, result.Uploader, s.mails.resultDeleted(result, reason))
	})
}

// record adds an event about a result of the owner.
func (s *Results) record(
	ctx context.Context, r ports.Repos, caller domain.Caller, operation domain.Operation, id uuid.UUID, owner domain.UserID,
	reason, changes string,
) error {
	return ports.Record(ctx, r, domain.Event{
		At: s.clock.Now(), Role: caller.RoleOn(owner), Actor: caller.Actor(), Action: operation.ID,
		Resource: domain.ResultResource, ResourceID: id, Reason: reason, Changes: changes,
	})
}

// stateChange tells what a change of the visibility did to the state of a result.
func stateChange(before, after domain.Visibility) string {
	state := func(v domain.Visibility) audit.Fields {
		fields := audit.Fields{}
		if v.State() != "" {
			fields["state"] = v.State()
		}
		if v.Withdrawn != nil {
			fields["withdrawn_by"] = v.Withdrawn.By
		}
		return fields
	}
	return audit.Changed(state(before), state(after))
}
