package mail

import (
	"net/mail"
	"testing"
)

func TestNameByWhichWeIntroduceOurselves(t *testing.T) {
	from := mail.Address{Address: "perf@example.org"}
	for _, tt := range []struct {
		name   string
		config Config
		want   string
	}{
		{"the setting", Config{Helo: "relay.example.net", PublicHost: "perf.example.org", From: from}, "relay.example.net"},
		{"an address as the setting", Config{Helo: "[192.0.2.1]", From: from}, "[192.0.2.1]"},
		{"the public host", Config{PublicHost: "Perf.example.org", From: from}, "perf.example.org"},
		{"an internationalised public host", Config{PublicHost: "perf.bücher.example", From: from}, "perf.xn--bcher-kva.example"},
		{"a public address without a name", Config{PublicHost: "192.0.2.1", From: from}, "example.org"},
		{"a public address of IPv6", Config{PublicHost: "2001:db8::1", From: from}, "example.org"},
		{"a public host without a dot", Config{PublicHost: "localhost", From: from}, "example.org"},
		{"no public host", Config{From: from}, "example.org"},
		{"an internationalised sender", Config{From: mail.Address{Address: "perf@bücher.example"}}, "xn--bcher-kva.example"},
		{
			"an internationalised sender with an internationalised name",
			Config{From: mail.Address{Address: "büro@bücher.example"}}, "xn--bcher-kva.example",
		},
		{"a sender on this machine", Config{From: mail.Address{Address: "perf@localhost"}}, "localhost"},
	} {
		if got := heloName(tt.config, "4f3c2a1b0c9d"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	c := Config{PublicHost: "perf.example.org", From: from}
	for machine, want := range map[string]string{
		"node7.cluster.example.net": "node7.cluster.example.net", "Node7.example.net": "node7.example.net",
		"node7": "perf.example.org", "": "perf.example.org", "node_7.example.net": "perf.example.org", "192.0.2.7": "perf.example.org",
	} {
		if got := heloName(c, machine); got != want {
			t.Errorf("on the machine %q: %q, want %q", machine, got, want)
		}
	}
}
