package domain

// UserID names a person: the pair of subject and issuer, as the identity
// provider spells them.
type UserID struct {
	Subject string
	Issuer  string
}

// Identity is what a trusted identity provider says of the bearer of a token.
type Identity struct {
	UserID
	// Email is empty and HasEmail false when the provider does not tell it.
	Email    string
	HasEmail bool
	// EmailVerified is nil when the provider does not tell.
	EmailVerified *bool
	// Entitlements as the provider lists them (AARC-G002/G069 URNs or plain words).
	Entitlements []string
}

// Caller is who makes a request. Of a public operation's caller nothing is known.
type Caller struct {
	Identity Identity
	// User is the registered person, nil if the caller is not registered.
	User *User
	// Admin is true for a registered person with an admin's entitlement.
	Admin bool
}
