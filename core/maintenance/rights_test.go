package maintenance_test

import (
	"context"
	"io"
	"reflect"
	"slices"
	"testing"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/ports"
)

// jobs are all jobs, with the operation that each asks the table of rights for. They have
// nothing to work on: a job that does not ask first panics.
var jobs = map[string]struct {
	operation domain.Operation
	run       func(context.Context, domain.Caller) error
}{
	"Backups.Write": {domain.WriteBackup, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Backups{}.Write(ctx, c, io.Discard, silent{})
		return err
	}},
	"Backups.Save": {domain.WriteBackup, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Backups{}.Save(ctx, c, maintenance.SaveBackup{}, silent{})
		return err
	}},
	"Backups.Verify": {domain.VerifyBackup, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Backups{}.Verify(ctx, c, "", silent{})
		return err
	}},
	"Restores.Restore": {domain.RestoreBackup, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Restores{}.Restore(ctx, c, "", false, silent{})
		return err
	}},
	"Integrity.Check": {domain.CheckIntegrity, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Integrity{}.Check(ctx, c, nil)
		return err
	}},
	"Integrity.Repair": {domain.RepairIntegrity, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Integrity{}.Repair(ctx, c)
		return err
	}},
	"Derived.Check": {domain.CheckDerived, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Derived{}.Check(ctx, c)
		return err
	}},
	"Derived.Repair": {domain.RepairDerived, func(ctx context.Context, c domain.Caller) error {
		return maintenance.Derived{}.Repair(ctx, c)
	}},
	"Audit.Verify": {domain.VerifyAudit, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Audit{}.Verify(ctx, c, maintenance.AuditProof{})
		return err
	}},
	"Audit.Export": {domain.ExportAudit, func(ctx context.Context, c domain.Caller) error {
		return maintenance.Audit{}.Export(ctx, c, nil, nil)
	}},
	"Plans.Explain": {domain.ExplainResults, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Plans{}.Explain(ctx, c, ports.ResultQuery{})
		return err
	}},
	"Results.Revalidate": {domain.RevalidateResults, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Results{}.Revalidate(ctx, c, nil, nil)
		return err
	}},
	"Results.Restore": {domain.RestoreResults, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Results{}.Restore(ctx, c, nil, false)
		return err
	}},
	"Results.Purge": {domain.PurgeResults, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Results{}.Purge(ctx, c, maintenance.PurgeResults{}, silent{})
		return err
	}},
	"Results.FillDigests": {domain.FillDigests, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Results{}.FillDigests(ctx, c)
		return err
	}},
	"Outbox.List": {domain.ListMails, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Outbox{}.List(ctx, c)
		return err
	}},
	"Outbox.Report": {domain.ListMails, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Outbox{}.Report(ctx, c)
		return err
	}},
	"Outbox.Retry": {domain.RetryMails, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Outbox{}.Retry(ctx, c, maintenance.RetryMails{})
		return err
	}},
	"Users.List": {domain.ListUsers, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Users{}.List(ctx, c, ports.UserMatch{})
		return err
	}},
	"Users.Remove": {domain.RemoveUsers, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Users{}.Remove(ctx, c, ports.UserMatch{}, false)
		return err
	}},
	"Users.Removals": {domain.RemoveUsers, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Users{}.Removals(ctx, c)
		return err
	}},
	"Users.Block": {domain.BlockUser, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Users{}.Block(ctx, c, ports.UserMatch{}, "", false)
		return err
	}},
	"Users.Unblock": {domain.UnblockUser, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Users{}.Unblock(ctx, c, ports.UserMatch{}, false)
		return err
	}},
	"Users.Blocked": {domain.ListBlocks, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Users{}.Blocked(ctx, c)
		return err
	}},
	"Sessions.List": {domain.ListSessions, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Sessions{}.List(ctx, c, ports.UserMatch{})
		return err
	}},
	"Sessions.Revoke": {domain.RevokeSessions, func(ctx context.Context, c domain.Caller) error {
		_, err := maintenance.Sessions{}.Revoke(ctx, c, ports.UserMatch{}, nil, false)
		return err
	}},
	"Users.Export": {domain.ExportUser, func(ctx context.Context, c domain.Caller) error {
		return maintenance.Users{}.Export(ctx, c, ports.UserMatch{}, nil)
	}},
}

func TestJobsAreRefusedToWhoeverTheTableRefuses(t *testing.T) {
	identity := domain.Identity{UserID: domain.UserID{Subject: "ada", Issuer: "i"}}
	user := &domain.User{UserID: identity.UserID}
	for name, job := range jobs {
		for who, caller := range map[string]domain.Caller{
			"anonymous": {}, "newcomer": domain.Person(identity, nil), "user": domain.Person(identity,
				user), "administrator": domain.Administrator(identity, user),
		} {
			want := caller.May(job.operation)
			if want == nil {
				continue // an administrator may list and remove people
			}
			if err := job.run(t.Context(), caller); err != want { //nolint:errorlint // the very error
				t.Errorf("%s as %s: %v, want %v", name, who, err, want)
			}
		}
		if err := operator.May(job.operation); err != nil {
			t.Errorf("%s is refused to the operator: %v", name, err)
		}
	}
}

func TestEveryJobIsCompared(t *testing.T) {
	for _, group := range []any{
		maintenance.Backups{}, maintenance.Restores{}, maintenance.Integrity{}, maintenance.Derived{}, maintenance.Results{},
		maintenance.Outbox{}, maintenance.Users{}, maintenance.Audit{}, maintenance.Sessions{},
	} {
		of := reflect.TypeOf(group)
		for i := range of.NumMethod() {
			if name := of.Name() + "." + of.Method(i).Name; jobs[name].run == nil {
				t.Errorf("%s is not compared with the table of rights", name)
			}
		}
	}
}

func TestEveryOperationOfTheOperatorHasAJob(t *testing.T) {
	var asked []domain.Operation
	for _, job := range jobs {
		asked = append(asked, job.operation)
	}
	for _, operation := range domain.Operations() {
		if operation.Right == domain.OperatorOnly && !slices.Contains(asked, operation) {
			t.Errorf("no job asks for %s", operation.ID)
		}
	}
}
