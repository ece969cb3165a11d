package fair

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

func newShares() *Shares {
	return New(Config{Connections: 20, HeavyConnections: 4, WriteMemory: 64 << 20})
}

// read admits a read of the client, which must not have to wait for long.
func read(t *testing.T, s *Shares, client, target string) *Share {
	t.Helper()
	share, err := s.Read(t.Context(), client, target)
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
				share, err := s.Read(ctx, "flood", "/heavy")
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
			other := read(t, s, "other", "/heavy")
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

// Heavy requests of one client that turn out to be large do not all find what they read while they wait
// for the first one. Other clients have their places meanwhile.
func TestHeavyRequestsThatAreLargeWaitBeforeTheyWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShares()
		read(t, s, "another", "/usual").Release()
		ctx, end := context.WithCancel(t.Context())
		worked, release := 0, make(chan struct{})
		for range 8 {
			go func() {
				share := read(t, s, "flood", "/heavy")
				defer share.Release()
				if share.Heavy(ctx) == nil {
					worked++
					_ = share.Take(ctx, 2*allowance)
					<-release
				}
			}()
		}
		synctest.Wait()
		if use := s.Use(); worked != 1 || use["heavy"].Weight != 0 || use["large"].Weight != 1 || use["large"].Waiting != 0 {
			t.Errorf("%d have worked, use %+v, want one, which has made way for others", worked, use)
		}
		for _, client := range []string{"a", "b", "c", "d"} {
			other := read(t, s, client, "/heavy")
			if !inTime(func() { _ = other.Heavy(t.Context()) }) {
				t.Error("a heavy request of another client waits")
			}
			defer other.Release()
		}
		end()
		close(release)
	})
}

// Requests with much in memory go one by one. They keep others neither from light places
// nor from little memory.
func TestLargeRequestsGoOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShares()
		first, second := read(t, s, "a", "/large"), read(t, s, "b", "/large")
		if err := first.Take(t.Context(), 100<<20); err != nil {
			t.Fatal(err)
		}
		took := make(chan error, 1)
		go func() { took <- second.Take(t.Context(), allowance+1) }()
		synctest.Wait()
		if use := s.Use(); use["large"].Weight != 1 || use["large"].Waiting != 1 || use["light"].Weight != 0 {
			t.Errorf("use %+v, want one large request, one that waits, and no light place taken", use)
		}
		usual := read(t, s, "c", "/usual")
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

// What was large once waits before it takes a place or a connection, also if it waits for
// a place already. Small reads of the same client go on.
func TestLargeRequestsAreKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShares()
		ctx, end := context.WithCancel(t.Context())
		begin := make(chan struct{})
		first := read(t, s, "a", "/large")
		for range 20 {
			go func() {
				if share, err := s.Read(ctx, "a", "/large"); err == nil {
					<-begin
					_ = share.Take(ctx, 2*allowance)
					<-ctx.Done()
				}
			}()
		}
		synctest.Wait()
		if err := first.Take(ctx, 2*allowance); err != nil {
			t.Fatal(err)
		}
		close(begin)
		synctest.Wait()
		if !inTime(func() { read(t, s, "a", "/small").Release() }) {
			t.Error("a small read waits for large ones of its client")
		}
		if use := s.Use(); use["large"].Waiting != 20 || use["light"] != (Use{}) {
			t.Errorf("use %+v, want that all wait for the gate large, and for nothing else", use)
		}
		first.Release()
		synctest.Wait()
		if use := s.Use(); use["large"].Weight != 1 || use["large"].Waiting != 19 {
			t.Errorf("use %+v, want one of them at work", use)
		}
		end()
	})
}

// What is not large any more is forgotten.
func TestSmallAnswersAreNotLargeForEver(t *testing.T) {
	for name, grow := range map[string]func(share *Share){
		"rows":   func(share *Share) { _ = share.Take(t.Context(), 2*allowance) },
		"answer": func(share *Share) { share.Answer(2 * allowance) },
	} {
		s := newShares()
		for _, known := range []bool{false, true, true, false} {
			share := read(t, s, "a", "/once")
			if (share.large != nil) != known {
				t.Errorf("%s: it waits at the gate large: %t, want %t", name, !known, known)
			}
			if grow != nil {
				grow(share)
			}
			if known { // it was large twice
				grow = nil
			}
			share.Release()
		}
	}
}

// A request that has found out that it is large keeps a connection of the database while
// it waits: not for ever, and not too many of them.
func TestFewLargeRequestsWaitWithAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShares()
		shares := make([]*Share, 7)
		for i := range shares {
			shares[i] = read(t, s, string(rune('a'+i)), "/large")
		}
		if err := shares[0].Take(t.Context(), 2*allowance); err != nil {
			t.Fatal(err)
		}
		begun, errs := time.Now(), make(chan error, len(shares))
		for _, share := range shares[1:6] {
			go func() { errs <- share.Take(t.Context(), 2*allowance) }()
		}
		synctest.Wait()
		if err := shares[6].Take(t.Context(), 2*allowance); domain.KindOf(err) != domain.Unavailable || time.Since(begun) > 0 {
			t.Errorf("one more than a quarter of the connections: %v after %v", err, time.Since(begun))
		}
		for range 5 {
			if err := <-errs; domain.KindOf(err) != domain.Unavailable || time.Since(begun) != patienceStranded {
				t.Errorf("%v after %v, want that it is Unavailable after %v", err, time.Since(begun), patienceStranded)
			}
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
				_, err := s.Write(ctx, client, bytes)
				ok = err == nil
			}()
			synctest.Wait()
			return ok
		}
		upload, err := s.Write(ctx, "a", 99<<20)
		if err != nil {
			t.Fatal(err)
		}
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
		time.Sleep(time.Second) // its client rests
		synctest.Wait()
		if use := s.Use()["write"]; use.Waiting != 0 {
			t.Errorf("use %+v, want that a's second upload goes on", use)
		}
		end()
	})
}

// A request with a body that reads many rows takes a heavy place, and keeps that of its body.
func TestRequestsWithBodiesMayBeHeavy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShares()
		ctx, end := context.WithCancel(t.Context())
		defer end()
		var shares []*Share
		heavy := make(chan *Share, 4)
		for range 4 {
			share, err := s.Write(ctx, "flood", 1)
			if err != nil {
				t.Fatal(err)
			}
			shares = append(shares, share)
			go func() {
				if share.Heavy(ctx) == nil {
					heavy <- share
				}
			}()
		}
		synctest.Wait()
		if use := s.Use(); use["heavy"].Weight != 2 || use["heavy"].Waiting != 2 || use["write"].Weight != 4*64<<20/writes {
			t.Errorf("use %+v, want half of the heavy places, two that wait, and all in their places", use)
		}
		if err := (<-heavy).Take(ctx, 100<<20); err != nil || s.Use()["large"].Weight != 0 {
			t.Errorf("a request with a body is large: %v, %+v", err, s.Use())
		}
		end()
		synctest.Wait()
		for _, share := range shares {
			share.Release()
		}
		if use := s.Use(); use["heavy"].Weight != 0 || use["write"].Weight != 0 {
			t.Errorf("use %+v at the end, want none", use)
		}
	})
}

// Requests that keep a processor busy wait for each other, and hold nothing meanwhile.
func TestComputingLeavesAProcessor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShares()
		ctx, end := context.WithCancel(t.Context())
		for i := range 8 {
			go func() {
				share, err := s.Read(ctx, string(rune('a'+i)), "/compare")
				if err == nil {
					err = share.Compute(ctx)
				}
				if err == nil {
					err = share.Compute(ctx) // another question of the same request
				}
				if err != nil {
					t.Error(err)
				}
				time.Sleep(time.Second)
				share.Release()
			}()
		}
		synctest.Wait()
		places := max(1, min(4, runtime.GOMAXPROCS(0)-1))
		use := s.Use()
		if use["compute"] != (Use{places, 8 - places, 8 - places}) || use["heavy"].Weight != places || use["light"].Weight != 0 {
			t.Errorf("use %+v, want %d places", use, places)
		}
		time.Sleep(9 * time.Second)
		if use := s.Use(); use["compute"].Weight != 0 || use["heavy"].Weight != 0 {
			t.Errorf("afterwards: use %+v", use)
		}
		end()
	})
}

// TestClientsAreOthersAtEveryGate: who floods one gate leaves room to clients that pass another.
func TestClientsAreOthersAtEveryGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShares()
		read(t, s, "other", "/light").Release()
		alone := newShares()
		for range 64 {
			for _, at := range []*Shares{s, alone} {
				go func() {
					if share, err := at.Write(t.Context(), "flood", 0); err == nil {
						<-t.Context().Done()
						share.Release()
					}
				}()
			}
		}
		synctest.Wait()
		beside, whole := s.Use()["write"].Weight, alone.Use()["write"].Weight
		if whole != 32<<20 || beside > whole || beside == 0 || beside != min(whole, 4<<20*2*max(1, runtime.GOMAXPROCS(0)/2)) {
			t.Errorf("beside another client %d bytes are admitted, alone %d", beside, whole)
		}
	})
}

// TestBriefRequestsTakeTurns: a client that floods rests, and another client does not wait.
func TestBriefRequestsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShares()
		begun := time.Now()
		read(t, s, "other", "/light").Release()
		var done atomic.Int32
		for range 300 {
			go func() {
				if s.Turn(t.Context(), "flood") == nil {
					done.Add(1)
				}
			}()
		}
		synctest.Wait()
		if err := s.Turn(t.Context(), "other"); err != nil || time.Since(begun) > 0 {
			t.Errorf("another client waited for %s: %v", time.Since(begun), err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if done := done.Load(); done < 195 || done > 205 {
			t.Errorf("%d brief requests in a second, want 200", done)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if done := done.Load(); done != 300 || len(s.brief.clients) > 0 {
			t.Errorf("%d of 300 brief requests, %d clients are left", done, len(s.brief.clients))
		}
	})
}

// TestAConnectionThatWasCutOffIsNoNeighbour: the request of an uploader that ended before its token was
// read has the key of the address.
func TestAConnectionThatWasCutOffIsNoNeighbour(t *testing.T) {
	for _, c := range []struct {
		gone  bool
		alone bool
	}{{gone: true, alone: true}, {gone: false, alone: false}} {
		synctest.Test(t, func(t *testing.T) {
			s := newShares()
			read(t, s, "uploader", "/light").Release()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if c.gone {
				cancel()
			}
			if err := s.Turn(ctx, "address"); err != nil {
				t.Fatal(err)
			}
			if alone := !s.brief.company.within(meeting); alone != c.alone {
				t.Errorf("gone %t: the uploader is alone %t, want %t", c.gone, alone, c.alone)
			}
		})
	}
}
