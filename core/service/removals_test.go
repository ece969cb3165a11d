package service_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// claimMany makes bob claim a new result of alice's count times over, and alice claim the
// first of them, too.
func (w *world) claimMany(count int) (results []uuid.UUID) {
	w.t.Helper()
	alice, bob := w.caller("alice"), w.caller("bob")
	place := w.place(alice, "many", "many", "many")
	for range count {
		results = append(results, w.result(alice, place))
	}
	w.write(func(ctx context.Context, r ports.Repos) error {
		for _, result := range results {
			id := uuid.New()
			review, report := domain.StartReview(domain.ClaimResource, id, bob.User(), w.now)
			claim := &domain.Claim{ID: id, Review: review, ResultID: result, Message: "odd", Uploader: bob.User(), UploadedAt: w.now}
			hidden := domain.Visibility{Hidden: true, ClaimID: &id}
			err := errors.Join(r.Submits.Add(ctx, &report), r.Claims.Add(ctx, claim), r.Results.SetVisibility(ctx, result, hidden))
			if err != nil {
				return err
			}
		}
		return nil
	})
	w.claim("alice", results[0])
	return results
}

func subject(name string) ports.UserMatch { return ports.UserMatch{Subject: &name} }

// TestRemovalOfManyClaims: more claims than one unit of work settles. Results come back by
// the rules of claims, and each uploader gets the mail of each result.
func TestRemovalOfManyClaims(t *testing.T) {
	const count = 1100
	w, first := newWorldWithResult(t)
	orphan := w.orphan("bob")
	w.setVisibility(first, w.visibility(first).Delete(w.now, ""))
	w.claim("bob", first)
	results := w.claimMany(count)
	w.mails = nil
	if err := w.Users.Remove(t.Context(), domain.Operator(), subject("bob")); err != nil {
		t.Fatal(err)
	}
	if v := w.visibility(first); !v.Hidden || !v.Deleted || v.ClaimID != nil {
		t.Errorf("the deleted result is %+v, want it deleted and without a claim", v)
	}
	if v := w.visibility(results[0]); !v.Hidden || v.Deleted || v.ClaimID == nil {
		t.Errorf("the result that alice claims is %+v, want it hidden by her claim", v)
	}
	page, err := w.Results.List(t.Context(), domain.Caller{}, ports.ResultQuery{ListOptions: wholeList})
	if err != nil || page.Total != count-1 {
		t.Errorf("%d results are visible (%v), want %d", page.Total, err, count-1)
	}
	if len(w.mails) != count-1 || w.mails[0].To != "alice@example.org" {
		t.Errorf("%d mails, want %d to alice", len(w.mails), count-1)
	}
	if _, err := w.Claims.Get(t.Context(), domain.Operator(), orphan); domain.KindOf(err) != domain.NotFound || w.submits() != 1 {
		t.Errorf("bob's claim whose result is gone: %v; %d submits, want alice's", err, w.submits())
	}
	if left, err := w.Users.Removals(t.Context(), domain.Operator(), ports.UserMatch{}); err != nil || len(left) > 0 {
		t.Errorf("removals that are left: %+v, %v", left, err)
	}
}

// TestRemovalThatLasts: a removal that its request could not end goes on in the background.
func TestRemovalThatLasts(t *testing.T) {
	w, _ := newWorldWithResult(t)
	bob := w.caller("bob")
	results := w.claimMany(600)
	short, cancel := context.WithTimeout(t.Context(), 40*time.Millisecond)
	defer cancel()
	err := w.Users.Remove(short, domain.Operator(), subject("bob"))
	if err != nil && short.Err() == nil {
		t.Fatal(err)
	}
	// The time may have been too short to begin, or enough to end.
	w.write(func(ctx context.Context, r ports.Repos) error {
		if _, err := r.Users.Get(ctx, bob.User().UserID); err == nil {
			return r.Removals.Add(ctx, &domain.Removal{User: *bob.User(), RequestedAt: w.now})
		}
		return nil
	})
	if w.caller("bob").User() != nil {
		t.Error("bob is registered, although the removal has begun")
	}
	left, err := w.Users.Removals(t.Context(), domain.Operator(), subject("bob"))
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		_, err := w.Users.RegisterSelf(t.Context(), bob)
		if limited, ok := errors.AsType[*domain.Error](err); !ok || limited.Kind != domain.Unavailable || limited.RetryAfter <= 0 {
			t.Errorf("bob registers during the removal: %v, want Unavailable, with the time of the next try", err)
		}
	}
	background, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		service.NewRemovals(w.dependencies()).Run(background, slog.New(slog.DiscardHandler))
	}()
	for patience := time.Now().Add(time.Minute); len(left) > 0; {
		if time.Now().After(patience) {
			t.Fatalf("the removal does not end: %+v", left[0])
		}
		time.Sleep(10 * time.Millisecond)
		if left, err = w.Users.Removals(t.Context(), domain.Operator(), ports.UserMatch{}); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	<-done
	if v := w.visibility(results[1]); v.Hidden {
		t.Errorf("a result that bob claimed is %+v", v)
	}
	if _, err := w.Users.RegisterSelf(t.Context(), bob); err != nil {
		t.Errorf("bob registers after the removal: %v", err)
	}
}

func TestBlockedPeopleReadAndDoNotWrite(t *testing.T) {
	w, result := newWorldWithResult(t)
	w.person("boss", adminEntitlement)
	w.token("newcomer")
	for _, name := range []string{"bob", "boss", "newcomer"} {
		id := w.tokens[name].UserID
		w.write(func(ctx context.Context, r ports.Repos) error {
			return r.Blocks.Put(ctx, &domain.Block{UserID: id, BlockedAt: w.now})
		})
	}
	ctx := t.Context()
	_, err := w.Claims.Create(ctx, w.caller("bob"), result, "odd")
	for name, err := range map[string]error{
		"bob claims":          err,
		"bob updates himself": w.Users.UpdateSelf(ctx, w.caller("bob")),
		"the boss tries":      w.Users.TryAdmin(ctx, w.caller("boss")),
		"the boss deletes":    w.Results.Delete(ctx, w.caller("boss"), result, ""),
		"a newcomer registers": func() error {
			_, err := w.Users.RegisterSelf(ctx, w.caller("newcomer"))
			return err
		}(),
	} {
		if !errors.Is(err, domain.ErrBlocked) {
			t.Errorf("%s: %v, want ErrBlocked", name, err)
		}
	}
	if user, err := w.Users.GetSelf(ctx, w.caller("bob")); err != nil || !user.Blocked {
		t.Errorf("bob reads about himself: %+v, %v", user, err)
	}
	all := ports.ClaimQuery{ReviewedOptions: ports.ReviewedOptions{ListOptions: wholeList}}
	if _, err := w.Claims.ListOwn(ctx, w.caller("bob"), all); err != nil {
		t.Errorf("bob reads his claims: %v", err)
	}
	if err := w.Users.Remove(ctx, domain.Operator(), subject("bob")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Users.RegisterSelf(ctx, w.caller("bob")); !errors.Is(err, domain.ErrBlocked) {
		t.Errorf("bob registers again: %v, want ErrBlocked", err)
	}
}

// orphan makes a claim of a person whose result is gone.
func (w *world) orphan(by string) uuid.UUID {
	w.t.Helper()
	id, user := uuid.New(), w.caller(by).User()
	review, report := domain.StartReview(domain.ClaimResource, id, user, w.now)
	w.write(func(ctx context.Context, r ports.Repos) error {
		claim := &domain.Claim{ID: id, Review: review, Message: "odd", Uploader: user, UploadedAt: w.now}
		return errors.Join(r.Submits.Add(ctx, &report), r.Claims.Add(ctx, claim))
	})
	return id
}

func TestClaimsWithoutResultsAreSettled(t *testing.T) {
	w, _ := newWorldWithResult(t)
	approved, rejected := w.orphan("bob"), w.orphan("bob")
	ctx, admin := t.Context(), domain.Operator()
	page, err := w.Claims.List(ctx, admin, ports.ClaimQuery{ReviewedOptions: ports.ReviewedOptions{ListOptions: wholeList}})
	if err != nil || page.Total != 2 {
		t.Errorf("%d claims are listed (%v), want 2", page.Total, err)
	}
	if err := errors.Join(w.Claims.Approve(ctx, admin, approved, ""), w.Claims.Reject(ctx, admin, rejected, "")); err != nil {
		t.Fatal(err)
	}
	if w.submits() != 0 || len(w.mails) != 2 || w.mails[0].Headers["Resource-ID"] != approved.String() {
		t.Errorf("%d submits are left, the mails are %q", w.submits(), w.mailed())
	}
	if claim, err := w.Claims.Get(ctx, admin, approved); err != nil || !claim.IsApproved() {
		t.Errorf("the approved claim: %+v, %v", claim, err)
	}
	for name, err := range map[string]error{
		"approve again": w.Claims.Approve(ctx, admin, approved, ""), "reject the approved one": w.Claims.Reject(ctx, admin, approved, ""),
	} {
		if !isError(err, domain.Invalid, "Resource "+approved.String()+" was already approved") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.Claims.Approve(ctx, admin, rejected, ""); domain.KindOf(err) != domain.NotFound {
		t.Errorf("approve the rejected one: %v", err)
	}
}

func TestTagsRememberTheirMakerUntilTheRemoval(t *testing.T) {
	w, _ := newWorldWithResult(t)
	tag, err := w.Tags.Create(t.Context(), w.caller("bob"), service.NewTag{Name: "gpu"})
	if err != nil || tag.Uploader == nil || *tag.Uploader != w.caller("bob").User().UserID {
		t.Fatalf("made %+v, %v", tag, err)
	}
	if err := w.Users.Remove(t.Context(), domain.Operator(), subject("bob")); err != nil {
		t.Fatal(err)
	}
	if tag, err = w.Tags.Get(t.Context(), domain.Caller{}, tag.ID); err != nil || *tag.Uploader != domain.Tombstone {
		t.Errorf("after the removal: %+v, %v, want it the tombstone's", tag, err)
	}
}
