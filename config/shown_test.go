package config_test

import (
	"strings"
	"testing"

	"github.com/eosc-perf/backend/config"
)

func TestOperatorsSeeSettingsWithoutSecrets(t *testing.T) {
	c, err := config.Load(config.Source{Environ: []string{
		"APP_ENV=development", "DB_HOST=database", "DB_USER=u", "DB_NAME=n", "DB_PASSWORD=very-secret-word", "QUERY_TIMEOUT=3s",
	}, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"DB_HOST": "database", "DB_PASSWORD": "set", "QUERY_TIMEOUT": "3s", "DB_PORT": "5432"}
	for _, shown := range c.Shown() {
		if strings.Contains(shown.Value, "very-secret-word") {
			t.Errorf("%s shows the secret", shown.Name)
		}
		if value, ok := want[shown.Name]; ok && shown.Value != value {
			t.Errorf("%s is %q, want %q", shown.Name, shown.Value, value)
		}
		delete(want, shown.Name)
		if shown.Name == "DB_PORT" && !shown.IsDefault || shown.Name == "DB_HOST" && shown.IsDefault {
			t.Errorf("%s: default %v", shown.Name, shown.IsDefault)
		}
	}
	if len(want) > 0 {
		t.Errorf("not shown: %v", want)
	}
}
