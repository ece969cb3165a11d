package filter_test

import (
	"testing"

	"github.com/eosc-perf/backend/core/filter"
)

// The prefixes are those of the SI brochure, table 7, and of IEC 80000-13.
func TestUnitsTakeEveryPrefix(t *testing.T) {
	for prefix, want := range map[string]string{
		"": "1e0", "q": "1e-30", "r": "1e-27", "y": "1e-24", "z": "1e-21", "a": "1e-18", "f": "1e-15", "p": "1e-12", "n": "1e-9",
		"\u00b5": "1e-6", "\u03bc": "1e-6", "u": "1e-6", "m": "1e-3", "c": "1e-2", "d": "1e-1", "da": "1e1", "h": "1e2", "k": "1e3",
		"M": "1e6", "G": "1e9", "T": "1e12", "P": "1e15", "E": "1e18", "Z": "1e21", "Y": "1e24", "R": "1e27", "Q": "1e30",
		"Ki": "1024e0", "Mi": "1048576e0", "Gi": "1073741824e0", "Ti": "1099511627776e0", "Pi": "1125899906842624e0",
		"Ei": "1152921504606846976e0", "Zi": "1180591620717411303424e0", "Yi": "1208925819614629174706176e0",
		"Ri": "1237940039285380274899124224e0", "Qi": "1267650600228229401496703205376e0",
	} {
		for _, base := range []string{"s", "Hz", "b", "b/s", "FLOPS", "FLOP/s", "W", "J", "op/s", "IOPS"} {
			unit, ok := filter.ParseUnit(prefix + base)
			if !ok || unit.FactorInBase() != want {
				t.Errorf("%s: %v, %s in the base unit, want %s", prefix+base, ok, unit.FactorInBase(), want)
			}
		}
	}
}

func TestUnitsThatAreNone(t *testing.T) {
	for _, symbol := range []string{"", "k", "KB", "dB", "kmin", "k%", "hh", "ks ", "S", "hz", "mimi", "Kis/s"} {
		if unit, ok := filter.ParseUnit(symbol); ok {
			t.Errorf("%q is %+v", symbol, unit)
		}
	}
}
