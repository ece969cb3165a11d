package domain

import (
	"regexp"
	"slices"
	"strings"
)

// Entitlements is a list of required entitlements. Any one of them is enough.
type Entitlements []string

// aarc matches the form of AARC-G002 and AARC-G069:
// urn:NID:NAMESPACE...:group:GROUP[:SUBGROUP...][:role=ROLE][#AUTHORITY].
var aarc = regexp.MustCompile(`^urn:[^:#]+(?::[^:#]+)+?:group:[^:#]+`)

// GrantedBy is true if one of the person's entitlements equals a required one, or is
// contained in a required one by the rules of AARC-G002/G069.
func (required Entitlements) GrantedBy(person []string) bool {
	return slices.ContainsFunc(required, func(r string) bool {
		return slices.ContainsFunc(person, func(p string) bool { return p == r || contains(r, p) })
	})
}

// contains is true if both are AARC entitlements of the same namespace, the person's groups
// begin with the required groups, and the person has the required role, if there is one.
func contains(required, person string) bool {
	r, ok := parseEntitlement(required)
	if !ok {
		return false
	}
	p, ok := parseEntitlement(person)
	if !ok || r.namespace != p.namespace || len(p.groups) < len(r.groups) {
		return false
	}
	if !slices.Equal(r.groups, p.groups[:len(r.groups)]) {
		return false
	}
	return r.role == "" || r.role == p.role
}

type entitlement struct {
	namespace string
	groups    []string
	role      string
}

func parseEntitlement(s string) (entitlement, bool) {
	if !aarc.MatchString(s) {
		return entitlement{}, false
	}
	s, _, _ = strings.Cut(s, "#")
	namespace, rest, _ := strings.Cut(s, ":group:")
	groups := strings.Split(rest, ":")
	var role string
	if last := groups[len(groups)-1]; len(groups) > 1 && strings.HasPrefix(last, "role=") {
		role = strings.TrimPrefix(last, "role=")
		groups = groups[:len(groups)-1]
	}
	if slices.Contains(groups, "") {
		return entitlement{}, false
	}
	return entitlement{namespace: namespace, groups: groups, role: role}, true
}
