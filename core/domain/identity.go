package domain

// UserID identifies a person: the subject and the issuer, spelled as the identity
// provider spells them.
type UserID struct {
	Subject string
	Issuer  string
}

// Identity is what a trusted identity provider says about the bearer of a token.
type Identity struct {
	UserID
	// Name is what to call the person on pages, empty if the provider does not say. It is not
	// stored.
	Name string
	// Email is empty and HasEmail is false if the provider does not send an e-mail address.
	Email    string
	HasEmail bool
	// EmailVerified is nil if the provider does not say whether the address is verified.
	EmailVerified *bool
	// Entitlements are the person's entitlements: AARC-G002/G069 URNs or plain words.
	Entitlements []string
}
