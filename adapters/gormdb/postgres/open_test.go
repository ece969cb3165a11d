package postgres

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

func TestConfigurationReachesTheDriverAsItIs(t *testing.T) {
	t.Setenv("PGSSLMODE", "require")
	t.Setenv("PGHOST", "elsewhere")
	t.Setenv("PGPASSWORD", "another")
	for _, c := range []Config{
		{Host: "db.example.org", Port: 5432, User: "perf", Password: "plain", Name: "perf"},
		{Host: "::1", Port: 6543, User: "it's me", Password: `a b'c\d"e=f%20 sslmode=disable`, Name: "x y"},
		{Host: "/run/postgresql", Port: 5432, User: "perf", Password: "\u00e9 \\'", Name: "perf"},
	} {
		config, err := pgxpool.ParseConfig(c.keywords())
		if err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		got := config.ConnConfig
		if got.Host != c.Host || int(got.Port) != c.Port || got.User != c.User || got.Password != c.Password || got.Database != c.Name {
			t.Errorf("got %s %d %q %q %q, want %+v", got.Host, got.Port, got.User, got.Password, got.Database, c)
		}
		if socket := strings.HasPrefix(c.Host, "/"); !socket && (got.TLSConfig == nil || len(got.Fallbacks) == 0) {
			t.Errorf("%s: TLS %v, %d fallbacks; want it to be preferred", c.Host, got.TLSConfig != nil, len(got.Fallbacks))
		}
	}
}

func TestBadConfigurationIsAnErrorWithoutThePassword(t *testing.T) {
	config := Config{Host: "db.example.org", Port: 5432, User: "perf", Password: "s3cret'", Name: "perf", SSLMode: "perhaps"}
	store, err := Open(t.Context(), config)
	if err == nil {
		_ = store.Close()
		t.Fatal("no error")
	}
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the error tells the password: %v", err)
	}
}
