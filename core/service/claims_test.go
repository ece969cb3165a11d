package service_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// aResult is a result of alice's in a new world, in which bob doubts things.
func aResult(t *testing.T) (w *world, s *service.Services, id uuid.UUID) {
	t.Helper()
	w = newWorld()
	alice := w.person("alice")
	w.person("bob")
	id = uuid.New()
	w.results[id] = &domain.Result{
		ID: id, Upload: domain.Upload{Uploader: alice.User().UserID}, ExecutedAt: w.now,
		Benchmark: &domain.Benchmark{DockerImage: "image", DockerTag: "1"}, Site: &domain.Site{Name: "site"}, Flavor: &domain.Flavor{Name: "flavor"},
	}
	return w, w.services(), id
}

func TestClaimsFromReportToSettlement(t *testing.T) {
	w, s, id := aResult(t)
	first, err := s.Claims.Create(t.Context(), w.caller("bob"), id, "odd")
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.Claims.Create(t.Context(), w.caller("bob"), id, "very odd")
	if err != nil {
		t.Fatal(err)
	}
	if v := w.visible[id]; !v.Hidden || v.Deleted || v.ClaimID == nil || len(w.submits) != 2 {
		t.Fatalf("claimed twice: %+v, %d submits", v, len(w.submits))
	}
	if err := s.Claims.Approve(t.Context(), domain.Operator(), first.ID); err != nil {
		t.Fatal(err)
	}
	if v := w.visible[id]; !v.Hidden || *v.ClaimID != second.ID {
		t.Errorf("the result does not name the open claim: %+v, want %s", v, second.ID)
	}
	for name, settle := range map[string]func() error{
		"approved twice":         func() error { return s.Claims.Approve(t.Context(), domain.Operator(), first.ID) },
		"rejected when approved": func() error { return s.Claims.Reject(t.Context(), domain.Operator(), first.ID) },
	} {
		if err := settle(); domain.KindOf(err) != domain.Invalid || err.Error() != "Resource "+first.ID.String()+" was already approved" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Claims.Reject(t.Context(), domain.Operator(), second.ID); err != nil {
		t.Fatal(err)
	}
	if v := w.visible[id]; !v.Hidden || *v.ClaimID != first.ID || len(w.submits) != 0 {
		t.Errorf("the approved claim does not hide the result: %+v", v)
	}
	if err := s.Claims.Reject(t.Context(), domain.Operator(), second.ID); domain.KindOf(err) != domain.NotFound || err.Error() != "Claim "+second.ID.String()+" not found in the database" {
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
		w, s, id := aResult(t)
		w.visible[id] = tt.before
		claim, err := s.Claims.Create(t.Context(), w.caller("bob"), id, "odd")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Claims.Reject(t.Context(), domain.Operator(), claim.ID); err != nil {
			t.Fatal(err)
		}
		if v := w.visible[id]; v.Hidden != tt.hidden || v.ClaimID != nil {
			t.Errorf("%s, then claimed and rejected: %+v", name, v)
		}
		if got := slices.Contains(w.mailed(), "Result restored: "+id.String()); got == tt.hidden {
			t.Errorf("%s: mails %q", name, w.mailed())
		}
	}
}

func TestDeletedResultStaysHidden(t *testing.T) {
	w, s, id := aResult(t)
	claim, err := s.Claims.Create(t.Context(), w.caller("bob"), id, "odd")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Results.Delete(t.Context(), domain.Operator(), id); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Claims.Reject(t.Context(), domain.Operator(), claim.ID); err != nil || !w.visible[id].Hidden {
		t.Errorf("%v, %+v", err, w.visible[id])
	}
}

func TestOwnersAndAdministratorsOnly(t *testing.T) {
	w, s, id := aResult(t)
	alice, bob := w.caller("alice"), w.caller("bob")
	admin := domain.Administrator(w.tokens["bob"], bob.User())
	calls := map[string]func(domain.Caller, uuid.UUID) error{
		"tags": func(c domain.Caller, id uuid.UUID) error {
			return s.Results.SetTags(t.Context(), c, id, []uuid.UUID{})
		},
		"claims": func(c domain.Caller, id uuid.UUID) error {
			_, err := s.Claims.ListOfResult(t.Context(), c, id, ports.ClaimQuery{})
			return err
		},
	}
	for name, call := range calls {
		if err := call(bob, id); domain.KindOf(err) != domain.Forbidden {
			t.Errorf("%s by a stranger: %v", name, err)
		}
		for _, c := range []domain.Caller{alice, admin, domain.Operator()} {
			if err := call(c, id); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := call(bob, uuid.New()); domain.KindOf(err) != domain.NotFound {
			t.Errorf("%s of an unknown result: %v", name, err)
		}
	}
}

func TestSetTags(t *testing.T) {
	w, s, id := aResult(t)
	alice := w.caller("alice")
	tag := uuid.New()
	w.tags[tag] = &domain.Tag{ID: tag}
	if err := s.Results.SetTags(t.Context(), alice, id, []uuid.UUID{tag, tag}); err != nil || len(w.results[id].Tags) != 1 {
		t.Errorf("one tag twice: %v, %v", err, w.results[id].Tags)
	}
	if err := s.Results.SetTags(t.Context(), alice, id, nil); err != nil || len(w.results[id].Tags) != 1 {
		t.Errorf("nothing: %v, %v", err, w.results[id].Tags)
	}
	missing := uuid.New()
	if err := s.Results.SetTags(t.Context(), alice, id, []uuid.UUID{missing}); domain.KindOf(err) != domain.NotFound || err.Error() != "Tag "+missing.String()+" not in database" {
		t.Errorf("unknown tag: %v", err)
	}
	if err := s.Results.SetTags(t.Context(), alice, id, []uuid.UUID{}); err != nil || len(w.results[id].Tags) != 0 {
		t.Errorf("none: %v, %v", err, w.results[id].Tags)
	}
}

func TestUpdateSelf(t *testing.T) {
	w, s, _ := aResult(t)
	yes, no := true, false
	for _, tt := range []struct {
		hasEmail bool
		verified *bool
		want     string
	}{
		{false, &yes, "No scope for email in oidc token"},
		{true, nil, "No email_verified status in user"},
		{true, &no, "Email unverified by OIDC provider"},
		{true, &yes, ""},
	} {
		identity := w.tokens["alice"]
		identity.Email, identity.HasEmail, identity.EmailVerified = "new@example.org", tt.hasEmail, tt.verified
		err := s.Users.UpdateSelf(t.Context(), domain.Person(identity, w.caller("alice").User()))
		if tt.want == "" && err == nil && w.caller("alice").User().Email == "new@example.org" && w.mails[0].To == "new@example.org" {
			continue
		}
		if domain.KindOf(err) != domain.Invalid || err.Error() != tt.want {
			t.Errorf("%+v: %v", tt, err)
		}
	}
}

func TestRemoveUsers(t *testing.T) {
	w, s, id := aResult(t)
	if err := s.Users.Remove(t.Context(), domain.Operator(), ports.UserMatch{}); domain.KindOf(err) != domain.Invalid || err.Error() != "Cancelled, undefined users" {
		t.Errorf("without any key: %v", err)
	}
	nobody := "nobody"
	if err := s.Users.Remove(t.Context(), domain.Operator(), ports.UserMatch{Subject: &nobody}); err != nil || len(w.done) != 0 {
		t.Errorf("nobody: %v, %v", err, w.done)
	}
	if _, err := s.Claims.Create(t.Context(), w.caller("bob"), id, "odd"); err != nil {
		t.Fatal(err)
	}
	bob := "bob"
	if err := s.Users.Remove(t.Context(), domain.Operator(), ports.UserMatch{Subject: &bob}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"tombstone", "remove results", "remove unused domain.Flavor", "remove unused domain.Site", "remove unused domain.Benchmark",
		"hand domain.Flavor over to removed", "hand domain.Site over to removed", "hand domain.Benchmark over to removed", "hand claims over to removed",
	}
	if !slices.Equal(w.done, want) || w.caller("bob").User() != nil || len(w.claims) != 0 || w.visible[id].Hidden {
		t.Errorf("done %q, want %q; claims %v, %+v", w.done, want, w.claims, w.visible[id])
	}
}

func TestMailsToWhoIsRemovedAreRemoved(t *testing.T) {
	for name, tt := range map[string]struct {
		// carol's address, and how many of bob's mails are left.
		carol string
		want  int
	}{
		"an address of one's own": {"carol@example.org", 0},
		"one that another has":    {"bob@example.org", 2},
	} {
		w, s, id := aResult(t)
		w.person("carol").User().Email = tt.carol
		for _, to := range []string{"bob@example.org", "bob@example.org", "alice@example.org"} {
			w.mails = append(w.mails, &domain.OutgoingMail{ID: uuid.New(), Mail: domain.Mail{To: to}, ParkedAt: &w.now})
		}
		if _, err := s.Claims.Create(t.Context(), w.caller("bob"), id, "odd"); err != nil {
			t.Fatal(err)
		}
		bob := "bob"
		if err := s.Users.Remove(t.Context(), domain.Operator(), ports.UserMatch{Subject: &bob}); err != nil {
			t.Fatal(err)
		}
		left := map[string]int{}
		for _, mail := range w.mails {
			left[mail.To]++
		}
		if left["bob@example.org"] != tt.want || left["alice@example.org"] != 3 {
			t.Errorf("%s: left are mails to %v, want %d of bob's and all three of alice's", name, left, tt.want)
		}
	}
}

func TestRejectAndDeleteRemoveWhatStandsOnIt(t *testing.T) {
	w, s, _ := aResult(t)
	site, err := s.Sites.Create(t.Context(), w.caller("alice"), service.NewSite{Name: "n"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Sites.Reject(t.Context(), domain.Operator(), site.ID); err != nil {
		t.Fatal(err)
	}
	if want := []string{"remove results", "remove flavors", "remove"}; !slices.Equal(w.done, want) || len(w.submits) != 0 {
		t.Errorf("done %q, want %q; %d submits", w.done, want, len(w.submits))
	}
	if !slices.Contains(w.mailed(), "Resource rejected: "+site.ID.String()) {
		t.Errorf("mails %q", w.mailed())
	}
	approved := domain.Review{Status: domain.Approved}
	benchmark, flavor := uuid.New(), uuid.New()
	w.benchmarks[benchmark] = &domain.Benchmark{ID: benchmark, Review: approved}
	w.flavors[flavor] = &domain.Flavor{ID: flavor, Review: approved}
	for name, err := range map[string]error{
		"Benchmark " + benchmark.String(): s.Benchmarks.Reject(t.Context(), domain.Operator(), benchmark),
		"Flavor " + flavor.String():       s.Flavors.Reject(t.Context(), domain.Operator(), flavor),
	} {
		if domain.KindOf(err) != domain.Invalid || err.Error() != name+" was already approved" {
			t.Errorf("rejected when approved: %v", err)
		}
	}
	for _, remove := range []func() error{
		func() error { return s.Benchmarks.Delete(t.Context(), domain.Operator(), benchmark) },
		func() error { return s.Flavors.Delete(t.Context(), domain.Operator(), flavor) },
	} {
		if err := remove(); err != nil {
			t.Error(err)
		}
		if err := remove(); domain.KindOf(err) != domain.NotFound {
			t.Errorf("deleted twice: %v", err)
		}
	}
}

func TestUpdateKeepsAnAbsentDescription(t *testing.T) {
	w, s, _ := aResult(t)
	text, other := "text", "other"
	id := uuid.New()
	w.sites[id] = &domain.Site{ID: id, Name: "old", Description: &text}
	if err := s.Sites.Update(t.Context(), domain.Operator(), id, service.NewSite{Name: "new", Address: "a"}); err != nil || w.sites[id].Name != "new" || *w.sites[id].Description != text {
		t.Errorf("%v, %+v", err, w.sites[id])
	}
	if err := s.Sites.Update(t.Context(), domain.Operator(), id, service.NewSite{Name: "new", Description: &other}); err != nil || *w.sites[id].Description != other {
		t.Errorf("%v, %+v", err, w.sites[id])
	}
	w.refuse = &ports.DuplicateError{Cause: errNobody}
	if err := s.Sites.Update(t.Context(), domain.Operator(), id, service.NewSite{Name: "taken"}); domain.KindOf(err) != domain.Conflict || err.Error() != "Changes conflict submitted/existing site" {
		t.Errorf("conflict: %v", err)
	}
}
