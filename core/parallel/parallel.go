// Package parallel shares work among processors.
package parallel

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Each calls work with each number below n, on as many processors as there are, and returns when all calls have.
// If one panics, Each panics too.
func Each(n int, work func(int)) {
	var begun atomic.Int64
	var first sync.Once
	var panicked error
	some := func() {
		defer func() {
			if cause := recover(); cause != nil {
				first.Do(func() { panicked = fmt.Errorf("%v\n%s", cause, debug.Stack()) })
			}
		}()
		for i := int(begun.Add(1)) - 1; i < n; i = int(begun.Add(1)) - 1 {
			work(i)
		}
	}
	var others sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) - 1 {
		others.Go(some)
	}
	some()
	others.Wait()
	if panicked != nil {
		panic(panicked)
	}
}
