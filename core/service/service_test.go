package service_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

const anAdmin = "urn:mace:egi.eu:group:perf:admins"

func TestIdentify(t *testing.T) {
	w := newWorld()
	w.person("alice")
	w.person("root", anAdmin)
	w.tokens["newcomer"] = domain.Identity{UserID: domain.UserID{Subject: "newcomer", Issuer: "i"}}
	w.tokens["boss"] = domain.Identity{UserID: domain.UserID{Subject: "boss", Issuer: "i"}, Entitlements: []string{anAdmin}}
	access := w.services(anAdmin).Access
	for token, want := range map[string]domain.Caller{
		"":         {},
		"newcomer": domain.Person(w.tokens["newcomer"], nil),
		"boss":     domain.Person(w.tokens["boss"], nil), // entitled, but not registered
		"alice":    w.caller("alice"),
		"root":     domain.Administrator(w.tokens["root"], w.caller("root").User()),
	} {
		if caller, err := access.Identify(t.Context(), ports.BearerToken{Text: token}); !reflect.DeepEqual(caller, want) || err != nil {
			t.Errorf("the bearer of %q is %+v, %v; want %+v", token, caller, err, want)
		}
	}
	if caller, err := access.Identify(t.Context(), ports.BearerToken{Text: "rubbish"}); domain.KindOf(err) != domain.Unauthenticated || !reflect.DeepEqual(caller, domain.Caller{}) {
		t.Errorf("the bearer of a token that nobody accepts is %+v, %v", caller, err)
	}
	delete(w.users, w.tokens["alice"].UserID)
	if caller, err := access.Identify(t.Context(), ports.BearerToken{Text: "alice"}); caller.User() != nil || err != nil {
		t.Errorf("a removed user still counts as registered: %+v, %v", caller, err)
	}
}

func TestRegisterSelf(t *testing.T) {
	w := newWorld()
	users := w.services().Users
	id := domain.Identity{UserID: domain.UserID{Subject: "s", Issuer: "i"}}
	if _, err := users.RegisterSelf(t.Context(), domain.Person(id, nil)); domain.KindOf(err) != domain.Invalid || err.Error() != "No scope for email in oidc token" {
		t.Errorf("without e-mail: %v", err)
	}
	id.Email, id.HasEmail = "s@example.org", true
	user, err := users.RegisterSelf(t.Context(), domain.Person(id, nil))
	if err != nil || user.Email != id.Email || !user.RegisteredAt.Equal(w.now) || !slices.Equal(w.mailed(), []string{"Thank you for registering"}) {
		t.Errorf("registered as %+v, %v, mails %q", user, err, w.mailed())
	}
	if _, err = users.RegisterSelf(t.Context(), domain.Person(id, nil)); domain.KindOf(err) != domain.Conflict || err.Error() != "User already submitted/exists" {
		t.Errorf("registered twice: %v", err)
	}
	if _, err = users.GetSelf(t.Context(), domain.Person(id, nil)); domain.KindOf(err) != domain.NotFound || err.Error() != "User not registered" {
		t.Errorf("GetSelf of a stranger: %v", err)
	}
}

func TestSubmitAndApprove(t *testing.T) {
	w := newWorld()
	alice := w.person("alice")
	s := w.services()
	site, err := s.Sites.Create(t.Context(), alice, service.NewSite{Name: "n", Address: "a"})
	if err != nil {
		t.Fatal(err)
	}
	flavor, err := s.Flavors.Add(t.Context(), alice, site.ID, service.NewFlavor{Name: "f"})
	if err != nil {
		t.Fatal(err)
	}
	benchmark, err := s.Benchmarks.Create(t.Context(), alice, service.NewBenchmark{DockerImage: "i", DockerTag: "t"})
	if err != nil {
		t.Fatal(err)
	}
	if len(w.submits) != 3 || site.IsApproved() || flavor.IsApproved() || benchmark.IsApproved() {
		t.Fatalf("%d submits; %+v %+v %+v", len(w.submits), site, flavor, benchmark)
	}
	for _, approve := range []func() error{
		func() error { return s.Flavors.Approve(t.Context(), domain.Operator(), flavor.ID) }, // its site is still on review
		func() error { return s.Sites.Approve(t.Context(), domain.Operator(), site.ID) },
		func() error { return s.Benchmarks.Approve(t.Context(), domain.Operator(), benchmark.ID) },
	} {
		if err := approve(); err != nil {
			t.Error(err)
		}
		if err := approve(); domain.KindOf(err) != domain.Invalid {
			t.Errorf("approved twice: %v", err)
		}
	}
	if len(w.submits) != 0 {
		t.Errorf("reports left: %v", w.submits)
	}
	want := []string{
		"New site resource submitted: " + site.ID.String(), "New flavor resource submitted: " + flavor.ID.String(),
		"New benchmark resource submitted: " + benchmark.ID.String(), "Resource approved: " + flavor.ID.String(),
		"Resource approved: " + site.ID.String(), "Resource approved: " + benchmark.ID.String(),
	}
	if !slices.Equal(w.mailed(), want) || w.mails[0].Headers["Resource-ID"] != site.ID.String() || !w.mails[0].CopySupport {
		t.Errorf("mails %q, want %q", w.mailed(), want)
	}
}

func TestRefusalsOfTheStorageBecomeTheContractsTexts(t *testing.T) {
	duplicate := &ports.DuplicateError{Cause: errors.New("x_key")}
	dangling := &ports.ReferenceError{Cause: errors.New("x_fkey")}
	w := newWorld()
	alice := w.person("alice")
	s := w.services()
	site, err := s.Sites.Create(t.Context(), alice, service.NewSite{Name: "n"})
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]func() error{
		"Site n already submitted/exists": func() error {
			_, err := s.Sites.Create(t.Context(), alice, service.NewSite{Name: "n"})
			return err
		},
		"Flavor n already submitted/exists": func() error {
			_, err := s.Flavors.Add(t.Context(), alice, site.ID, service.NewFlavor{Name: "n"})
			return err
		},
		"Benchmark i:t already submitted/exists": func() error {
			_, err := s.Benchmarks.Create(t.Context(), alice, service.NewBenchmark{DockerImage: "i", DockerTag: "t"})
			return err
		},
		"Tag n already submitted/exists": func() error {
			_, err := s.Tags.Create(t.Context(), alice, service.NewTag{Name: "n"})
			return err
		},
	}
	for want, call := range calls {
		w.refuse = duplicate
		if err := call(); domain.KindOf(err) != domain.Conflict || err.Error() != want {
			t.Errorf("duplicate: %v, want %q", err, want)
		}
		w.refuse = dangling
		if err := call(); want[0] != 'T' && domain.KindOf(err) != domain.Forbidden {
			t.Errorf("%s: the uploader was removed: %v", want, err)
		}
	}
	w.beforeAdd = func() { delete(w.sites, site.ID) }
	if err := calls["Flavor n already submitted/exists"](); domain.KindOf(err) != domain.NotFound {
		t.Errorf("the site was removed while a flavor was added: %v", err)
	}
}

func TestUnknownIDs(t *testing.T) {
	s := newWorld().services()
	id := uuid.New()
	first := func(_ any, err error) error { return err }
	for text, calls := range map[string][]error{
		"Benchmark " + id.String() + " not found in the database": {first(s.Benchmarks.Get(t.Context(), domain.Caller{}, id)), s.Benchmarks.Approve(t.Context(), domain.Operator(), id)},
		"Result " + id.String() + " not found in the database":    {first(s.Results.Get(t.Context(), domain.Caller{}, id))},
		"Record " + id.String() + " not found in the database": {
			first(s.Sites.Get(t.Context(), domain.Caller{}, id)), s.Sites.Approve(t.Context(), domain.Operator(), id),
			first(s.Flavors.Get(t.Context(), domain.Caller{}, id)), s.Flavors.Approve(t.Context(), domain.Operator(), id), first(s.Flavors.GetSite(t.Context(), domain.Caller{}, id)),
			first(s.Flavors.List(t.Context(), domain.Caller{}, ports.FlavorQuery{SiteID: id})), first(s.Tags.Get(t.Context(), domain.Caller{}, id)),
		},
	} {
		for i, err := range calls {
			if domain.KindOf(err) != domain.NotFound || err.Error() != text {
				t.Errorf("%d: %v, want %q", i, err, text)
			}
		}
	}
	if _, err := s.Sites.List(t.Context(), domain.Caller{}, ports.SiteQuery{}); !errors.Is(err, service.ErrNoSuchPage) {
		t.Errorf("page 2 of nothing: %v", err)
	}
}

// TestCreateResultChecksInOrder mends one thing after the other: each time the
// next check must speak.
func TestCreateResultChecksInOrder(t *testing.T) {
	w := newWorld()
	alice := w.person("alice")
	results := w.services().Results
	in := service.NewResult{
		BenchmarkID: uuid.New(), FlavorID: uuid.New(), TagIDs: []uuid.UUID{uuid.New()}, JSON: []byte(`{"a":1e3,"a":2e3}`),
		ExecutedAt: service.ExecutionTime{Time: w.now.Add(time.Microsecond)},
	}
	in.TagIDs = append(in.TagIDs, in.TagIDs[0])
	site := &domain.Site{ID: uuid.New()}
	w.sites[site.ID] = site
	w.documentError = domain.InvalidAt("/a", "no")
	b, f, tag := in.BenchmarkID.String(), in.FlavorID.String(), in.TagIDs[0].String()
	approved := domain.Review{Status: domain.Approved}
	for _, step := range []struct {
		want string
		kind domain.Kind
		mend func()
	}{
		{"Execution date must include timezone", domain.Invalid, func() { in.ExecutedAt.HasZone = true }},
		{"Execution date cannot be in future", domain.Invalid, func() { in.ExecutedAt.Time = w.now.Add(999 * time.Nanosecond) }},
		{"Benchmark " + b + " not in database", domain.NotFound, func() { w.benchmarks[in.BenchmarkID] = &domain.Benchmark{ID: in.BenchmarkID} }},
		{"Benchmark " + b + " not approved", domain.Invalid, func() { w.benchmarks[in.BenchmarkID].Review = approved }},
		{"Flavor " + f + " not in database", domain.NotFound, func() { w.flavors[in.FlavorID] = &domain.Flavor{ID: in.FlavorID, SiteID: site.ID} }},
		{"Flavor " + f + " not approved", domain.Invalid, func() { w.flavors[in.FlavorID].Review = approved }},
		{"Site " + site.ID.String() + " not approved", domain.Invalid, func() { site.Review = approved }},
		{"Tag " + tag + " not in database", domain.NotFound, func() { w.tags[in.TagIDs[0]] = &domain.Tag{ID: in.TagIDs[0]} }},
		{"no", domain.Invalid, func() { w.documentError = nil }},
	} {
		_, err := results.Create(t.Context(), alice, in)
		if domain.KindOf(err) != step.kind || err.Error() != step.want {
			t.Fatalf("got %v, want %q", err, step.want)
		}
		step.mend()
	}
	result, err := results.Create(t.Context(), alice, in)
	if err != nil || result.Site.ID != site.ID || len(result.Tags) != 1 || string(result.JSON) != `{"a":2000}` || !result.ExecutedAt.Equal(w.now) {
		t.Fatalf("created %+v, %v", result, err)
	}
	w.refuse = &ports.ReferenceError{Cause: errors.New("result_x_fkey")}
	if _, err = results.Create(t.Context(), alice, in); domain.KindOf(err) != domain.Forbidden {
		t.Errorf("the uploader was removed meanwhile: %v", err)
	}
	w.beforeAdd = func() { delete(w.flavors, in.FlavorID) }
	if _, err = results.Create(t.Context(), alice, in); domain.KindOf(err) != domain.NotFound || err.Error() != "Flavor "+f+" not in database" {
		t.Errorf("the flavor was removed meanwhile: %v", err)
	}
}

func TestCreateBenchmarkAsksValidatorThenRegistry(t *testing.T) {
	w := newWorld()
	alice := w.person("alice")
	w.schemaError = domain.InvalidAt("/type", "bad schema")
	w.imageError = domain.Invalidf("no such image")
	for _, step := range []struct {
		want string
		kind domain.Kind
		mend func()
	}{
		{"bad schema", domain.Invalid, func() { w.schemaError = nil }},
		{"Could not validate container image: no such image", domain.Invalid, func() {
			w.imageError = domain.UnavailableFor(time.Second, "the registry is away", nil)
		}},
		{"the registry is away", domain.Unavailable, nil},
	} {
		_, err := w.services().Benchmarks.Create(t.Context(), alice, service.NewBenchmark{DockerImage: "i", DockerTag: "t"})
		if domain.KindOf(err) != step.kind || err.Error() != step.want {
			t.Fatalf("got %v, want %q", err, step.want)
		}
		if step.mend != nil {
			step.mend()
		}
	}
	if len(w.submits) != 0 || len(w.mails) != 0 {
		t.Error("a refused benchmark left a report or a mail")
	}
	w.imageError = nil
	if _, err := w.services().Benchmarks.Create(t.Context(), alice, service.NewBenchmark{}); err != nil {
		t.Errorf("with an image that exists: %v", err)
	}
}

func TestUpdateBenchmarkAsksRegistryOnlyForAnotherImage(t *testing.T) {
	w := newWorld()
	id := uuid.New()
	w.benchmarks[id] = &domain.Benchmark{ID: id, DockerImage: "image", DockerTag: "1"}
	w.imageError = domain.Invalidf("no such image")
	changed := "changed"
	for _, tt := range []struct {
		in   service.NewBenchmark
		want string
	}{
		{service.NewBenchmark{DockerImage: "image", DockerTag: "1", URL: "new", Description: &changed}, ""},
		{service.NewBenchmark{DockerImage: "other", DockerTag: "1"}, "other:1"},
		{service.NewBenchmark{DockerImage: "image", DockerTag: "2"}, "image:2"},
	} {
		w.asked = nil
		err := w.services().Benchmarks.Update(t.Context(), domain.Operator(), id, tt.in)
		if asked := strings.Join(w.asked, " "); asked != tt.want || (err == nil) != (tt.want == "") {
			t.Errorf("%+v: %v after the registry was asked for %q, want %q", tt.in, err, asked, tt.want)
		}
		if err != nil && (domain.KindOf(err) != domain.Invalid || err.Error() != "Could not validate container image: no such image") {
			t.Errorf("%+v: %v", tt.in, err)
		}
	}
	w.imageError = nil
	if err := w.services().Benchmarks.Update(t.Context(), domain.Operator(), id, service.NewBenchmark{DockerImage: "other", DockerTag: "1"}); err != nil || w.benchmarks[id].DockerImage != "other" {
		t.Errorf("to an image that exists: %v, now %+v", err, w.benchmarks[id])
	}
}
