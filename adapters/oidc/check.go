package oidc

import "context"

// Reachable is whether a trusted provider can be used now.
type Reachable struct {
	// Issuer is without a slash at its end.
	Issuer string
	// Err is nil if it can.
	Err error
}

// Check asks each trusted provider for its description and its keys, one after the other.
func (v *Verifier) Check(ctx context.Context) []Reachable {
	found := make([]Reachable, len(v.issuers))
	for i, issuer := range v.issuers {
		p, err := issuer.document.newer(ctx, fetchPause)
		if err == nil {
			_, err = p.keys.keys.get(ctx, keysAge)
		}
		found[i] = Reachable{issuer.name, err}
	}
	return found
}
