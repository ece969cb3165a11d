package maintenance_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

func names(users []*domain.User) (names []string) {
	for _, user := range users {
		names = append(names, user.Subject)
	}
	return names
}

func TestEverybodyIsListed(t *testing.T) {
	w := newWorld(t)
	var want []string
	for n := range 201 { // three pages
		name := fmt.Sprintf("user%03d", n)
		w.person(name)
		want = append(want, name)
	}
	if got, err := w.users().List(t.Context(), operator, ports.UserMatch{}); err != nil || !slices.Equal(names(got), want) {
		t.Errorf("listed %v, %v", names(got), err)
	}
	issuer := "https://other.example.org"
	if got, err := w.users().List(t.Context(), operator, ports.UserMatch{Issuer: &issuer}); err != nil || len(got) > 0 {
		t.Errorf("of another issuer %v, %v", names(got), err)
	}
}

func TestPeopleAreRemovedAndReturned(t *testing.T) {
	w := newWorld(t)
	ada, nobody := w.person("ada"), "nobody"
	w.person("bob")
	byName := ports.UserMatch{Subject: &ada.Subject}
	for name, c := range map[string]struct {
		match ports.UserMatch
		want  domain.Kind
	}{
		"nothing chooses": {ports.UserMatch{}, domain.Invalid}, "nobody matches": {ports.UserMatch{Subject: &nobody}, domain.NotFound},
	} {
		if got, err := w.users().Remove(t.Context(), operator, c.match, false); domain.KindOf(err) != c.want || len(got) > 0 {
			t.Errorf("%s: removed %v, %v", name, names(got), err)
		}
	}
	for _, dryRun := range []bool{true, false} {
		if got, err := w.users().Remove(t.Context(), operator, byName, dryRun); err != nil || !slices.Equal(names(got), []string{"ada"}) {
			t.Errorf("dry run %t: removed %v, %v", dryRun, names(got), err)
		}
		left, err := w.users().List(t.Context(), operator, ports.UserMatch{})
		if err != nil || slices.Contains(names(left), "ada") != dryRun || !slices.Contains(names(left), "bob") {
			t.Errorf("dry run %t: left are %v, %v", dryRun, names(left), err)
		}
	}
}

func TestOnePersonIsExported(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada")
	w.person("bob")
	w.result(w.benchmark(ada), w.flavor(ada), "{}", domain.Visibility{}, 0)
	w.write(func(ctx context.Context, r ports.Repos) error {
		return r.Outbox.Enqueue(ctx, &domain.OutgoingMail{ID: uuid.New(), Mail: domain.Mail{To: ada.Email}})
	})
	session := &domain.Session{
		ID: uuid.New(), Hash: "secret hash", Data: "secret data", Tokens: "secret tokens", Person: &ada.UserID, Slot: 1, CreatedAt: started,
		SeenAt: started, ExpiresAt: started,
	}
	w.write(func(ctx context.Context, r ports.Repos) error { return r.Sessions.Add(ctx, session) })
	match := ports.UserMatch{Subject: &ada.Subject, Issuer: &ada.Issuer}
	if _, err := w.users().Block(t.Context(), operator, match, "spam", false); err != nil {
		t.Fatal(err)
	}
	if err := service.NewTrail(w.Store).Chain(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	count := func(table string, row []byte) error {
		rows[table]++
		if strings.Contains(string(row), "secret") || strings.Contains(string(row), "_salt") {
			t.Errorf("the export shows %s %s", table, row)
		}
		return nil
	}
	for name, match := range map[string]ports.UserMatch{"nobody": {}, "two people": {Issuer: &ada.Issuer}} {
		if err := w.users().Export(t.Context(), operator, match, count); domain.KindOf(err) != domain.Invalid || len(rows) > 0 {
			t.Errorf("an export of %s: %v, %v", name, rows, err)
		}
	}
	if err := w.users().Export(t.Context(), operator, ports.UserMatch{Email: &ada.Email}, count); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{
		"user", "benchmark", "site", "flavor", "result", "outbox", "browser_session", "audit_entry", "audit_event",
	} {
		if rows[table] != 1 {
			t.Errorf("the export has %d rows of table %s, want 1: %v", rows[table], table, rows)
		}
	}
}
