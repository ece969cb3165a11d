package domain_test

import (
	"testing"

	"github.com/eosc-perf/backend/core/domain"
)

var (
	owner    = domain.UserID{Subject: "owner", Issuer: "i"}
	stranger = domain.UserID{Subject: "stranger", Issuer: "i"}
)

// callers are one of each kind, the person registered or not, the owner or not.
func callers() map[string]domain.Caller {
	return map[string]domain.Caller{
		"anonymous":     {},
		"newcomer":      domain.Person(domain.Identity{UserID: stranger}, nil),
		"stranger":      domain.Person(domain.Identity{UserID: stranger}, &domain.User{UserID: stranger}),
		"owner":         domain.Person(domain.Identity{UserID: owner}, &domain.User{UserID: owner}),
		"entitled":      domain.Administrator(domain.Identity{UserID: stranger}, nil), // but not registered
		"administrator": domain.Administrator(domain.Identity{UserID: stranger}, &domain.User{UserID: stranger}),
		"operator":      domain.Operator(),
	}
}

func TestWhoMay(t *testing.T) {
	const (
		yes = domain.Kind(0)
		no  = domain.Forbidden
		who = domain.Unauthenticated
	)
	type answers map[string]domain.Kind
	for _, tt := range []struct {
		right domain.Right
		may   answers
		// mayOn are the answers about a resource of the owner, where they differ.
		mayOn answers
	}{
		{domain.Public, answers{
			"anonymous": yes, "newcomer": yes, "stranger": yes, "owner": yes, "entitled": yes, "administrator": yes, "operator": yes,
		}, nil},
		{domain.Token, answers{
			"anonymous": who, "newcomer": yes, "stranger": yes, "owner": yes, "entitled": yes, "administrator": yes, "operator": no,
		}, nil},
		{domain.Registered, answers{
			"anonymous": who, "newcomer": no, "stranger": yes, "owner": yes, "entitled": no, "administrator": yes, "operator": no,
		}, nil},
		{domain.OwnerOrAdmin, answers{
			"anonymous": who, "newcomer": no, "stranger": yes, "owner": yes, "entitled": no, "administrator": yes, "operator": yes,
		}, answers{"stranger": no}},
		{domain.Admin, answers{
			"anonymous": who, "newcomer": no, "stranger": no, "owner": no, "entitled": no, "administrator": yes, "operator": yes,
		}, nil},
		{domain.OperatorOnly, answers{
			"anonymous": no, "newcomer": no, "stranger": no, "owner": no, "entitled": no, "administrator": no, "operator": yes,
		}, nil},
		{0, answers{
			"anonymous": no, "newcomer": no, "stranger": no, "owner": no, "entitled": no, "administrator": no, "operator": no,
		}, nil},
	} {
		operation := domain.Operation{ID: "Test", Right: tt.right}
		for name, caller := range callers() {
			if err := caller.May(operation); domain.KindOf(err) != tt.may[name] {
				t.Errorf("%s asks for the right %d: %v, want kind %d", name, tt.right, err, tt.may[name])
			}
			want, differs := tt.mayOn[name]
			if !differs {
				want = tt.may[name]
			}
			if err := caller.MayOn(operation, owner); domain.KindOf(err) != want {
				t.Errorf("%s asks for the right %d on a resource of the owner: %v, want kind %d", name, tt.right, err, want)
			}
		}
	}
}

func TestEveryOperationIsInTheTableOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, operation := range domain.Operations() {
		if operation.ID == "" || operation.Right < domain.Public || operation.Right > domain.OperatorOnly {
			t.Errorf("%+v is no row of the table", operation)
		}
		if seen[operation.ID] {
			t.Errorf("%s is in the table twice", operation.ID)
		}
		seen[operation.ID] = true
	}
	if len(seen) == 0 {
		t.Error("the table is empty")
	}
}
