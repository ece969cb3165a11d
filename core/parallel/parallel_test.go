package parallel_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/eosc-perf/backend/core/parallel"
)

func TestEachNumberIsWorkedOnOnce(t *testing.T) {
	for _, n := range []int{0, 1, 2, 100} {
		calls := make([]atomic.Int64, n)
		parallel.Each(n, func(i int) { calls[i].Add(1) })
		for i := range calls {
			if got := calls[i].Load(); got != 1 {
				t.Errorf("of %d numbers, %d had %d calls", n, i, got)
			}
		}
	}
}

func TestPanicsOfOthersReachTheCaller(t *testing.T) {
	for n := range 4 {
		func() {
			defer func() {
				if cause, ok := recover().(error); !ok || !strings.Contains(cause.Error(), "spilt") {
					t.Errorf("number %d panicked, the caller got %v", n, cause)
				}
			}()
			parallel.Each(4, func(i int) {
				if i == n {
					panic("spilt")
				}
			})
		}()
	}
}
