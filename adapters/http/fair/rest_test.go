package fair

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// Who moves many bytes rests for them beside others, and nobody else does.
func TestClientsRestForTheirBytesBesideOthers(t *testing.T) {
	large := func(t *testing.T, s *Shares, client string, bytes int) {
		share := read(t, s, client, "/large")
		if err := share.Take(t.Context(), bytes); err != nil {
			t.Fatal(err)
		}
		share.Release()
	}
	asked := 0 // the same target would pass the gate large
	answer := func(t *testing.T, s *Shares, client string, bytes int) {
		asked++
		share := read(t, s, client, fmt.Sprintf("/schemas?page=%d", asked))
		share.Answer(bytes)
		share.Release()
	}
	write := func(t *testing.T, s *Shares, client string, bytes int) {
		share, err := s.Write(t.Context(), client, bytes)
		if err != nil {
			t.Fatal(err)
		}
		share.Release()
	}
	for _, c := range []struct {
		name   string
		beside bool
		work   func(*testing.T, *Shares, string, int)
		bytes  int
		want   time.Duration
	}{
		{"a large read", true, large, 64 << 20, 2 * time.Second},
		{"a large read of a client that is alone", false, large, 64 << 20, 0},
		{"a large answer of small rows", true, answer, 64 << 20, 1500 * time.Millisecond},
		{"a large answer of a client that is alone", false, answer, 64 << 20, 0},
		{"a usual answer", true, answer, 256 << 10, 0},
		{"a large upload", true, write, 48 << 20, 0},
		{"a very large upload", true, write, 144 << 20, 250 * time.Millisecond},
		{"a large upload of a client that is alone", false, write, 64 << 20, 0},
		{"a usual upload", true, write, 48 << 10, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShares()
				if c.beside {
					read(t, s, "other", "/usual").Release()
				}
				c.work(t, s, "a", c.bytes)
				began := time.Now()
				if c.beside {
					c.work(t, s, "b", c.bytes)
				}
				if took := time.Since(began); took != 0 {
					t.Errorf("another client waits for %s", took)
				}
				c.work(t, s, "a", c.bytes)
				if took := time.Since(began); took != c.want {
					t.Errorf("the client rests for %s, want %s", took, c.want)
				}
			})
		})
	}
}

// Who sends a large body now and then does not wait; who sends them one after the other does.
func TestBytesOfOneClientAddUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const quarter = writeRate / 4 // of what is sent in a second
		s := newShares()
		send := func() (waited time.Duration) {
			t.Helper()
			read(t, s, "other", "/usual").Release()
			began := time.Now()
			share, err := s.Write(t.Context(), "a", quarter)
			if err != nil {
				t.Fatal(err)
			}
			share.Release()
			return time.Since(began)
		}
		for range 8 {
			if waited := send(); waited != 0 {
				t.Errorf("a body a second waits for %s", waited)
			}
			time.Sleep(time.Second)
		}
		for i, want := range []time.Duration{0, 0, 0, 250 * time.Millisecond, 250 * time.Millisecond} {
			if waited := send(); waited != want {
				t.Errorf("body %d waits for %s, want %s", i, waited, want)
			}
		}
		time.Sleep(time.Second)
		synctest.Wait() // for the gate's timer, which forgets the client
		if s.write.clients["a"] != nil {
			t.Error("a client that owes nothing any more is remembered")
		}
	})
}

// A short rest ends no longer one.
func TestTheLongestRestCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := NewGate(Limits{Capacity: 8, PerClient: 4, Crowded: 4, Queue: 8, Queues: 8, Patience: time.Minute})
		gate.company.come("other")
		long, err := gate.pass(t.Context(), "a", 1)
		if err != nil {
			t.Fatal(err)
		}
		short, err := gate.pass(t.Context(), "a", 1)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		long.leave(time.Second)
		short.leave(time.Millisecond)
		if _, err := gate.pass(t.Context(), "a", 1); err != nil || time.Since(began) != time.Second {
			t.Errorf("rest of %s (%v), want a second", time.Since(began), err)
		}
	})
}
