package resultlist_test

import (
	"flag"
	"testing"
)

// TestMain has properties tried with 25 examples, since each is asked of two databases with
// two plans. -rapid.checks=1000 on the command line wins.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "25"); err != nil {
		panic(err)
	}
	m.Run()
}
