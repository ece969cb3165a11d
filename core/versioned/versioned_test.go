package versioned_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eosc-perf/backend/core/versioned"
)

var now = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

type cache = versioned.Cache[string, int, string]

func newCache() *cache {
	return versioned.New[string, int, string](versioned.Limits{Entries: 3, Weight: 100, Age: time.Minute})
}

func want(t *testing.T, c *cache, key string, version int, at time.Time, value string) {
	t.Helper()
	if got, ok := c.Get(key, version, at); got != value || ok != (value != "") {
		t.Errorf("%s at version %d: %q, want %q", key, version, got, value)
	}
}

func TestValuesAreKeptAsLongAsTheirDataAreTheSame(t *testing.T) {
	c := newCache()
	c.Put("a", 1, now, "first", 1)
	want(t, c, "a", 1, now.Add(time.Minute-1), "first")
	want(t, c, "a", 2, now, "")
	c.Put("a", 2, now, "second", 1)
	want(t, c, "a", 2, now, "second")
	want(t, c, "a", 2, now.Add(time.Minute), "")
}

func TestWhatWasUsedLastIsKept(t *testing.T) {
	for name, weight := range map[string]int{"by number": 1, "by weight": 30} {
		t.Run(name, func(t *testing.T) {
			c := newCache()
			for _, key := range []string{"a", "b", "c"} {
				c.Put(key, 1, now, key, weight)
			}
			c.Put("c", 1, now, "c", weight) // in the place of the one before
			want(t, c, "a", 1, now, "a")
			c.Put("d", 1, now, "d", weight)
			want(t, c, "b", 1, now, "")
			for _, key := range []string{"a", "c", "d"} {
				want(t, c, key, 1, now, key)
			}
			c.Put("heavy", 1, now, "heavy", 100)
			want(t, c, "heavy", 1, now, "heavy")
			c.Put("heavy", 1, now, "too heavy", 101)
			want(t, c, "heavy", 1, now, "")
		})
	}
}

func TestWhoWantsTheSameAtOnceMakesItOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache()
		made := 0 // only one goroutine at a time makes a value
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				done, err := c.Begin(t.Context(), "a", 1)
				if err != nil {
					t.Error(err)
					return
				}
				defer done()
				if _, ok := c.Get("a", 1, now); ok {
					return
				}
				time.Sleep(time.Second)
				if made++; made > 1 { // the first one fails
					c.Put("a", 1, now, "value", 1)
				}
			})
		}
		all.Wait()
		if made != 2 {
			t.Errorf("made %d times, want once after the failure", made)
		}
	})
}

func TestWhoWaitsEndsWithTheirRequest(t *testing.T) {
	c := newCache()
	done, err := c.Begin(t.Context(), "a", 1)
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Begin(ended, "a", 1); !errors.Is(err, context.Canceled) {
		t.Errorf("a request that has ended waits: %v", err)
	}
	for key, version := range map[string]int{"a": 2, "b": 1} { // others do not wait
		other, err := c.Begin(ended, key, version)
		if err != nil {
			t.Fatal(err)
		}
		other()
	}
	done()
	if _, err := c.Begin(ended, "a", 1); err != nil {
		t.Error(err)
	}
}
