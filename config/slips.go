package config

import (
	"maps"
	"slices"
)

// warnOfSlips warns of names in the sources that are no setting, but look like the slip of
// somebody who wanted to write one: BODY_LIMITS, DB_PROT. All other names belong to other
// programs.
func (l *loader) warnOfSlips(sources ...map[string]string) {
	known := map[string]bool{}
	for _, setting := range settings {
		known[setting.Name] = true
	}
	for _, source := range sources {
		for _, name := range slices.Sorted(maps.Keys(source)) {
			if meant := meantBy(name); !known[name] && meant != "" {
				l.warn(name, "is no setting, and has no effect: is %s meant?", meant)
			}
		}
	}
}

// meantBy returns the setting that differs from the name by one slip, empty if there is
// none: one letter too many, missing, or another one, or two letters in the wrong order.
func meantBy(name string) string {
	for _, setting := range settings {
		if isSlip(name, setting.Name) {
			return setting.Name
		}
	}
	return ""
}

// isSlip tells whether the texts differ by one slip.
func isSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || a == b {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	swapped := i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	return swapped || a[i+1:] == b[i+1:]
}
