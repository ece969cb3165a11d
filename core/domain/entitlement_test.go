package domain_test

import (
	"testing"

	"github.com/eosc-perf/backend/core/domain"
)

func TestEntitlementsGrantedBy(t *testing.T) {
	const required = "urn:mace:egi.eu:group:perf.egi.eu:admins:role=member#aai.egi.eu"
	tests := []struct {
		name, required, person string
		want                   bool
	}{
		{"equal", required, required, true},
		{"equal plain word", "perf-admins", "perf-admins", true},
		{"other plain word", "perf-admins", "perf-admin", false},
		{"nothing", required, "", false},
		{"other authority", required, "urn:mace:egi.eu:group:perf.egi.eu:admins:role=member#aai-dev.egi.eu", true},
		{"no authority", required, "urn:mace:egi.eu:group:perf.egi.eu:admins:role=member", true},
		{"subgroup", required, "urn:mace:egi.eu:group:perf.egi.eu:admins:night:role=member#aai.egi.eu", true},
		{"parent group", required, "urn:mace:egi.eu:group:perf.egi.eu:role=member#aai.egi.eu", false},
		{"sibling group", required, "urn:mace:egi.eu:group:perf.egi.eu:users:role=member#aai.egi.eu", false},
		{"group of like name", "urn:mace:egi.eu:group:perf", "urn:mace:egi.eu:group:perfect", false},
		{"other role", required, "urn:mace:egi.eu:group:perf.egi.eu:admins:role=owner#aai.egi.eu", false},
		{"role missing", required, "urn:mace:egi.eu:group:perf.egi.eu:admins#aai.egi.eu", false},
		{"no role required", "urn:mace:egi.eu:group:perf.egi.eu#aai.egi.eu", "urn:mace:egi.eu:group:perf.egi.eu:role=owner#aai.egi.eu", true},
		{"other namespace", required, "urn:geant:egi.eu:group:perf.egi.eu:admins:role=member#aai.egi.eu", false},
		{"longer namespace", "urn:mace:egi.eu:group:g", "urn:mace:egi.eu:sub:group:g", false},
		{"plain word contains nothing", "urn:mace:egi.eu:group:g", "g", false},
		{"a prefix of text is no containment", "urn:mace:egi.eu", "urn:mace:egi.eu:group:g", false},
		{"empty group", "urn:mace:egi.eu:group:g", "urn:mace:egi.eu:group:g::role=x", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := (domain.Entitlements{"other", tt.required}).GrantedBy([]string{"word", tt.person}); got != tt.want {
				t.Errorf("required %q, person %q: %t, want %t", tt.required, tt.person, got, tt.want)
			}
		})
	}
	if (domain.Entitlements{}).GrantedBy([]string{"anything", ""}) {
		t.Error("an empty list grants")
	}
}
