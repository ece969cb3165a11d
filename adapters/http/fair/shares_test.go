package fair

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

func newShares() *Shares {
	return New(Config{Connections: 20, HeavyConnections: 4, WriteMemory: 64 << 20})
}

func mustAdmit(t *testing.T, s *Shares, client string, class Class, bytes int) *Share {
	t.Helper()
	share, err := s.Admit(t.Context(), client, class, bytes)
	if err != nil {
		t.Fatal(err)
	}
	return share
}

// inTime tells whether the work is done without anybody's help.
func inTime(work func()) bool {
	done := false
	go func() {
		work()
		done = true
	}()
	synctest.Wait()
	return done
}

// However many heavy requests one client sends, another client's heavy and light ones go on.
func TestHeavyRequestsLeaveRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShares()
		ctx, end := context.WithCancel(t.Context())
		for range 8 {
			go func() {
				share, err := s.Admit(ctx, "flood", Light, 0)
				if err == nil {
					err = share.Heavy(ctx)
				}
				if err == nil {
					<-ctx.Done()
				}
			}()
		}
		synctest.Wait()
		if use := s.Use(); use["heavy"].Weight != 2 || use["heavy"].Waiting == 0 || use["light"].Weight != 0 {
			t.Errorf("use %+v, want half of the heavy places, and no light one", use)
		}
		if !inTime(func() {
			other := mustAdmit(t, s, "other", Light, 0)
			defer other.Release()
			if err := other.Heavy(t.Context()); err != nil {
				t.Error(err)
			}
		}) {
			t.Error("another client's heavy request waits")
		}
		end()
	})
}

// Requests with much in memory go one by one. They keep others neither from light places
// nor from little memory.
func TestLargeRequestsGoOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShares()
		first := mustAdmit(t, s, "a", Light, 0)
		if err := first.Take(t.Context(), 100<<20); err != nil {
			t.Fatal(err)
		}
		second := mustAdmit(t, s, "b", Light, 0)
		took := make(chan error, 1)
		go func() { took <- second.Take(t.Context(), allowance+1) }()
		synctest.Wait()
		if use := s.Use(); use["large"].Weight != 1 || use["large"].Waiting != 1 || use["light"].Weight != 0 {
			t.Errorf("use %+v, want one large request, one that waits, and no light place taken", use)
		}
		usual := mustAdmit(t, s, "c", Light, 0)
		if !inTime(func() { _ = usual.Take(t.Context(), allowance) }) {
			t.Error("a usual request waits for large ones")
		}
		first.Release()
		if err := <-took; err != nil {
			t.Error(err)
		}
		second.Release()
		second.Release()
		usual.Release()
		if use := s.Use(); use["light"] != (Use{}) || use["large"] != (Use{}) {
			t.Errorf("use %+v, want that nothing is left", use)
		}
	})
}

func TestLargeRequestsDoNotWaitForever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShares()
		if err := mustAdmit(t, s, "a", Light, 0).Take(t.Context(), 2*allowance); err != nil {
			t.Fatal(err)
		}
		late := mustAdmit(t, s, "b", Light, 0)
		begun := time.Now()
		err := late.Take(t.Context(), 2*allowance)
		if domain.KindOf(err) != domain.Unavailable || time.Since(begun) != patienceLarge {
			t.Errorf("%v after %v, want that it is Unavailable after %v", err, time.Since(begun), patienceLarge)
		}
	})
}

// Half of the memory of writes is for one client. Small uploads count as a sixteenth.
func TestWritesShareTheirMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShares()
		ctx, end := context.WithCancel(t.Context())
		admitted := func(client string, bytes int) bool {
			ok := false
			go func() {
				_, err := s.Admit(ctx, client, Write, bytes)
				ok = err == nil
			}()
			synctest.Wait()
			return ok
		}
		upload := mustAdmit(t, s, "a", Write, 99<<20)
		if admitted("a", 1) {
			t.Error("a client has more than half of the memory")
		}
		for range 2 {
			if !admitted("b", 48<<10) {
				t.Fatal("another client's small upload waits")
			}
		}
		small := s.Use()["write"].Weight - 32<<20
		if small != 2*64<<20/writes {
			t.Errorf("two small uploads count as %d bytes", small)
		}
		upload.Release()
		synctest.Wait()
		if use := s.Use()["write"]; use.Waiting != 0 {
			t.Errorf("use %+v, want that a's second upload goes on", use)
		}
		end()
	})
}
