package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// The trail of a backup verifies in the database into which it is restored, of each kind, with
// the key that signed it; the restoration is its last entry. Events that waited when the backup
// was written are entries then.
func TestARestoredTrailIsWhole(t *testing.T) {
	for from, source := range atHead {
		for to, target := range places {
			t.Run(from+" to "+to, func(t *testing.T) { restoreTrail(t, source(t), target(t)) })
		}
	}
}

func restoreTrail(t *testing.T, source, target place) {
	key, file := filepath.Join(t.TempDir(), "audit.pem"), filepath.Join(t.TempDir(), "backup")
	if out, err := run(t, "audit", "keygen", key); err != nil {
		t.Fatal(out, err)
	}
	source.mustRun(t, "users", "block", "--sub", "ada", "--iss", "https://op.example.org", "--reason", "spam")
	source.mustRun(t, "derived", "repair")
	source.mustRun(t, "audit", "verify") // two entries
	sign(t, source, key)
	exported := filepath.Join(t.TempDir(), "trail.ndjson")
	if err := os.WriteFile(exported, []byte(source.mustRun(t, "audit", "export")), 0o600); err != nil {
		t.Fatal(err)
	}
	source.mustRun(t, "users", "unblock", "--sub", "ada", "--iss", "https://op.example.org") // this event waits
	source.mustRun(t, "backup", file)
	target.mustRun(t, "restore", file)
	out := target.mustRun(t, "audit", "verify", "--key", key+".pub")
	continued := target.mustRun(t, "audit", "verify", "--earlier", exported)
	if !strings.HasSuffix(continued, "\nThe trail continues the earlier export.\n") {
		t.Errorf("compared with an earlier export: %s", continued)
	}
	if !strings.Contains(out, "whole: 4 entries from 1") || !strings.Contains(out, "signed 1 checkpoint, the last at entry 2") {
		t.Errorf("the restored trail: %s", out)
	}
	var actions []string
	err := maintenance.Audit{Storage: target.store(t)}.Export(t.Context(), operator, func(e maintenance.ExportedEntry) error {
		actions = append(actions, e.Role+" "+e.Action+" "+e.ResourceType)
		return nil
	}, func(domain.AuditCheckpoint) error { return nil })
	want := "operator BlockUser user, operator RepairDerived derived, operator UnblockUser user, operator RestoreBackup backup"
	if got := strings.Join(actions, ", "); err != nil || got != want {
		t.Errorf("the restored trail has %s (%v), want %s", got, err, want)
	}
	// The backup itself is noted where it was taken.
	source.mustRun(t, "audit", "verify")
	page, err := source.store(t).Repos().Audit.List(t.Context(), ports.AuditQuery{ListOptions: ports.ListOptions{
		Page: domain.PageRequest{Number: 1, Size: 10}, Sort: []filter.Key{{Field: "id"}},
	}})
	if err != nil || len(page.Items) != 4 || page.Items[3].Action != domain.WriteBackup.ID {
		t.Errorf("the trail of the source: %v, %v", page.Items, err)
	}
}

// sign signs the end of the trail, as a server does.
func sign(t *testing.T, p place, file string) {
	t.Helper()
	text, err := os.ReadFile(file) //nolint:gosec // the test's own
	if err != nil {
		t.Fatal(err)
	}
	key, err := audit.ParseKey(text)
	if err == nil {
		err = service.NewTrail(p.store(t)).Upkeep(t.Context(), wiring.Clock{}, service.TrailPolicy{Key: key})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// An earlier export shows that the newest entries are gone; a file of another kind is refused.
func TestAnEarlierExportIsCompared(t *testing.T) {
	for name, open := range atHead {
		t.Run(name, func(t *testing.T) {
			p, file := open(t), filepath.Join(t.TempDir(), "trail.ndjson")
			p.mustRun(t, "users", "block", "--sub", "ada", "--iss", "https://op.example.org", "--reason", "spam")
			write := func(text string) {
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for _, text := range []string{"", "{}", "no JSON", `{"entry":{"seq":1}}`, `{"first":1,"entries":2}`} {
				write(text)
				if out, err := p.run(t, "audit", "verify", "--earlier", file); err == nil {
					t.Errorf("%q is compared: %s", text, out)
				}
			}
			export := p.mustRun(t, "audit", "export")
			write(export)
			p.mustRun(t, "audit", "verify", "--earlier", file)
			for _, statement := range []string{"DELETE FROM audit_entry", "DELETE FROM audit_head"} {
				if err := p.store(t).DB().Exec(statement).Error; err != nil {
					t.Fatal(err)
				}
			}
			p.mustRun(t, "audit", "verify") // an empty trail is whole
			_, err := p.run(t, "audit", "verify", "--earlier", file)
			if err == nil || !strings.Contains(err.Error(), "broken: entry 1: it was removed: an earlier export") {
				t.Errorf("the entries are gone: %v", err)
			}
		})
	}
}
