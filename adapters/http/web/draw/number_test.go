package draw_test

import (
	"testing"

	"github.com/eosc-perf/backend/adapters/http/web/draw"
)

func TestALongNameKeepsItsEnd(t *testing.T) {
	for text, want := range map[string]string{
		"svc2.xxl": "svc2.xxl", "NCG-INGRID-PT svc2.xxl": "NCG-INGRID-PT svc2.xxl",
		"CESNET-MCC hpc.8core-16ram": "CESNET-M…c.8core-16ram", "a\nb": "a b",
	} {
		if got := draw.Abbreviated(text, 22); got != want {
			t.Errorf("%q becomes %q, not %q", text, got, want)
		}
	}
}
