package config_test

import (
	"log/slog"
	"net/mail"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/config"
	"github.com/eosc-perf/backend/core/domain"
)

// TestDefaults has a row for every setting that has a default.
func TestDefaults(t *testing.T) {
	inProduction := map[string]any{
		"Environment":                config.Production,
		"AutoUpgrade":                false,
		"Demo":                       false,
		"Database.Driver":            config.Postgres,
		"Database.Port":              5432,
		"Database.SSLMode":           "prefer",
		"Database.MaxConnections":    20,
		"Database.HeavyConnections":  4,
		"Database.QueryTimeout":      10 * time.Second,
		"Database.ExportConnections": 2,
		"Database.ExportTimeout":     15 * time.Minute,
		"Identity.TrustedIssuers": []string{
			"https://aai.egi.eu/auth/realms/egi",
			"https://aai.egi.eu/oidc",
			"https://aai-demo.egi.eu/auth/realms/egi",
			"https://aai-dev.egi.eu/auth/realms/egi",
		},
		"Identity.PublicDevProvider": false,
		"HTTP.ListenAddress":         ":5000",
		"HTTP.BackendRoute":          "/",
		"HTTP.AllowedOrigins":        []string{"*"},
		"HTTP.TrustedProxies":        []netip.Prefix(nil),
		"HTTP.PublicURL":             "",
		"Mail.Server":                "",
		"Mail.Port":                  25,
		"Mail.TLS":                   config.MailNoTLS,
		"Mail.Support":               []mail.Address(nil),
		"HTTP.HeaderLimit":           64 << 10,
		"HTTP.ReadTimeout":           15 * time.Second,
		"HTTP.WriteTimeout":          time.Minute,
		"HTTP.IdleTimeout":           2 * time.Minute,
		"HTTP.RequestTimeout":        30 * time.Second,
		"HTTP.ShutdownTimeout":       8 * time.Second,
		"HTTP.ShutdownDelay":         time.Second,
		"Operation.MetricsAddress":   "",
		"Operation.ProfileAddress":   "",
		"Images.Check":               true,
		"Images.Registries":          []string{"docker.io", "quay.io", "ghcr.io", "registry.gitlab.com", "nvcr.io", "public.ecr.aws"},
		"FairUse.Reads":              config.Rate{Requests: 6000, Per: time.Minute},
		"FairUse.HeavyReads":         config.Rate{Requests: 600, Per: time.Minute},
		"FairUse.Writes":             config.Rate{Requests: 12_000, Per: time.Minute},
		"FairUse.RefusedLogins":      config.Rate{Requests: 60, Per: time.Minute},
		"FairUse.Registrations":      config.Rate{Requests: 200, Per: time.Hour},
		"FairUse.OpenSubmissions":    50,
		"FairUse.OpenClaims":         10,
		"FairUse.TagsADay":           100,
		"FairUse.UploadsADay":        10_000,
		"Audit.AddressDays":          90,
		"Audit.RetentionDays":        0,
		"Limits.Body":                1 << 20,
		"Limits.JSONDepth":           64,
		"Limits.NumberExponent":      308,
		"Limits.Filters":             20,
		"Limits.Terms":               20,
		"Limits.PathParts":           16,
		"Log.Level":                  slog.LevelInfo,
		"Log.Format":                 config.JSONLog,
	}
	inDevelopment := map[string]any{
		"Environment": config.Development, "AutoUpgrade": true, "Database.Driver": config.SQLite,
		"HTTP.ListenAddress": "127.0.0.1:5000", "Log.Format": config.TextLog, "Limits.Body": 1 << 20,
		"Images.Check": false, "HTTP.ShutdownDelay": time.Duration(0),
		"Identity.AdminEntitlements": domain.Entitlements(nil), "FairUse.Reads": config.Rate{Requests: 60_000, Per: time.Minute},
		"FairUse.RefusedLogins": config.Rate{Requests: 600, Per: time.Minute},
	}
	withHost := map[string]any{"Database.Driver": config.Postgres, "HTTP.ListenAddress": ":5000", "AutoUpgrade": true}
	for _, tt := range []struct {
		name    string
		environ []string
		want    map[string]any
	}{
		{"production", production, inProduction},
		{"development", development, inDevelopment},
		{"development with DB_HOST", with(development, "DB_HOST=h", "DB_USER=u", "DB_NAME=n"), withHost},
		{"FLASK_ENV", []string{"FLASK_ENV=development"}, inDevelopment},
		{"both names", []string{"FLASK_ENV=development", "APP_ENV=development"}, inDevelopment},
		{"production with the embedded database", []string{"DB_DRIVER=sqlite", "SECRET_KEY=0123456789abcdef", "ADMIN_ENTITLEMENTS=a"},
			map[string]any{"Database.Driver": config.SQLite, "HTTP.ListenAddress": ":5000", "AutoUpgrade": false}},
	} {
		c := load(t, tt.environ...)
		for path, want := range tt.want {
			if got := field(t, c, path); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %s is %#v, want %#v", tt.name, path, got, want)
			}
		}
	}
}

func TestValuesThatAreAccepted(t *testing.T) {
	prefixes := func(texts ...string) (list []netip.Prefix) {
		for _, text := range texts {
			list = append(list, netip.MustParsePrefix(text))
		}
		return list
	}
	tests := []struct {
		variable, path string
		want           any
	}{
		{"APP_ENV=Production", "Environment", config.Production},
		{"FLASK_APP=autoapp.py", "AutoUpgrade", true},
		{"FLASK_APP=wsgi.py", "AutoUpgrade", false},
		{"AUTO_UPGRADE=TRUE", "AutoUpgrade", true},
		{"AUTO_UPGRADE=1", "AutoUpgrade", true},
		{"AUTO_UPGRADE=yes", "AutoUpgrade", true},
		{"AUTO_UPGRADE=On", "AutoUpgrade", true},
		{"AUTO_UPGRADE=0", "AutoUpgrade", false},
		{"AUTO_UPGRADE=Off", "AutoUpgrade", false},
		{"AUTO_UPGRADE=no", "AutoUpgrade", false},
		{"DEMO=false", "Demo", false},
		{"DB_DRIVER=postgres", "Database.Driver", config.Postgres},
		{"DB_HOST=/run/postgresql", "Database.Host", "/run/postgresql"},
		{"DB_PORT=65535", "Database.Port", 65535},
		{"DB_SSLMODE=verify-full", "Database.SSLMode", "verify-full"},
		{"DB_MAX_CONNECTIONS=1", "Database.MaxConnections", 1},
		{"HEAVY_CONNECTIONS=7", "Database.HeavyConnections", 7},
		{"QUERY_TIMEOUT=90s", "Database.QueryTimeout", 90 * time.Second},
		{"EXPORT_CONNECTIONS=3", "Database.ExportConnections", 3},
		{"EXPORT_TIMEOUT=2h", "Database.ExportTimeout", 2 * time.Hour},
		{
			"TRUSTED_OP_LIST= https://a.example/x , ,https://b.example/,https://a.example/x/",
			"Identity.TrustedIssuers",
			[]string{"https://a.example/x", "https://b.example/"},
		},
		{
			"TRUSTED_OP_LIST=http://localhost:5000/dev/oidc,http://127.8.0.1,http://[::1]:80/x",
			"Identity.TrustedIssuers",
			[]string{"http://localhost:5000/dev/oidc", "http://127.8.0.1", "http://[::1]:80/x"},
		},
		{
			"ADMIN_ENTITLEMENTS=urn:mace:egi.eu:group:x:role=member#aai.egi.eu, plain ,",
			"Identity.AdminEntitlements",
			domain.Entitlements{"urn:mace:egi.eu:group:x:role=member#aai.egi.eu", "plain"},
		},
		{"OIDC_AUDIENCE=perf, https://perf.example.org/ ,,", "Identity.Audience", []string{"perf", "https://perf.example.org/"}},
		{"AUTH_CACHE_TTL=5s", "Identity.CacheTime", 5 * time.Second},
		{`ADMIN_ENTITLEMENTS=["a,b", " c ", ""]`, "Identity.AdminEntitlements", domain.Entitlements{"a,b", "c"}},
		{"BACKEND_ROUTE=api/v1/", "HTTP.BackendRoute", "/api/v1"},
		{"BACKEND_ROUTE=//a//b~c//", "HTTP.BackendRoute", "/a/b~c"},
		{"BACKEND_ROUTE=///", "HTTP.BackendRoute", "/"},
		{"START_PAGE=ui", "HTTP.StartPage", config.UIStart},
		{"LISTEN_ADDRESS=[::1]:0", "HTTP.ListenAddress", "[::1]:0"},
		{"LISTEN_ADDRESS=localhost:80", "HTTP.ListenAddress", "localhost:80"},
		{"CORS_ALLOWED_ORIGINS=none", "HTTP.AllowedOrigins", []string{"none"}},
		{
			"CORS_ALLOWED_ORIGINS=https://A.example , http://localhost:8080,https://b.example:443",
			"HTTP.AllowedOrigins",
			[]string{"https://a.example", "http://localhost:8080", "https://b.example"},
		},
		{
			"TRUSTED_PROXIES=10.1.2.3, 10.0.0.7/8,::1,::ffff:10.0.0.1",
			"HTTP.TrustedProxies",
			prefixes("10.1.2.3/32", "10.0.0.0/8", "::1/128", "10.0.0.1/32"),
		},
		{"IMAGE_CHECK=off", "Images.Check", false},
		{
			"IMAGE_REGISTRIES=Docker.io, registry.example.org:5000,localhost,localhost:5000,registry:5000," +
				"127.0.0.1:1,[::1]:5000,xn--bcher-kva.example",
			"Images.Registries",
			[]string{
				"docker.io",
				"registry.example.org:5000",
				"localhost",
				"localhost:5000",
				"registry:5000",
				"127.0.0.1:1",
				"[::1]:5000",
				"xn--bcher-kva.example",
			},
		},
		{"PUBLIC_URL=https://perf.example.org/api/v1/", "HTTP.PublicURL", "https://perf.example.org/api/v1"},
		{"PUBLIC_URL=http://localhost:8080/", "HTTP.PublicURL", "http://localhost:8080"},
		{"MAIL_PORT=587", "Mail.Port", 587},
		{"MAIL_FROM=EOSC Perf <perf@example.org>", "Mail.From", mail.Address{Name: "EOSC Perf", Address: "perf@example.org"}},
		{"MAIL_FROM=perf@example.org", "Mail.From", mail.Address{Address: "perf@example.org"}},
		{
			`MAIL_SUPPORT=a@example.org , "B, the second" <b@example.org>`,
			"Mail.Support",
			[]mail.Address{{Address: "a@example.org"}, {Name: "B, the second", Address: "b@example.org"}},
		},
		{"MAIL_TLS=StartTLS", "Mail.TLS", config.MailStartTLS},
		{"MAIL_TLS=tls", "Mail.TLS", config.MailImplicitTLS},
		{"MAIL_HELO=perf.example.org", "Mail.Helo", "perf.example.org"},
		{"MAIL_HELO=[192.0.2.1]", "Mail.Helo", "[192.0.2.1]"},
		{"MAIL_HELO=[IPv6:2001:db8::1]", "Mail.Helo", "[IPv6:2001:db8::1]"},
		{"MAIL_HELO=perf.example.org.", "Mail.Helo", "perf.example.org"},
		{"MAIL_HELO= perf.bücher.example ", "Mail.Helo", "perf.xn--bcher-kva.example"},
		{"MAIL_HELO=Perf.Example.ORG", "Mail.Helo", "Perf.Example.ORG"},
		{"BODY_LIMIT=2097152", "Limits.Body", 2 << 20},
		{"TOKEN_LIMIT=8192", "Limits.Token", 8192},
		{"JSON_DEPTH_LIMIT=10", "Limits.JSONDepth", 10},
		{"NUMBER_EXPONENT_LIMIT=100", "Limits.NumberExponent", 100},
		{"FILTER_LIMIT=1", "Limits.Filters", 1},
		{"TERM_LIMIT=2", "Limits.Terms", 2},
		{"PATH_LIMIT=3", "Limits.PathParts", 3},
		{"HEADER_LIMIT=8192", "HTTP.HeaderLimit", 8192},
		{"READ_TIMEOUT=1m30s", "HTTP.ReadTimeout", 90 * time.Second},
		{"WRITE_TIMEOUT=2m", "HTTP.WriteTimeout", 2 * time.Minute},
		{"IDLE_TIMEOUT=500ms", "HTTP.IdleTimeout", 500 * time.Millisecond},
		{"REQUEST_TIMEOUT=59s", "HTTP.RequestTimeout", 59 * time.Second},
		{"SHUTDOWN_TIMEOUT=8.999s", "HTTP.ShutdownTimeout", 8999 * time.Millisecond},
		{"SHUTDOWN_DELAY=1.999s", "HTTP.ShutdownDelay", 1999 * time.Millisecond},
		{"SHUTDOWN_DELAY=0s", "HTTP.ShutdownDelay", time.Duration(0)},
		{"SHUTDOWN_DELAY=0", "HTTP.ShutdownDelay", time.Duration(0)},
		{"METRICS_ADDRESS=:9464", "Operation.MetricsAddress", ":9464"},
		{"PPROF_ADDRESS=127.0.0.1:6060", "Operation.ProfileAddress", "127.0.0.1:6060"},
		{"PPROF_ADDRESS=localhost:6060", "Operation.ProfileAddress", "localhost:6060"},
		{"PPROF_ADDRESS=[::1]:6060", "Operation.ProfileAddress", "[::1]:6060"},
		{"LOG_LEVEL=DEBUG", "Log.Level", slog.LevelDebug},
		{"LOG_FORMAT=text", "Log.Format", config.TextLog},
	}
	for _, tt := range tests {
		if got := field(t, load(t, with(production, tt.variable)...), tt.path); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %s is %#v, want %#v", tt.variable, tt.path, got, tt.want)
		}
	}
	c := load(t, with(production, "AUTO_UPGRADE=false", "FLASK_APP=autoapp.py")...)
	if c.AutoUpgrade {
		t.Error("FLASK_APP won over an explicit AUTO_UPGRADE=false")
	}
	c = load(t, with(development, "DEMO=true", "DEV_OIDC_PUBLIC=true", "AUTO_UPGRADE=false")...)
	if !c.Demo || !c.Identity.PublicDevProvider || c.AutoUpgrade {
		t.Errorf("DEMO, DEV_OIDC_PUBLIC, AUTO_UPGRADE=false in development: %+v", c)
	}
	c = load(t, with(production, "OIDC_CLIENT_ID=id", "OIDC_CLIENT_SECRET=s", "DB_PASSWORD= p#$w ")...)
	if c.Identity.ClientID != "id" || c.Identity.ClientSecret.Reveal() != "s" || c.Database.Password.Reveal() != " p#$w " {
		t.Errorf("secrets: %q %q %q", c.Identity.ClientID, c.Identity.ClientSecret.Reveal(), c.Database.Password.Reveal())
	}
}

func TestMailServers(t *testing.T) {
	for _, server := range []string{"mail.example.org", "mail.example.org.", "relay", "smtp_relay", "10.0.0.25", "::1"} {
		c := load(t, with(production, "MAIL_SERVER="+server, "MAIL_FROM=perf@example.org", "MAIL_USER=u", "MAIL_PASSWORD=p w", "MAIL_TLS=tls")...)
		if c.Mail.Server != server || c.Mail.User != "u" || c.Mail.Password.Reveal() != "p w" || len(c.Warnings) > 0 {
			t.Errorf("MAIL_SERVER=%s: %+v, warnings %q", server, c.Mail, c.Warnings)
		}
	}
}

// TestValuesThatAreRefused: exactly the setting is named, with what would be right.
func TestValuesThatAreRefused(t *testing.T) {
	tests := []struct{ variable, says string }{
		{"APP_ENV=testing", "production, development"},
		{"AUTO_UPGRADE=maybe", "true (1, yes, on)"},
		{"DEMO=2", "true (1, yes, on)"},
		{"DB_DRIVER=mysql", "postgres, sqlite"},
		{"DB_PORT=0", "1 to 65535"},
		{"DB_PORT=65536", "1 to 65535"},
		{"DB_PORT=5432x", "1 to 65535"},
		{"DB_SSLMODE=on", "verify-full"},
		{"DB_MAX_CONNECTIONS=0", "1 to 1000"},
		{"TRUSTED_OP_LIST=http://aai.egi.eu/oidc", "https://"},
		{"TRUSTED_OP_LIST=http://127.0.0.1.example.org", "https://"},
		{"TRUSTED_OP_LIST=http://128.0.0.1", "https://"},
		{"TRUSTED_OP_LIST=ftp://localhost", "https://"},
		{"TRUSTED_OP_LIST=https://u:p@aai.egi.eu", "no user"},
		{"TRUSTED_OP_LIST=https://aai.egi.eu?x=1", "no user, query"},
		{"TRUSTED_OP_LIST=https://aai.egi.eu#", "fragment"},
		{"TRUSTED_OP_LIST=aai.egi.eu/oidc", "is not a URL like https://"},
		{"TRUSTED_OP_LIST=aai.egi.eu:443/oidc", "is not a URL like https://"},
		{"TRUSTED_OP_LIST=//aai.egi.eu/oidc", "must begin with https://"},
		{"TRUSTED_OP_LIST=https://aai.egi.eu/a/../oidc", "has a part . or .."},
		{"TRUSTED_OP_LIST=https://aai.egi.eu/./oidc", "has a part . or .."},
		{"TRUSTED_OP_LIST=https://aai.egi.eu/oidc/,https://AAI.egi.eu/oidc", "are one address in two spellings"},
		{"TRUSTED_OP_LIST=https://aai.egi.eu/oidc,https://aai.egi.eu:443/oidc/", "are one address in two spellings"},
		{"TRUSTED_OP_LIST=http://localhost/x,HTTP://localhost:80/x", "are one address in two spellings"},
		{"TRUSTED_OP_LIST=https://", "https://aai.example.org"},
		{"TRUSTED_OP_LIST=https://a:0", "https://aai.example.org"},
		{"TRUSTED_OP_LIST=https://a:", "https://aai.example.org"},
		{"TRUSTED_OP_LIST=aai.egi.eu", "https://aai.example.org"},
		{"TRUSTED_OP_LIST=https://[", "https://aai.example.org"},
		{"TRUSTED_OP_LIST=,", "names no issuer"},
		{`ADMIN_ENTITLEMENTS=["a"`, "JSON array"},
		{`ADMIN_ENTITLEMENTS=['a']`, "JSON array"},
		{`ADMIN_ENTITLEMENTS=["a", 1]`, "JSON array"},
		{`ADMIN_ENTITLEMENTS=["a", null]`, "JSON array"},
		{`ADMIN_ENTITLEMENTS=["a"] x`, "JSON array"},
		{"ADMIN_ENTITLEMENTS=[]", "required in production"},
		{"ADMIN_ENTITLEMENTS= , ,", "required in production"},
		{"BACKEND_ROUTE=https://x.example/api", "path like /api/v1"},
		{"BACKEND_ROUTE=/a b", "path like /api/v1"},
		{"BACKEND_ROUTE=/ui/api", "begins with /ui"},
		{"START_PAGE=docs", "none of api, ui"},
		{"BACKEND_ROUTE=/a%20b", "path like /api/v1"},
		{"BACKEND_ROUTE=/a/../b", "part . or .."},
		{"LISTEN_ADDRESS=5000", ":5000"},
		{"LISTEN_ADDRESS=localhost", "HOST:PORT"},
		{"LISTEN_ADDRESS=:65536", "HOST:PORT"},
		{"LISTEN_ADDRESS=:", "HOST:PORT"},
		{"LISTEN_ADDRESS=:http", "HOST:PORT"},
		{"LISTEN_ADDRESS=http://localhost:5000", "HOST:PORT"},
		{"LISTEN_ADDRESS=::1:5000", "HOST:PORT"},
		{"CORS_ALLOWED_ORIGINS=a.example", "not an origin"},
		{"CORS_ALLOWED_ORIGINS=https://a.example/", "without a path"},
		{"CORS_ALLOWED_ORIGINS=https://a.example,*", "stand alone"},
		{"CORS_ALLOWED_ORIGINS=https://u@a.example", "not an origin"},
		{"CORS_ALLOWED_ORIGINS=null", "not an origin"},
		{"CORS_ALLOWED_ORIGINS=,", "names no origin"},
		{"TRUSTED_PROXIES=proxy.example", "IP address"},
		{"TRUSTED_PROXIES=10.0.0.0/33", "IP address"},
		{"TRUSTED_PROXIES=10.0.0.1,fe80::1%eth0", "IP address"},
		{"IMAGE_CHECK=always", "true (1, yes, on)"},
		{"IMAGE_REGISTRIES=,", "IMAGE_CHECK=off"},
		{"IMAGE_REGISTRIES=https://quay.io", "without a scheme"},
		{"IMAGE_REGISTRIES=quay.io/team", "without a scheme or path"},
		{"IMAGE_REGISTRIES=docker.io,registry", "registry.example.org:5000"},
		{"IMAGE_REGISTRIES=quay.io:0", "registry.example.org:5000"},
		{"IMAGE_REGISTRIES=u:p@quay.io", "registry.example.org:5000"},
		{"IMAGE_REGISTRIES=bücher.example", "registry.example.org:5000"},
		{"IMAGE_REGISTRIES=quay.io.", "registry.example.org:5000"},
		{"IMAGE_REGISTRIES=*.io", "registry.example.org:5000"},
		{"PUBLIC_URL=perf.example.org", "https://perf.example.org/api/v1"},
		{"PUBLIC_URL=/api/v1", "https://perf.example.org/api/v1"},
		{"PUBLIC_URL=ftp://perf.example.org", "https://perf.example.org/api/v1"},
		{"PUBLIC_URL=https://perf.example.org/a b", "https://perf.example.org/api/v1"},
		{"PUBLIC_URL=https://perf.example.org/\"><script>", "https://perf.example.org/api/v1"},
		{"PUBLIC_URL=https://perf.example.org:0", "https://perf.example.org/api/v1"},
		{"PUBLIC_URL=https://u:p@perf.example.org", "no user"},
		{"PUBLIC_URL=https://perf.example.org?x=1", "no user, query"},
		{"PUBLIC_URL=https://perf.example.org/#", "fragment"},
		{"MAIL_SERVER=mail.example.org:25", "without a port"},
		{"MAIL_SERVER=smtp://mail.example.org", "without a port"},
		{"MAIL_SERVER=user@mail.example.org", "mail.example.org"},
		{"MAIL_PORT=0", "1 to 65535"},
		{"MAIL_FROM=perf", "perf@example.org"},
		{"MAIL_FROM=a@example.org, b@example.org", "perf@example.org"},
		{"MAIL_FROM=a@example.org\r\nBcc: b@example.org", "perf@example.org"},
		{"MAIL_SUPPORT=a@example.org, b", "list of addresses"},
		{"MAIL_SUPPORT=,", "list of addresses"},
		{"MAIL_TLS=ssl", "none, starttls, tls"},
		{"MAIL_HELO=4f3c2a1b0c9d", "a host name with a dot"},
		{"MAIL_HELO=192.0.2.1", "[192.0.2.1]"},
		{"MAIL_HELO=[2001:db8::1]", "[IPv6:2001:db8::1]"},
		{"MAIL_HELO=[perf.example.org]", "a host name with a dot"},
		{"MAIL_HELO=perf_1.example.org", "a host name with a dot"},
		{"MAIL_HELO=perf..example.org", "a host name with a dot"},
		{"MAIL_HELO=.example.org", "a host name with a dot"},
		{"MAIL_HELO=-perf.example.org", "a host name with a dot"},
		{"MAIL_HELO=perf.example.org..", "a host name with a dot"},
		{"MAIL_HELO=[192.0.2.1", "a host name with a dot"},
		{"MAIL_HELO=[IPv6:fe80::1%eth0]", "a host name with a dot"},
		{"MAIL_HELO=[IPv6:192.0.2.1]", "a host name with a dot"},
		{"MAIL_HELO=" + strings.Repeat("a", 64) + ".example.org", "a host name with a dot"},
		{"MAIL_HELO=" + strings.Repeat("a.", 127) + "org", "a host name with a dot"},
		{"MAIL_HELO=perf.example.org MAIL", "a host name with a dot"},
		{"BODY_LIMIT=1MiB", "whole number"},
		{"BODY_LIMIT=0", "1024 to"},
		{"AUTH_CACHE_TTL=0s", "from 1ms to 1h"},
		{"AUTH_CACHE_TTL=60", "duration like"},
		{"AUTH_CACHE_TTL=2h", "from 1ms to 1h"},
		{"TOKEN_LIMIT=1000", "1024 to"},
		{"JSON_DEPTH_LIMIT=129", "1 to 128"},
		{"NUMBER_EXPONENT_LIMIT=309", "0 to 308"},
		{"FILTER_LIMIT=0", "1 to 1000"},
		{"TERM_LIMIT=-1", "1 to 1000"},
		{"PATH_LIMIT=1e1", "1 to 128"},
		{"HEADER_LIMIT=99999999999999999999", "4096 to"},
		{"READ_TIMEOUT=15", "duration like"},
		{"READ_TIMEOUT=0s", "from 1ms"},
		{"WRITE_TIMEOUT=-1s", "from 1ms"},
		{"IDLE_TIMEOUT=2h", "from 1ms to 1h"},
		{"REQUEST_TIMEOUT=60s", "shorter than WRITE_TIMEOUT"},
		{"SHUTDOWN_TIMEOUT=10s", "9.999s"},
		{"SHUTDOWN_TIMEOUT=9s", "with SHUTDOWN_DELAY, 1s"},
		{"SHUTDOWN_DELAY=10s", "9.999s"},
		{"SHUTDOWN_DELAY=-1s", "duration like"},
		{"METRICS_ADDRESS=9464", "HOST:PORT"},
		{"METRICS_ADDRESS=127.0.0.1", "HOST:PORT"},
		{"PPROF_ADDRESS=:6060", "loopback"},
		{"PPROF_ADDRESS=0.0.0.0:6060", "loopback"},
		{"PPROF_ADDRESS=[::]:6060", "loopback"},
		{"PPROF_ADDRESS=10.0.0.1:6060", "loopback"},
		{"PPROF_ADDRESS=perf.example.org:6060", "loopback"},
		{"PPROF_ADDRESS=localhost.example.org:6060", "loopback"},
		{"PPROF_ADDRESS=127.0.0.1", "HOST:PORT"},
		{"LOG_LEVEL=loud", "debug, info, warn, error"},
		{"LOG_FORMAT=xml", "json, text"},
	}
	for _, tt := range tests {
		name, _, _ := strings.Cut(tt.variable, "=")
		found := problems(t, config.Source{Environ: with(production, tt.variable)})
		if len(found) != 1 || !strings.Contains(found[name], tt.says) {
			t.Errorf("%s: got %q, want %s with %q", tt.variable, found, name, tt.says)
		}
	}
}

func TestContradictions(t *testing.T) {
	tests := []struct {
		name    string
		environ []string
		want    []string
	}{
		{"sqlite and a host", with(production, "DB_DRIVER=sqlite"), []string{"DB_DRIVER"}},
		{"sqlite and a host in development", with(development, "DB_DRIVER=sqlite", "DB_HOST=h"), []string{"DB_DRIVER"}},
		{"postgres without a host", with(development, "DB_DRIVER=postgres"), []string{"DB_HOST", "DB_USER", "DB_NAME"}},
		{"a host alone", with(development, "DB_HOST=h"), []string{"DB_USER", "DB_NAME"}},
		{"two environments", with(production, "APP_ENV=production", "FLASK_ENV=development"), []string{"APP_ENV"}},
		{"an unknown environment says nothing of production", []string{"FLASK_ENV=testing"}, []string{"FLASK_ENV"}},
		{"demonstration data in production", with(production, "DEMO=true"), []string{"DEMO"}},
		{"development provider in production", with(production, "DEV_OIDC_PUBLIC=1"), []string{"DEV_OIDC_PUBLIC"}},
		{"login without client", with(production, "OIDC_ISSUER=https://a.example.org"), []string{"OIDC_CLIENT_ID"}},
		{"certificate without key", with(production, "TLS_CERT_FILE=cert.pem"), []string{"TLS_KEY_FILE"}},
		{"key without certificate", with(production, "TLS_KEY_FILE=key.pem"), []string{"TLS_CERT_FILE"}},
		{"providers without a file", with(production, "OIDC_PROVIDERS_FILE=none.yaml"), []string{"OIDC_PROVIDERS_FILE"}},
		{"previous key without key", []string{"APP_ENV=development", "SECRET_KEY_PREVIOUS=0123456789abcdef"}, []string{"SECRET_KEY"}},
		{"idle sessions that outlive others", with(production, "SESSION_IDLE=48h", "SESSION_LIFETIME=24h"), []string{"SESSION_IDLE"}},
		{"secret without client", with(production, "OIDC_CLIENT_SECRET=s"), []string{"OIDC_CLIENT_ID"}},
		{"mail server without a sender", with(production, "MAIL_SERVER=mail.example.org"), []string{"MAIL_FROM"}},
		{"mail server with a wrong sender", with(production, "MAIL_SERVER=mail.example.org", "MAIL_FROM=x"), []string{"MAIL_FROM"}},
		{"mail user without password", with(production, "MAIL_USER=u"), []string{"MAIL_PASSWORD"}},
		{"mail password without user", with(production, "MAIL_PASSWORD=p"), []string{"MAIL_USER"}},
		{"timeouts", with(production, "WRITE_TIMEOUT=20s"), []string{"REQUEST_TIMEOUT"}},
		{
			"all at once",
			[]string{"DB_PORT=x", "LOG_LEVEL=x", "DEMO=1", "OIDC_CLIENT_SECRET=i", "TRUSTED_OP_LIST=http://a,http://b"},
			[]string{
				"DB_PORT",
				"LOG_LEVEL",
				"DEMO",
				"OIDC_CLIENT_ID",
				"TRUSTED_OP_LIST",
				"SECRET_KEY",
				"ADMIN_ENTITLEMENTS",
				"DB_HOST",
				"DB_USER",
				"DB_NAME",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found := problems(t, config.Source{Environ: tt.environ})
			for _, name := range tt.want {
				if found[name] == "" {
					t.Errorf("nothing about %s", name)
				}
			}
			if len(found) != len(tt.want) {
				t.Errorf("%q: got %q, want %q", tt.environ, found, tt.want)
			}
		})
	}
	found := problems(t, config.Source{Environ: with(production, "TRUSTED_OP_LIST=http://a,http://b")})
	if !strings.Contains(found["TRUSTED_OP_LIST"], `"http://a"`) || !strings.Contains(found["TRUSTED_OP_LIST"], `"http://b"`) {
		t.Errorf("not both issuers are named: %q", found)
	}
}
