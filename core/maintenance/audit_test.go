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
	for i := range count {
		addEntry(t, store, i)
	}
}

// addEntry adds an entry of the day, counted from the beginning.
func addEntry(t *testing.T, store *gormdb.Store, day int) {
	t.Helper()
	ctx := ports.WithOrigin(t.Context(), ports.Origin{RequestID: "r", Address: "192.0.2.77"})
	err := store.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		return ports.Record(ctx, r, domain.Event{
			At: started.Add(time.Duration(day) * 24 * time.Hour), Role: domain.AdministratorRole, Action: domain.UpdateSite.ID,
			Actor:    &domain.UserID{Subject: "ada", Issuer: "https://op.example.org"},
			Resource: domain.SiteResource, ResourceID: uuid.New(), Reason: fmt.Sprint("reason ", day), Changes: `[{"op":"remove","path":""}]`,
		})
	})
	if err == nil {
		err = service.NewTrail(store).Chain(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestVerificationNamesTheFirstEntryThatIsWrong(t *testing.T) {
	cases := []struct {
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
		{"a time", "UPDATE audit_entry SET at = '2026-11-28 00:00:00.000001' WHERE seq = 3", 3},
		{"an order", "UPDATE audit_entry SET seq = 100 WHERE seq = 2; UPDATE audit_entry SET seq = 2 WHERE seq = 3; " +
			"UPDATE audit_entry SET seq = 3 WHERE seq = 100", 2},
		{"a copied entry at the end", "INSERT INTO audit_entry (seq, id, at, actor_role, action, resource_type, resource_id, hash) " +
			"SELECT 8, id, at, actor_role, action, resource_type, resource_id, hash FROM audit_entry WHERE seq = 7", 8},
		{"a head that is gone", "DELETE FROM audit_checkpoint; DELETE FROM audit_head", 1},
		{"a reason in the place of a removed one", "UPDATE audit_entry SET reason = 'other', reason_salt = NULL WHERE seq = 4", 4},
		{"changes in the place of removed ones", "UPDATE audit_entry SET changes = '[]', changes_salt = NULL WHERE seq = 4", 4},
		{"an address in the place of a network", "UPDATE audit_entry SET address = '198.51.100.1', address_salt = NULL WHERE seq = 4", 4},
		{"an actor in the place of a removed one", "UPDATE audit_entry SET actor_sub = 'eve', actor_salt = NULL WHERE seq = 4", 4},
		{"an actor who is gone", "UPDATE audit_entry SET actor_sub = NULL, actor_iss = NULL, actor_salt = NULL WHERE seq = 4", 4},
		{"a role", "UPDATE audit_entry SET actor_role = 'operator' WHERE seq = 2", 2},
		{"a resource", "UPDATE audit_entry SET resource_id = (SELECT resource_id FROM audit_entry WHERE seq = 1) WHERE seq = 5", 5},
		{"a request", "UPDATE audit_entry SET request_id = 's' WHERE seq = 5", 5},
		{"a sealed reason of another entry", "UPDATE audit_entry SET reason = (SELECT reason FROM audit_entry WHERE seq = 5), " +
			"reason_salt = (SELECT reason_salt FROM audit_entry WHERE seq = 5), " +
			"reason_hash = (SELECT reason_hash FROM audit_entry WHERE seq = 5) WHERE seq = 4", 4},
		{"new places for the end", "UPDATE audit_entry SET seq = 8 WHERE seq = 7; UPDATE audit_entry SET seq = 7 WHERE seq = 6; " +
			"UPDATE audit_entry SET seq = 6 WHERE seq = 5; UPDATE audit_head SET seq = 8", 5},
		{"a head that went back", "UPDATE audit_head SET seq = 5, hash = (SELECT hash FROM audit_entry WHERE seq = 5)", 6},
		{"a head with another hash", "UPDATE audit_head SET hash = 'x'", 7},
		{"a daily checkpoint as one of retention", "UPDATE audit_checkpoint SET kind = 'retention'; DELETE FROM audit_entry WHERE seq <= 6", 6},
		{"old entries without a checkpoint", "DELETE FROM audit_entry WHERE seq <= 3", 1},
		{"old entries, and a checkpoint of nobody", "INSERT INTO audit_checkpoint (kind, seq, hash, at, key_id, signature) SELECT " +
			"'retention', seq, hash, at, 'nobody', 'x' FROM audit_entry WHERE seq = 3; DELETE FROM audit_entry WHERE seq <= 3", 3},
	}
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				private, public := newKey(t)
				execute(t, store, "DELETE FROM audit_entry; DELETE FROM audit_checkpoint; DELETE FROM audit_head")
				addEntries(t, store, 6)
				if err := service.NewTrail(store).Upkeep(t.Context(), clock(started), service.TrailPolicy{Key: private}); err != nil {
					t.Fatal(err)
				}
				addEntries(t, store, 1)
				execute(t, store, c.change)
				proof := maintenance.AuditProof{Keys: []ed25519.PublicKey{public}}
				report, err := maintenance.Audit{Storage: store}.Verify(t.Context(), operator, proof)
				broken, _ := errors.AsType[*audit.Broken](err)
				switch {
				case c.seq == 0 && (err != nil || report.Entries != 7 || report.Signed != 1 || report.LastSigned != 6 || report.First != 1):
					t.Errorf("a whole trail: %+v, %v", report, err)
				case c.seq > 0 && (broken == nil || broken.Seq != c.seq):
					t.Errorf("verification says %v, want that entry %d is wrong", err, c.seq)
				}
			})
		}
	})
}

// Whoever can write to the database can also calculate hashes. A trail that was written anew does not lead to
// the signed checkpoint; an earlier export shows what came behind that.
func TestAnEndThatWasWrittenAnewIsFound(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		for from, want := range map[int64]int64{1: 6, 3: 6, 6: 6, 7: 7} {
			private, public := newKey(t)
			execute(t, store, "DELETE FROM audit_entry; DELETE FROM audit_checkpoint; DELETE FROM audit_head")
			addEntries(t, store, 6)
			if err := service.NewTrail(store).Upkeep(t.Context(), clock(started), service.TrailPolicy{Key: private}); err != nil {
				t.Fatal(err)
			}
			addEntries(t, store, 1)
			entries, err := store.Repos().Audit.After(t.Context(), 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			proof := maintenance.AuditProof{Keys: []ed25519.PublicKey{public}}
			if from == 7 {
				proof.Earlier = []domain.AuditHead{audit.Head(entries[6])}
			}
			writeAnew(t, store, entries, from)
			_, err = maintenance.Audit{Storage: store}.Verify(t.Context(), operator, proof)
			if broken, _ := errors.AsType[*audit.Broken](err); broken == nil || broken.Seq != want {
				t.Errorf("written anew from %d: verification says %v, want that entry %d is wrong", from, err, want)
			}
		}
	})
}

// writeAnew replaces the entries from a place on by others with good hashes.
func writeAnew(t *testing.T, store *gormdb.Store, entries []domain.AuditEntry, from int64) {
	t.Helper()
	execute(t, store, fmt.Sprint("DELETE FROM audit_entry WHERE seq >= ", from))
	head := domain.AuditHead{}
	if from > 1 {
		head = audit.Head(entries[from-2])
	}
	var anew []domain.AuditEntry
	for _, e := range entries[from-1:] {
		e.Action = domain.DeleteSite.ID
		anew = append(anew, audit.Link(head, e.Event))
		head = audit.Head(anew[len(anew)-1])
	}
	err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error { return r.Audit.Append(ctx, anew) })
	if err != nil {
		t.Fatal(err)
	}
}

// execute does what somebody does who can write to the database.
func execute(t *testing.T, store *gormdb.Store, changes string) {
	t.Helper()
	for change := range strings.SplitSeq(changes, "; ") {
		if err := store.DB().Exec(change).Error; err != nil {
			t.Fatal(err)
		}
	}
}

// The newest entries and the checkpoints behind them can be removed together. Whoever has kept an
// earlier export sees that, and that the trail was written anew.
func TestAnEarlierExportShowsWhatWasRemovedAtTheEnd(t *testing.T) {
	cases := []struct {
		name, change string
		seq          int64
	}{
		{"nothing", "SELECT 1", 0},
		{"the newest entries", "DELETE FROM audit_entry WHERE seq >= 4; DELETE FROM audit_checkpoint; " +
			"UPDATE audit_head SET seq = 3, hash = (SELECT hash FROM audit_entry WHERE seq = 3)", 4},
		{"everything", "DELETE FROM audit_entry; DELETE FROM audit_checkpoint; DELETE FROM audit_head", 1},
		{"a trail written anew", "DELETE FROM audit_entry; DELETE FROM audit_checkpoint; DELETE FROM audit_head", 6},
	}
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				private, _ := newKey(t)
				execute(t, store, "DELETE FROM audit_entry; DELETE FROM audit_checkpoint; DELETE FROM audit_head")
				addEntries(t, store, 6)
				if err := service.NewTrail(store).Upkeep(t.Context(), clock(started), service.TrailPolicy{Key: private}); err != nil {
					t.Fatal(err)
				}
				proof := maintenance.AuditProof{}
				err := maintenance.Audit{Storage: store}.Export(t.Context(), operator, func(maintenance.ExportedEntry) error { return nil },
					func(c domain.AuditCheckpoint) error { proof.Earlier = append(proof.Earlier, c.AuditHead); return nil })
				if err != nil {
					t.Fatal(err)
				}
				addEntries(t, store, 1)
				execute(t, store, c.change)
				if c.seq == 6 {
					addEntries(t, store, 8)
				}
				report, err := maintenance.Audit{Storage: store}.Verify(t.Context(), operator, proof)
				broken, _ := errors.AsType[*audit.Broken](err)
				switch {
				case c.seq == 0 && (err != nil || report.Earlier != 1):
					t.Errorf("a whole trail: %+v, %v", report, err)
				case c.seq > 0 && (broken == nil || broken.Seq != c.seq):
					t.Errorf("verification says %v, want that entry %d is wrong", err, c.seq)
				}
			})
		}
	})
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
		report, err := maintenance.Audit{Storage: store}.Verify(t.Context(), operator, maintenance.AuditProof{Keys: []ed25519.PublicKey{public}})
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

// A checkpoint before the place where the trail begins can be compared with nothing: it goes with the
// entries. Those at that place and behind it stay.
func TestCheckpointsGoWithTheirEntries(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		private, public := newKey(t)
		policy := service.TrailPolicy{Key: private, RetentionDays: 2}
		for day := range 8 {
			addEntry(t, store, day)
			now := clock(started.Add(time.Duration(day)*24*time.Hour + time.Hour))
			if err := service.NewTrail(store).Upkeep(t.Context(), now, policy); err != nil {
				t.Fatal(err)
			}
		}
		report, err := maintenance.Audit{Storage: store}.Verify(t.Context(), operator, maintenance.AuditProof{Keys: []ed25519.PublicKey{public}})
		if err != nil || report.First != 7 || report.Entries != 2 || report.Signed != 4 {
			t.Errorf("verification says %+v, %v; want 2 entries from 7, and 4 signatures", report, err)
		}
		checkpoints, err := store.Repos().Audit.Checkpoints(t.Context())
		var places []string
		for _, c := range checkpoints {
			places = append(places, fmt.Sprint(c.Seq, " ", c.Kind))
		}
		if got := strings.Join(places, ", "); err != nil || got != "6 daily, 6 retention, 7 daily, 8 daily" {
			t.Errorf("the checkpoints are %s, %v", got, err)
		}
	})
}

// A server that removes old entries, or signs new ones, while the trail is verified, breaks nothing.
func TestVerificationBesideAServer(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		private, public := newKey(t)
		trail := service.NewTrail(store)
		addEntries(t, store, 6)
		if err := trail.Upkeep(t.Context(), clock(started), service.TrailPolicy{Key: private}); err != nil {
			t.Fatal(err)
		}
		now := clock(started.Add(5*24*time.Hour + time.Hour))
		for name, work := range map[string]func(){
			"old entries go": func() {
				if err := trail.Upkeep(t.Context(), now, service.TrailPolicy{Key: private, RetentionDays: 4}); err != nil {
					t.Error(err)
				}
			},
			"new entries are signed": func() {
				addEntries(t, store, 1)
				if err := trail.Upkeep(t.Context(), now, service.TrailPolicy{Key: private}); err != nil {
					t.Error(err)
				}
			},
		} {
			beside, proof := &besideServer{Storage: store, work: work}, maintenance.AuditProof{Keys: []ed25519.PublicKey{public}}
			report, err := maintenance.Audit{Storage: beside}.Verify(t.Context(), operator, proof)
			if err != nil || beside.work != nil {
				t.Errorf("%s: %+v, %v", name, report, err)
			}
		}
	})
}

// besideServer is a storage in which a server works between the first two reads of a verification.
type besideServer struct {
	ports.Storage
	reads int
	work  func()
}

// Repos implements ports.Storage.
func (s *besideServer) Repos() ports.Repos {
	if s.reads++; s.reads == 3 && s.work != nil { // the first read looks for events that wait
		s.work()
		s.work = nil
	}
	return s.Storage.Repos()
}
