package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/mail/smtptest"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/config"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
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

// TestReplicasSendEachMailOnce: three servers on one PostgreSQL, while the mail
// server refuses every third mail for now.
func TestReplicasSendEachMailOnce(t *testing.T) {
	post := smtptest.Start(t, smtptest.Options{})
	settings := withMail(databases["postgres"](t), post)
	const replicas, sitesOfEach = 3, 20
	servers := make([]*testServer, replicas)
	for i := range servers {
		servers[i] = start(t, settings)
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
				if a := s.post("alice", "/sites", fmt.Sprintf(`{"name":"site %d of %d","address":"a"}`, n, i)); a.status != 201 {
					t.Error(a)
				}
			}
		})
	}
	all.Wait()
	post.Break(smtptest.Faults{})
	want := replicas*3 + replicas*sitesOfEach // the accounts of each are other people
	outbox := outboxOf(servers[0])
	eventually(t, "every mail was tried", func() bool {
		mails, err := outbox.List(t.Context(), domain.Operator())
		return err == nil && !slices.ContainsFunc(mails, func(m *domain.OutgoingMail) bool { return m.Attempts == 0 || m.LeasedUntil != nil })
	})
	refused, err := outbox.Retry(t.Context(), domain.Operator(), maintenance.RetryMails{All: true}) // they need not wait for their time
	if err != nil || len(refused) == 0 {
		t.Errorf("retried %d, %v", len(refused), err)
	}
	for _, s := range servers {
		s.server.Delivery().Wake()
	}
	eventually(t, "every mail", func() bool { return len(post.Received()) >= want })
	for _, s := range servers {
		if err := s.stop(); err != nil { // what is under way is done then
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

// onDatabase opens the database that the settings name, beside the server.
func onDatabase(t *testing.T, environ []string, work func(db *gorm.DB)) {
	t.Helper()
	cfg, err := config.Load(config.Source{Environ: environ, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := wiring.OpenStore(t.Context(), cfg.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	work(store.DB())
}

func environOf(settings map[string]string) (environ []string) {
	for name, value := range settings {
		environ = append(environ, name+"="+value)
	}
	return environ
}

// TestMailsSurviveAKill: of a server that dies while mails are under way and
// others wait, the next one sends all.
func TestMailsSurviveAKill(t *testing.T) {
	for name, settings := range databases {
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
			address := freeAddress(t)
			environ := append(environOf(withMail(settings(t), post)), "APP_ENV=development")
			p := startProcess(t, environ, "--listen", address)
			eventually(t, "ready", func() bool { return answers("http://" + address + "/readyz") })
			eventually(t, "mails under way", func() bool { return hung.Load() == 3 })
			if status := slowUpload(t, address, `{"name":"site","address":"a"}`)(); status != 201 {
				t.Fatalf("upload: %d, want 201", status)
			}
			eventually(t, "all under way", func() bool { return hung.Load() == 4 })
			if status := slowUpload(t, address, `{"name":"another","address":"a"}`)(); status != 201 {
				t.Fatalf("upload: %d, want 201, however the mail server is", status)
			}
			if err := p.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			p.wait(t, 10*time.Second)
			post.Break(smtptest.Faults{})
			close(release)
			count := func(where string) (count int64) {
				onDatabase(t, environ, func(db *gorm.DB) {
					if err := db.Table("outbox").Where(where).Count(&count).Error; err != nil {
						t.Fatal(err)
					}
				})
				return count
			}
			if under, waiting := count("leased_until IS NOT NULL"), count("leased_until IS NULL"); under != 4 || waiting != 1 {
				t.Fatalf("%d mails were under way and %d waited, want 4 and 1", under, waiting)
			}
			p = startProcess(t, environ, "--listen", address)
			eventually(t, "what waited is sent", func() bool { return len(post.Received()) == 1 })
			// What was under way is left alone for the time that the dead server may
			// have needed. Let it be over.
			onDatabase(t, environ, func(db *gorm.DB) {
				if err := db.Exec("UPDATE outbox SET leased_until = next_attempt_at").Error; err != nil {
					t.Fatal(err)
				}
			})
			eventually(t, "the rest is sent, and noted", func() bool { return len(post.Received()) == 5 && count("true") == 0 })
			if ids := messageIDs(t, post); len(ids) != 5 {
				t.Errorf("%v arrived, want five different mails", ids)
			}
			if err := p.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if code := p.wait(t, 10*time.Second); code != 0 {
				t.Errorf("exit code %d:\n%s", code, p.output.tail(4000))
			}
		})
	}
}

// TestAStopWaitsForMails: one that is under way is sent and noted; for one that
// takes too long nobody waits, and it stays.
func TestAStopWaitsForMails(t *testing.T) {
	for name, tt := range map[string]struct {
		delay    time.Duration
		wantLeft int64
	}{
		"in time":  {time.Second, 0},
		"too slow": {time.Minute, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			post := smtptest.Start(t, smtptest.Options{})
			var began atomic.Int32
			post.Break(smtptest.Faults{Data: func() error {
				began.Add(1)
				select {
				case <-t.Context().Done():
				case <-time.After(tt.delay):
				}
				return nil
			}})
			environ := append(environOf(withMail(databases["sqlite"](t), post)), "APP_ENV=development")
			p := startProcess(t, environ, "--listen", "127.0.0.1:0", "--shutdown-timeout", "3s")
			eventually(t, "mails under way", func() bool { return began.Load() == 3 })
			if err := p.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if code := p.wait(t, 10*time.Second); code != 0 {
				t.Errorf("exit code %d:\n%s", code, p.output.tail(4000))
			}
			onDatabase(t, environ, func(db *gorm.DB) {
				var left int64
				if err := db.Table("outbox").Where("parked_at IS NULL AND leased_until IS NULL").Count(&left).Error; err != nil || left != tt.wantLeft {
					t.Errorf("%d mails are left (%v), want %d", left, err, tt.wantLeft)
				}
			})
		})
	}
}

// TestAMailServerThatComesAndGoes: requests do not notice; what cannot be sent
// is parked and visible, and goes out when somebody has mended the reason.
func TestAMailServerThatComesAndGoes(t *testing.T) {
	for name, settings := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			post := smtptest.Start(t, smtptest.Options{})
			post.Break(smtptest.Faults{Rcpt: func(to string) error {
				if to == "alice@example.org" {
					return smtptest.Refuse(550, "no such user")
				}
				return nil
			}})
			s := start(t, withMail(settings(t), post))
			site := s.post("alice", "/sites", `{"name":"n","address":"a"}`).want(t, 201).id(t)
			parked := func() (mails []*domain.OutgoingMail) {
				all, err := outboxOf(s).List(t.Context(), domain.Operator())
				if err != nil {
					t.Fatal(err)
				}
				return slices.DeleteFunc(all, func(m *domain.OutgoingMail) bool { return m.ParkedAt == nil })
			}
			eventually(t, "both mails to alice are parked, and all others sent", func() bool {
				all, err := outboxOf(s).List(t.Context(), domain.Operator())
				return err == nil && len(all) == 2 && len(parked()) == 2
			})
			for _, m := range parked() {
				if !strings.Contains(m.LastError, "no such user") || m.CopySupport != slices.Contains(m.Reached, "support@example.org") {
					t.Errorf("parked %+v, want the reason, and that the support has its copy", m)
				}
			}
			post.Break(smtptest.Faults{})
			if retried, err := outboxOf(s).Retry(t.Context(), domain.Operator(), maintenance.RetryMails{All: true}); err != nil || len(retried) != 2 {
				t.Errorf("retried %v, %v", retried, err)
			}
			s.server.Delivery().Wake()
			eventually(t, "they are sent", func() bool {
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
func outboxOf(s *testServer) maintenance.Outbox {
	return maintenance.Outbox{Storage: s.server.Storage(), Clock: wiring.Clock{}}
}
