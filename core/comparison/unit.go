package comparison

import (
	"slices"
	"strings"
)

// speedUnits are units of times and rates, of which one says "faster" and "slower".
var speedUnits = []string{
	"s", "ms", "us", "\u00b5s", "ns", "min", "h", "sec", "second", "seconds", "minute", "minutes", "hour", "hours", "Hz", "kHz", "MHz", "GHz",
}

// IsSpeed tells whether a unit is that of a time or a rate.
func IsSpeed(unit string) bool {
	if slices.Contains(speedUnits, unit) || strings.HasSuffix(unit, "/s") || strings.HasSuffix(unit, "ps") {
		return true
	}
	upper := strings.ToUpper(unit)
	return strings.HasSuffix(upper, "FLOPS") || strings.HasSuffix(upper, "IOPS")
}
