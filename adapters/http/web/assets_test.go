package web

import (
	"bytes"
	"path"
	"testing"
)

// The sizes of the design: 15 KB of style, 12 KB of script.
func TestStyleAndScriptAreSmall(t *testing.T) {
	a, err := loadAssets()
	if err != nil {
		t.Fatal(err)
	}
	for file, most := range map[string]int{a.Style: 15 * 1024, a.Script: 12 * 1024} {
		if got := len(a.contents[path.Base(file)]); got == 0 || got > most {
			t.Errorf("%s has %d bytes, at most %d are meant", file, got, most)
		} else {
			t.Logf("%s: %d bytes", file, got)
		}
		// Nobody has to ask for less motion: there is none.
		for _, motion := range []string{"transition", "animat", "@keyframes", "smooth", "requestAnimationFrame"} {
			if bytes.Contains(a.contents[path.Base(file)], []byte(motion)) {
				t.Errorf("%s has %q: things do not move on these pages", file, motion)
			}
		}
	}
}
