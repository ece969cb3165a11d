package service_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func TestClaimsFromReportToSettlement(t *testing.T) {
	w, id := newWorldWithResult(t)
	operator := domain.Operator()
	first := w.claim("bob", id)
	second := w.claim("bob", id)
	if v := w.visibility(id); !v.Hidden || v.Deleted || v.ClaimID == nil || w.submits() != 2 {
		t.Fatalf("claimed twice: %+v, %d submits", v, w.submits())
	}
	if err := w.Claims.Approve(t.Context(), operator, first.ID, ""); err != nil {
		t.Fatal(err)
	}
	if v := w.visibility(id); !v.Hidden || *v.ClaimID != second.ID {
		t.Errorf("the result does not name the open claim: %+v, want %s", v, second.ID)
	}
	for name, settle := range map[string]settlement{"approved twice": w.Claims.Approve, "rejected when approved": w.Claims.Reject} {
		err := settle(t.Context(), operator, first.ID, "")
		if !isError(err, domain.Invalid, "Resource "+first.ID.String()+" was already approved") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.Claims.Reject(t.Context(), operator, second.ID, ""); err != nil {
		t.Fatal(err)
	}
	if v := w.visibility(id); !v.Hidden || *v.ClaimID != first.ID || w.submits() != 0 {
		t.Errorf("the approved claim does not hide the result: %+v", v)
	}
	err := w.Claims.Reject(t.Context(), operator, second.ID, "")
	if !isError(err, domain.NotFound, "Claim "+second.ID.String()+" not found in the database") {
		t.Errorf("rejected twice: %v", err)
	}
	want := []string{
		"Claim submitted on result: " + id.String(), "Claim submitted on result: " + id.String(),
		"Resource approved: " + first.ID.String(), "Resource rejected: " + second.ID.String(),
	}
	if !slices.Equal(w.mailed(), want) || w.mails[0].To != "alice@example.org" || w.mails[2].To != "bob@example.org" ||
		w.mails[0].Headers["Result-ID"] != id.String() || w.mails[0].Headers["Claim-ID"] != first.ID.String() {
		t.Errorf("mails %q, want %q", w.mailed(), want)
	}
}

func TestAClaimOnAnUnknownResultLeavesNothing(t *testing.T) {
	w, _ := newWorldWithResult(t)
	unknown := uuid.New()
	_, err := w.Claims.Create(t.Context(), w.caller("bob"), unknown, "odd")
	if domain.KindOf(err) != domain.NotFound && domain.KindOf(err) != domain.Forbidden || w.submits() != 0 || len(w.mails) != 0 {
		t.Errorf("%v, %d submits, mails %q", err, w.submits(), w.mailed())
	}
}

func TestRejectedClaimBringsTheResultBack(t *testing.T) {
	for name, tt := range map[string]struct {
		// before is the state of the result when it is claimed.
		before domain.Visibility
		hidden bool
	}{
		"visible":                        {domain.Visibility{}, false},
		"deleted here":                   {domain.Visibility{Hidden: true, Deleted: true}, true},
		"deleted by the earlier program": {domain.Visibility{Hidden: true}, true},
	} {
		w, id := newWorldWithResult(t)
		w.setVisibility(id, tt.before)
		claim := w.claim("bob", id)
		if err := w.Claims.Reject(t.Context(), domain.Operator(), claim.ID, ""); err != nil {
			t.Fatal(err)
		}
		if v := w.visibility(id); v.Hidden != tt.hidden || v.ClaimID != nil {
			t.Errorf("%s, then claimed and rejected: %+v", name, v)
		}
		if got := slices.Contains(w.mailed(), "Result restored: "+id.String()); got == tt.hidden {
			t.Errorf("%s: mails %q", name, w.mailed())
		}
	}
}

func TestDeletedResultStaysHidden(t *testing.T) {
	w, id := newWorldWithResult(t)
	claim := w.claim("bob", id)
	for range 2 {
		if err := w.Results.Delete(t.Context(), domain.Operator(), id, ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Claims.Reject(t.Context(), domain.Operator(), claim.ID, ""); err != nil || !w.visibility(id).Hidden {
		t.Errorf("%v, %+v", err, w.visibility(id))
	}
}

func TestOwnersAndAdministratorsOnly(t *testing.T) {
	w, id := newWorldWithResult(t)
	w.person("root", adminEntitlement)
	calls := map[string]func(domain.Caller, uuid.UUID) error{
		"tags": func(c domain.Caller, id uuid.UUID) error {
			return w.Results.SetTags(t.Context(), c, id, []uuid.UUID{})
		},
		"claims": func(c domain.Caller, id uuid.UUID) error {
			_, err := w.Claims.ListOfResult(t.Context(), c, id, ports.ClaimQuery{ReviewedOptions: ports.ReviewedOptions{ListOptions: wholeList}})
			return err
		},
	}
	for name, call := range calls {
		if err := call(w.caller("bob"), id); domain.KindOf(err) != domain.Forbidden {
			t.Errorf("%s by a stranger: %v", name, err)
		}
		for _, c := range []domain.Caller{w.caller("alice"), w.caller("root"), domain.Operator()} {
			if err := call(c, id); err != nil {
				t.Errorf("%s by %+v: %v", name, c, err)
			}
		}
		if err := call(w.caller("bob"), uuid.New()); domain.KindOf(err) != domain.NotFound {
			t.Errorf("%s of an unknown result: %v", name, err)
		}
	}
}

// An uploader who withdraws and restores a claimed result again and again sends the claimant one mail.
func TestClaimantsLearnOfWithdrawalsOnce(t *testing.T) {
	w, id := newWorldWithResult(t)
	alice := w.caller("alice")
	w.claim("bob", id)
	toggle := func() {
		t.Helper()
		w.now = w.now.Add(time.Minute)
		if err := w.Results.Withdraw(t.Context(), alice, id, "odd"); err != nil {
			t.Fatal(err)
		}
		if err := w.Results.Restore(t.Context(), alice, id); err != nil {
			t.Fatal(err)
		}
	}
	toldOf := func() (n int) {
		for _, mail := range w.mails {
			if mail.To == "bob@example.org" && strings.HasPrefix(mail.Subject, "Claimed result withdrawn") {
				n++
			}
		}
		return n
	}
	for range 5 {
		toggle()
	}
	if n := toldOf(); n != 1 {
		t.Errorf("%d mails for five withdrawals, want 1", n)
	}
	w.claim("bob", id) // of this claim nothing was said yet
	toggle()
	if n := toldOf(); n != 2 {
		t.Errorf("%d mails after another claim, want 2", n)
	}
	w.now = w.now.Add(25 * time.Hour)
	toggle()
	if n := toldOf(); n != 4 {
		t.Errorf("%d mails on the next day, want 4: one for each claim", n)
	}
}
