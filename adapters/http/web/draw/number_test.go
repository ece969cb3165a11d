package draw_test

import (
	"testing"

	"github.com/eosc-perf/backend/adapters/http/web/draw"
)

func TestDigits(t *testing.T) {
	for value, want := range map[float64]string{
		0: "0", 28.08: "28.1", 94.91: "94.9", 105.2: "105", 999.4: "999", 999.6: "1\u202f000", 1017: "1\u202f017", 2270.6: "2\u202f271",
		20346: "20\u202f350", 1234567: "1\u202f235\u202f000", 0.27: "0.270", 9.996: "10.0", 0.00012: "0.000120", 1e-12: "1.00e\u221212",
		1.5e12: "1.50e12", -3.14159: "\u22123.14", 1e7: "1.00e7", 5e-324: "4.94e\u2212324",
	} {
		if got := draw.Digits(value); got != want {
			t.Errorf("Digits(%g) is %q, want %q", value, got, want)
		}
	}
}

func TestCountHasAllDigits(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1\u202f000", 20346: "20\u202f346", 1234567: "1\u202f234\u202f567"} {
		if got := draw.Count(n); got != want {
			t.Errorf("Count(%d) is %q, want %q", n, got, want)
		}
	}
}

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
