package maintenance_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// newKey returns a new pair of keys.
func newKey(t *testing.T) (ed25519.PrivateKey, ed25519.PublicKey) {
	t.Helper()
	private, public, err := audit.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	key, err := audit.ParseKey(private)
	if err != nil {
		t.Fatal(err)
	}
	publicKey, err := audit.ParsePublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return key, publicKey
}

// addEntries adds entries to the trail, a day after each other.
func addEntries(t *testing.T, store *gormdb.Store, count int) {
	t.Helper()
	ctx := ports.WithOrigin(t.Context(), ports.Origin{RequestID: "r", Address: "192.0.2.77"})
	for i := range count {
		err := store.Do(ctx, func(ctx context.Context, r ports.Repos) error {
			return ports.Record(ctx, r, domain.Event{
				At: started.Add(time.Duration(i) * 24 * time.Hour), Role: domain.OperatorRole, Action: domain.UpdateSite.ID,
				Resource: domain.SiteResource, ResourceID: uuid.New(), Reason: fmt.Sprint("reason ", i), Changes: `[{"op":"remove","path":""}]`,
			})
		})
		if err == nil {
			err = service.NewTrail(store).Chain(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestVerificationNamesTheFirstEntryThatIsWrong(t *testing.T) {
	for _, c := range []struct {
		name, change string
		seq          int64
	}{
		{"nothing", "SELECT 1", 0},
		{"an action", "UPDATE audit_entry SET action = 'DeleteSite' WHERE seq = 3", 3},
		{"a reason", "UPDATE audit_entry SET reason = 'other' WHERE seq = 4", 4},
		{"a reason with its seal", "UPDATE audit_entry SET reason = 'other', reason_salt = NULL, reason_hash = NULL WHERE seq = 4", 4},
		{"a removed entry", "DELETE FROM audit_entry WHERE seq = 2", 2},
		{"a removed end", "DELETE FROM audit_entry WHERE seq = 7", 7},
		{"an inserted entry", "UPDATE audit_entry SET seq = 8 WHERE seq = 7; UPDATE audit_entry SET seq = 7 WHERE seq = 6", 6},
		{"an end before the checkpoint", "DELETE FROM audit_entry WHERE seq >= 5; UPDATE audit_head SET seq = 4, hash = " +
			"(SELECT hash FROM audit_entry WHERE seq = 4)", 5},
		{"a checkpoint", "UPDATE audit_checkpoint SET hash = 'x'", 6},
		{"a signature", "UPDATE audit_checkpoint SET at = '2026-11-28 00:00:00.000000'", 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := storetest.SQLite(t)
			private, public := newKey(t)
			addEntries(t, store, 6)
			if err := service.NewTrail(store).Upkeep(t.Context(), clock(started), service.TrailPolicy{Key: private}); err != nil {
				t.Fatal(err)
			}
			addEntries(t, store, 1)
			for change := range strings.SplitSeq(c.change, "; ") {
				if err := store.DB().Exec(change).Error; err != nil {
					t.Fatal(err)
				}
			}
			report, err := maintenance.Audit{Storage: store}.Verify(t.Context(), operator, public)
			broken, _ := errors.AsType[*audit.Broken](err)
			switch {
			case c.seq == 0 && (err != nil || report.Entries != 7 || report.Signed != 1 || report.LastSigned != 6 || report.First != 1):
				t.Errorf("a whole trail: %+v, %v", report, err)
			case c.seq > 0 && (broken == nil || broken.Seq != c.seq):
				t.Errorf("verification says %v, want that entry %d is wrong", err, c.seq)
			}
		})
	}
}

// Old entries are removed behind a checkpoint, and old addresses are cut: the trail stays whole.
func TestTheTrailForgetsInTime(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		private, public := newKey(t)
		addEntries(t, store, 6)
		now := clock(started.Add(5*24*time.Hour + time.Hour))
		policy := service.TrailPolicy{Key: private, AddressDays: 2, RetentionDays: 4}
		for range 2 { // the second time nothing is due
			if err := service.NewTrail(store).Upkeep(t.Context(), now, policy); err != nil {
				t.Fatal(err)
			}
		}
		report, err := maintenance.Audit{Storage: store}.Verify(t.Context(), operator, public)
		if err != nil || report.First != 3 || report.Entries != 4 || report.Removed != 2 {
			t.Errorf("verification says %+v, %v; want 4 entries from 3, and 2 texts removed", report, err)
		}
		var addresses []string
		err = maintenance.Audit{Storage: store}.Export(t.Context(), operator, func(e maintenance.ExportedEntry) error {
			addresses = append(addresses, e.Address)
			return nil
		}, func(domain.AuditCheckpoint) error { return nil })
		if err != nil || fmt.Sprint(addresses) != "[192.0.2.0/24 192.0.2.0/24 192.0.2.77 192.0.2.77]" {
			t.Errorf("the addresses are %v, %v", addresses, err)
		}
	})
}
