package fair

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// Long checks of one client wait for each other, and the clients take turns.
func TestLongChecksTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShares()
		check := func(client string) {
			leave, err := s.Check(t.Context(), client)
			if err != nil {
				t.Error(err)
				return
			}
			time.Sleep(time.Second)
			leave()
		}
		for range 6 {
			go check("flood")
		}
		synctest.Wait()
		places := max(1, (runtime.GOMAXPROCS(0)-1)/2)
		if use := s.Use()["check"]; use.Weight != places || use.Waiting != 6-places {
			t.Errorf("use %+v, want that %d of 6 work", use, places)
		}
		begun := time.Now()
		check("other")
		if took := time.Since(begun); took > 3*time.Second {
			t.Errorf("another client waited for %s, want for two at most", took-time.Second)
		}
		time.Sleep(10 * time.Second)
		if use := s.Use()["check"]; use.Weight != 0 {
			t.Errorf("afterwards: use %+v", use)
		}
	})
}
