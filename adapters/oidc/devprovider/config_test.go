package devprovider_test

import (
	"testing"

	"github.com/eosc-perf/backend/adapters/oidc/devprovider"
)

func TestNewRefusesWhatWouldBeOpenOrAmbiguous(t *testing.T) {
	alice := []devprovider.Account{{Subject: "alice"}}
	for _, c := range []struct {
		name   string
		config devprovider.Config
		works  bool
	}{
		{"an address of this machine", devprovider.Config{Issuer: "http://127.0.0.1:5000/dev/oidc", Accounts: alice}, true},
		{"another of its addresses", devprovider.Config{Issuer: "http://127.8.9.10:5000/dev/oidc", Accounts: alice}, true},
		{"IPv6", devprovider.Config{Issuer: "http://[::1]:5000/dev/oidc", Accounts: alice}, true},
		{"its name", devprovider.Config{Issuer: "http://localhost:5000", Accounts: alice}, true},
		{"public on purpose", devprovider.Config{Issuer: "https://dev.example/dev/oidc", Accounts: alice, AllowPublic: true}, true},
		{"public", devprovider.Config{Issuer: "https://dev.example/dev/oidc", Accounts: alice}, false},
		{"all addresses", devprovider.Config{Issuer: "http://0.0.0.0:5000/dev/oidc", Accounts: alice}, false},
		{"private network", devprovider.Config{Issuer: "http://10.0.0.1:5000/dev/oidc", Accounts: alice}, false},
		{"a name that only begins like this machine's", devprovider.Config{Issuer: "http://localhost.example/dev", Accounts: alice}, false},
		{"a slash at the end", devprovider.Config{Issuer: "http://127.0.0.1:5000/dev/oidc/", Accounts: alice}, false},
		{"a query", devprovider.Config{Issuer: "http://127.0.0.1:5000/dev?a=b", Accounts: alice}, false},
		{"no issuer", devprovider.Config{Accounts: alice}, false},
		{"no accounts", devprovider.Config{Issuer: "http://127.0.0.1:5000"}, false},
		{"an account twice", devprovider.Config{Issuer: "http://127.0.0.1:5000", Accounts: append(alice, alice...)}, false},
		{"the client's name", devprovider.Config{Issuer: "http://127.0.0.1:5000", Accounts: []devprovider.Account{{Subject: "perf"}}}, false},
		{"the suffix", devprovider.Config{Issuer: "http://127.0.0.1:5000", Accounts: []devprovider.Account{{Subject: "a-opaque"}}}, false},
		{"a colon", devprovider.Config{Issuer: "http://127.0.0.1:5000", Accounts: []devprovider.Account{{Subject: "a:b"}}}, false},
		{"no subject", devprovider.Config{Issuer: "http://127.0.0.1:5000", Accounts: []devprovider.Account{{}}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := devprovider.New(c.config); (err == nil) != c.works {
				t.Errorf("New(%+v): %v, want it to work: %v", c.config, err, c.works)
			}
		})
	}
}
