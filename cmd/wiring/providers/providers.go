// Package providers wires the verifier of access tokens to the settings. It is a package of its
// own, so that only programs that ask identity providers contain it.
package providers

import (
	"github.com/eosc-perf/backend/adapters/oidc"
	"github.com/eosc-perf/backend/config"
)

// Config has the trusted identity providers of the settings, and this server's client at each.
func Config(identity config.Identity) oidc.Config {
	c := oidc.Config{
		Issuers: identity.TrustedIssuers, Audience: identity.Audience, EntitlementClaims: identity.EntitlementClaims,
		AcceptedFor: identity.CacheTime,
	}
	if identity.ClientSecret.IsSet() { // a public client does not introspect
		c.ClientID, c.ClientSecret = identity.ClientID, identity.ClientSecret.Reveal()
	}
	for _, p := range identity.Providers {
		c.Providers = append(c.Providers, oidc.Provider{
			Issuer: p.Issuer, ClientID: p.ClientID, ClientSecret: p.ClientSecret.Reveal(), Audience: p.Audience,
			EntitlementClaims: p.EntitlementClaims,
		})
	}
	return c
}
