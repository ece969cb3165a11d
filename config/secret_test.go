package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/config"
)

const marker = "hunter2"

var secrets = []string{
	"SECRET_KEY=" + marker,
	"SECRET_KEY_PREVIOUS=" + marker,
	"DB_PASSWORD=" + marker,
	"OIDC_CLIENT_SECRET=" + marker,
	"MAIL_PASSWORD=" + marker,
	"MAIL_USER=u",
}

func TestNoFormOfTheConfigShowsSecrets(t *testing.T) {
	environ := with(production, "OIDC_CLIENT_ID=id", "PUBLIC_URL=https://p.example.org", "GUNICORN_WORKERS=1", "FLASK_APP=x")
	c := load(t, with(environ, secrets...)...)
	if len(c.Warnings) != 3 {
		t.Errorf("want three warnings, got %q", c.Warnings)
	}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%p", "%t", "%T", "%08.3f"} {
		fmt.Fprintf(&out, verb+"\n", c)
		fmt.Fprintf(&out, verb+"\n", *c)
		fmt.Fprintf(&out, verb+"\n", c.SecretKey)
		fmt.Fprintf(&out, verb+"\n", struct{ hidden config.Config }{*c})
	}
	for _, logger := range []*slog.Logger{
		slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil)),
	} {
		logger.Info("config", "config", c, "value", *c, "secret", c.SecretKey)
	}
	if err := json.NewEncoder(&out).Encode(c); err != nil {
		t.Fatal(err)
	}
	hex := fmt.Sprintf("%x", marker)
	for line := range strings.Lines(out.String()) {
		if strings.Contains(line, marker) || strings.Contains(strings.ToLower(line), hex) {
			t.Errorf("shows a secret: %s", line)
		}
	}
	if !strings.Contains(out.String(), "[redacted]") {
		t.Errorf("does not say that something is hidden:\n%s", out.String())
	}
}

func TestNoErrorShowsSecrets(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, dir, ".env",
		"DB_PASSWORD=\""+marker+"\nOIDC_CLIENT_SECRET "+marker+"\nSECRET_KEY='"+marker+"' "+marker+"\nX=\x00"+marker+"\n")
	_, err := config.Load(
		config.Source{
			Environ: with(secrets, "DB_PORT=x", "APP_ENV=production"),
			Flags:   map[string]string{"OIDC_CLIENT_SECRET": marker},
			Dir:     dir,
		},
	)
	list, _ := errors.AsType[config.Problems](err)
	if len(list) < 8 {
		t.Errorf("want a problem for each line of .env and for what is missing, got %v", err)
	}
	if err == nil || strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, list), marker) {
		t.Errorf("shows a secret: %v", err)
	}
	_, err = config.Load(
		config.Source{
			Environ: with(production, "TRUSTED_OP_LIST=https://u:"+marker+"@aai.example", "CORS_ALLOWED_ORIGINS=https://u:"+marker+"@x.example"),
			Dir:     t.TempDir(),
		},
	)
	if err == nil || strings.Contains(err.Error(), marker) {
		t.Errorf("shows the password of a URL: %v", err)
	}
}

func TestSecret(t *testing.T) {
	if s := config.NewSecret(""); s.IsSet() || s.Reveal() != "" || s.String() != "" {
		t.Errorf("an empty secret is %v, %q", s.IsSet(), s.Reveal())
	}
	s := config.NewSecret(marker)
	if !s.IsSet() || s.Reveal() != marker {
		t.Errorf("a secret is %v, %q", s.IsSet(), s.Reveal())
	}
	for _, verb := range []string{"%s", "%v", "%+v", "%#v", "%d", "%x"} {
		if got := fmt.Sprintf(verb, s); got != "[redacted]" {
			t.Errorf("%s shows %q", verb, got)
		}
	}
	if text, err := json.Marshal(s); err != nil || string(text) != `"[redacted]"` {
		t.Errorf("JSON shows %s, %v", text, err)
	}
}
