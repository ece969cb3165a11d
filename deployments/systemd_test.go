package deployments

import (
	"bufio"
	"os"
	"strings"
	"testing"
	"time"
)

// unit returns the directives of the unit of systemd: their last values by their names.
func unit(t *testing.T) map[string]string {
	t.Helper()
	file, err := os.Open("systemd/eosc-perf.service")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	directives := map[string]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "[") {
			continue
		}
		name, value, found := strings.Cut(line, "=")
		if !found {
			t.Errorf("%q is no directive", line)
		}
		directives[name] = value
	}
	return directives
}

// A stop takes less than ten seconds, and a migration may take much longer than the 90 s
// that systemd permits by default.
func TestUnitGivesStopsAndMigrationsTheirTime(t *testing.T) {
	directives := unit(t)
	for name, least := range map[string]time.Duration{"TimeoutStopSec": 10 * time.Second, "TimeoutStartSec": 10 * time.Minute} {
		got, err := time.ParseDuration(directives[name])
		if err != nil || got <= least {
			t.Errorf("%s is %q, want more than %s (%v)", name, directives[name], least, err)
		}
	}
}

func TestUnitIsRestrictedAndStartsOurPrograms(t *testing.T) {
	directives := unit(t)
	for name, want := range map[string]string{
		"ExecStartPre": "/srv/perf/bin/migrate upgrade", "ExecStart": "/srv/perf/bin/server", "WorkingDirectory": "/srv/perf",
		"User": "eosc-perf", "ProtectSystem": "strict", "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "PrivateTmp": "yes",
	} {
		if got, found := directives[name]; !found || got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
