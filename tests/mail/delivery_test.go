package mail_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
	"github.com/eosc-perf/backend/tests/smtptest"
)

// messageIDs counts the mails that arrived, by their ids.
func messageIDs(t *testing.T, post *smtptest.Server) map[string]int {
	t.Helper()
	ids := map[string]int{}
	for _, received := range post.Received() {
		ids[read(t, received).header.Get("Message-Id")]++
	}
	return ids
}

// Three servers run on one PostgreSQL, while the mail server refuses every third mail for
// now.
func TestReplicasSendEachMailOnce(t *testing.T) {
	post := smtptest.Start(t, smtptest.Options{})
	settings := withMail(harness.Databases["postgres"](t), post)
	const replicas, sitesOfEach = 3, 20
	servers := make([]*harness.Server, replicas)
	for i := range servers {
		servers[i] = harness.Start(t, settings)
	}
	var tried atomic.Int32
	post.Break(smtptest.Faults{Data: func() error {
		if tried.Add(1)%3 == 0 {
			return smtptest.Refuse(451, "later")
		}
		return nil
	}})
	var all sync.WaitGroup
	for i, s := range servers {
		all.Go(func() {
			for n := range sitesOfEach {
				if a := s.Post("alice", "/sites", fmt.Sprintf(`{"name":"site %d of %d","address":"a"}`, n, i)); a.Status != 201 {
					t.Error(a)
				}
			}
		})
	}
	all.Wait()
	post.Break(smtptest.Faults{})
	want := replicas*3 + replicas*sitesOfEach // the accounts of each are other people
	outbox := outboxOf(servers[0])
	process.Eventually(t, "every mail was tried", func() bool {
		mails, err := outbox.List(t.Context(), domain.Operator())
		return err == nil && !slices.ContainsFunc(mails, func(m *domain.OutgoingMail) bool { return m.Attempts == 0 || m.LeasedUntil != nil })
	})
	refused, err := outbox.Retry(t.Context(), domain.Operator(), maintenance.RetryMails{All: true}) // they need not wait for their time
	if err != nil || len(refused) == 0 {
		t.Errorf("retried %d, %v", len(refused), err)
	}
	for _, s := range servers {
		s.System.Delivery().Wake()
	}
	process.Eventually(t, "every mail", func() bool { return len(post.Received()) >= want })
	for _, s := range servers {
		if err := s.Stop(); err != nil { // what is under way is done then
			t.Error(err)
		}
	}
	ids := messageIDs(t, post)
	if len(ids) != want {
		t.Errorf("%d mails arrived, want %d", len(ids), want)
	}
	for id, times := range ids {
		if times != 1 {
			t.Errorf("mail %s arrived %d times", id, times)
		}
	}
}

// countMails counts the rows of the outbox for which the condition holds, from outside of
// the server.
func countMails(t *testing.T, db *sql.DB, condition string) (count int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM outbox WHERE "+condition).Scan(&count); err != nil {
		t.Fatal(err)
	}
	return count
}

// Of a server that dies while mails are under way and others wait, the next one sends all.
func TestMailsSurviveTheEndOfTheServer(t *testing.T) {
	for name, database := range harness.Databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			post := smtptest.Start(t, smtptest.Options{})
			var hung atomic.Int32
			release := make(chan struct{})
			post.Break(smtptest.Faults{Data: func() error {
				hung.Add(1)
				<-release
				return smtptest.ErrDrop
			}})
			settings := withMail(database(t), post).With(harness.Settings{"APP_ENV": "development", "LISTEN_ADDRESS": process.FreeAddress(t)})
			base, db := "http://"+settings["LISTEN_ADDRESS"], harness.OpenSQL(t, settings)
			p := process.StartServer(t, settings.Environ())
			p.AwaitReady(t, base)
			s := harness.At(t, base, p.Output)
			process.Eventually(t, "mails to three accounts are under way", func() bool { return hung.Load() == 3 })
			s.Post("alice", "/sites", `{"name":"site","address":"a"}`).Want(t, 201)
			process.Eventually(t, "all are under way", func() bool { return hung.Load() == 4 })
			s.Post("alice", "/sites", `{"name":"another","address":"a"}`).Want(t, 201) // however the mail server is
			p.Kill(t)
			post.Break(smtptest.Faults{})
			close(release)
			if under, waiting := countMails(
				t, db, "leased_until IS NOT NULL",
			), countMails(t, db, "leased_until IS NULL"); under != 4 || waiting != 1 {
				t.Fatalf("%d mails were under way and %d waited, want 4 and 1", under, waiting)
			}
			p = process.StartServer(t, settings.Environ())
			process.Eventually(t, "the mail that waited is sent", func() bool { return len(post.Received()) == 1 })
			// Mails under way are left alone for as long as the dead server may have
			// needed for them. That time is over now.
			if _, err := db.ExecContext(t.Context(), "UPDATE outbox SET leased_until = next_attempt_at"); err != nil {
				t.Fatal(err)
			}
			process.Eventually(t, "the rest is sent, and noted", func() bool { return len(post.Received()) == 5 && countMails(t, db, "true") == 0 })
			if ids := messageIDs(t, post); len(ids) != 5 {
				t.Errorf("%v arrived, want five different mails", ids)
			}
			p.Signal(t, syscall.SIGTERM)
			if code := p.ExitCode(t); code != 0 {
				t.Errorf("exit code %d:\n%s", code, p.Output.Tail(4000))
			}
		})
	}
}

// A stopping server sends and notes the mails that are under way. One that takes longer
// than SHUTDOWN_TIMEOUT stays in the outbox.
func TestStoppingServerWaitsForMailsUnderWay(t *testing.T) {
	for name, tt := range map[string]struct {
		timeout  string
		accepts  bool
		wantLeft int
	}{
		"in time":  {"9s", true, 0},
		"too slow": {"500ms", false, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			post := smtptest.Start(t, smtptest.Options{})
			var began atomic.Int32
			accept := make(chan struct{})
			post.Break(smtptest.Faults{Data: func() error {
				began.Add(1)
				select {
				case <-t.Context().Done():
				case <-accept:
				}
				return nil
			}})
			settings := withMail(harness.SQLite(t), post).With(harness.Settings{
				"APP_ENV": "development", "LISTEN_ADDRESS": "127.0.0.1:0", "SHUTDOWN_DELAY": "1ms", "SHUTDOWN_TIMEOUT": tt.timeout,
			})
			p := process.StartServer(t, settings.Environ())
			process.Eventually(t, "mails are under way", func() bool { return began.Load() == 3 })
			p.Signal(t, syscall.SIGTERM)
			process.Eventually(t, "the server finishes requests", func() bool { return p.Output.Contains("finishing the requests under way") })
			if tt.accepts {
				close(accept)
			}
			if code := p.ExitCode(t); code != 0 {
				t.Errorf("exit code %d:\n%s", code, p.Output.Tail(4000))
			}
			if left := countMails(t, harness.OpenSQL(t, settings), "parked_at IS NULL AND leased_until IS NULL"); left != tt.wantLeft {
				t.Errorf("%d mails are left, want %d", left, tt.wantLeft)
			}
		})
	}
}

// Requests do not notice a mail server that refuses mails. They are parked and visible, and
// go out when somebody has mended the reason.
func TestMailsThatAreRefusedAreParkedUntilTheyAreRetried(t *testing.T) {
	for name, settings := range harness.Databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			post := smtptest.Start(t, smtptest.Options{})
			post.Break(smtptest.Faults{Rcpt: func(to string) error {
				if to == "alice@example.org" {
					return smtptest.Refuse(550, "no such user")
				}
				return nil
			}})
			s := harness.Start(t, withMail(settings(t), post))
			site := s.Post("alice", "/sites", `{"name":"n","address":"a"}`).Want(t, 201).ID(t)
			parked := func() (mails []*domain.OutgoingMail) {
				all, err := outboxOf(s).List(t.Context(), domain.Operator())
				if err != nil {
					t.Fatal(err)
				}
				return slices.DeleteFunc(all, func(m *domain.OutgoingMail) bool { return m.ParkedAt == nil })
			}
			process.Eventually(t, "both mails to alice are parked, and all others sent", func() bool {
				all, err := outboxOf(s).List(t.Context(), domain.Operator())
				return err == nil && len(all) == 2 && len(parked()) == 2
			})
			for _, m := range parked() {
				if !strings.Contains(m.LastError, "no such user") || m.CopySupport != slices.Contains(m.Reached, "support@example.org") {
					t.Errorf("parked %+v, want the reason, and that the support has its copy", m)
				}
			}
			post.Break(smtptest.Faults{})
			if retried, err := outboxOf(s).Retry(
				t.Context(), domain.Operator(), maintenance.RetryMails{All: true},
			); err != nil || len(retried) != 2 {
				t.Errorf("retried %v, %v", retried, err)
			}
			s.System.Delivery().Wake()
			process.Eventually(t, "they are sent", func() bool {
				all, err := outboxOf(s).List(t.Context(), domain.Operator())
				return err == nil && len(all) == 0
			})
			times := map[string]int{}
			for _, received := range post.Received() {
				for _, to := range received.To {
					if strings.Contains(received.Data, site) {
						times[to]++
					}
				}
			}
			if len(times) != 3 || times["alice@example.org"] != 1 || times["support@example.org"] != 1 || times["office@example.org"] != 1 {
				t.Errorf("the mail about the site arrived %v, want once for each of three", times)
			}
		})
	}
}

// outboxOf is the operator's view of a server's mails.
func outboxOf(s *harness.Server) maintenance.Outbox {
	return maintenance.Outbox{Storage: s.System.Storage(), Clock: wiring.Clock{}}
}
