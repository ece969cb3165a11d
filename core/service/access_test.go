package service_test

import (
	"reflect"
	"testing"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func TestIdentify(t *testing.T) {
	w := newWorld(t)
	alice, root := w.person("alice"), w.person("root", adminEntitlement)
	for token, want := range map[string]domain.Caller{
		"":         {},
		"newcomer": domain.Person(w.token("newcomer"), nil),
		"boss":     domain.Person(w.token("boss", adminEntitlement), nil), // entitled, but not registered
		"alice":    alice,
		"root":     domain.Administrator(w.tokens["root"], root.User()),
	} {
		caller, err := w.Access.Identify(t.Context(), ports.BearerToken{Text: token})
		if !reflect.DeepEqual(caller, want) || err != nil {
			t.Errorf("the bearer of %q is %+v, %v; want %+v", token, caller, err, want)
		}
	}
	caller, err := w.Access.Identify(t.Context(), ports.BearerToken{Text: "rubbish"})
	if domain.KindOf(err) != domain.Unauthenticated || !reflect.DeepEqual(caller, domain.Caller{}) {
		t.Errorf("the bearer of a token that no provider accepts is %+v, %v", caller, err)
	}
	w.removePerson(alice)
	if caller, err := w.Access.Identify(t.Context(), ports.BearerToken{Text: "alice"}); caller.User() != nil || err != nil {
		t.Errorf("a removed user still counts as registered: %+v, %v", caller, err)
	}
}
