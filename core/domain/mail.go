package domain

// Mail is a message to a person about something of theirs.
type Mail struct {
	To      string
	Subject string
	// CopySupport asks for a copy to the support's address.
	CopySupport bool
	// Headers are additional ones, for example Resource-ID.
	Headers map[string]string
	Text    string
}
