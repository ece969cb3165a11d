package mail_test

import (
	netmail "net/mail"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/mail"
	"github.com/eosc-perf/backend/tests/smtptest"
)

// TestFormsOfAddresses: what the server is asked for, and what the mail shows.
func TestFormsOfAddresses(t *testing.T) {
	for _, tt := range []struct{ to, rcpt, header string }{
		{"alice+perf@example.org", "alice+perf@example.org", "<alice+perf@example.org>"},
		{`"alice smith"@example.org`, `alice smith@example.org`, `<"alice smith"@example.org>`},
		{`"a@b"@example.org`, `a@b@example.org`, `<"a@b"@example.org>`},
		{`"a\"b"@example.org`, `a"b@example.org`, `<"a\"b"@example.org>`},
		{`"alice"@example.org`, "alice@example.org", "<alice@example.org>"},
		{"alice@bücher.example", "alice@xn--bcher-kva.example", "<alice@xn--bcher-kva.example>"},
		{"alice@BÜCHER.example", "alice@xn--bcher-kva.example", "<alice@xn--bcher-kva.example>"},
		{"alice@例え.テスト", "alice@xn--r8jz45g.xn--zckzah", "<alice@xn--r8jz45g.xn--zckzah>"},
		{"alice@xn--bcher-kva.example", "alice@xn--bcher-kva.example", "<alice@xn--bcher-kva.example>"},
	} {
		t.Run(tt.to, func(t *testing.T) {
			s := smtptest.Start(t, smtptest.Options{})
			m := aMail()
			m.To, m.CopySupport = tt.to, false
			reached, err := sender(s).Send(t.Context(), m)
			if err != nil || len(reached) != 1 || reached[0] != tt.to {
				t.Fatalf("reached %q, %v, want %q as it was written", reached, err, tt.to)
			}
			received := s.Received()[0]
			if received.To[0] != tt.rcpt || received.UTF8 || !strings.Contains(received.Data, "\r\nTo: "+tt.header+"\r\n") {
				t.Errorf("received %+v, want it for %s, and the header %s", received, tt.rcpt, tt.header)
			}
			m.Reached = reached
			if again, err := sender(s).Send(t.Context(), m); err != nil || len(again) > 0 {
				t.Errorf("sent again to %v, %v", again, err)
			}
		})
	}
}

func TestInternationalisedDomainsOfSettings(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{})
	_, err := sender(s, func(c *mail.Config) {
		c.From = netmail.Address{Address: "perf@bücher.example"}
		c.Support = []netmail.Address{{Address: "support@bücher.example"}}
	}).Send(t.Context(), aMail())
	if err != nil {
		t.Fatal(err)
	}
	received := s.Received()[0]
	if received.From != "perf@xn--bcher-kva.example" || received.To[1] != "support@xn--bcher-kva.example" || strings.Contains(
		received.Data, "bücher",
	) {
		t.Errorf("received %+v", received)
	}
}
