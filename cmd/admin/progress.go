package main

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/eosc-perf/backend/cmd/wiring"
)

// bar shows a person at a terminal how far a job is. It implements maintenance.Progress.
type bar struct {
	out         io.Writer
	description string
	shown       *progressbar.ProgressBar
}

// newBar returns a bar that shows nothing if out is no terminal.
func newBar(out io.Writer, description string) *bar { return &bar{out: out, description: description} }

// Advance implements maintenance.Progress.
func (b *bar) Advance(done, total int64) {
	if b.shown == nil {
		if !wiring.IsTerminal(b.out) {
			return
		}
		b.shown = progressbar.NewOptions64(total, progressbar.OptionSetWriter(b.out), progressbar.OptionSetDescription(b.description),
			progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	_ = b.shown.Set64(done) // the bar is for the eye only
}

// remove takes the bar from the terminal.
func (b *bar) remove() {
	if b.shown != nil {
		_ = b.shown.Finish() // the bar is for the eye only
	}
}
