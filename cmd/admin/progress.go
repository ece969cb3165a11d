package main

import (
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
)

// isTerminal tells whether a person reads what the program writes to w.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}

// progress shows how far a long job has come. The zero value shows nothing.
type progress struct{ bar *progressbar.ProgressBar }

// newProgress returns a progress that counts to total, which is shown if w is a
// terminal. The description names what is counted.
func newProgress(w io.Writer, description string, total int64) progress {
	if !isTerminal(w) {
		return progress{}
	}
	return progress{progressbar.NewOptions64(total, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(description),
		progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())}
}

// step counts one more.
func (p progress) step() {
	if p.bar != nil {
		_ = p.bar.Add64(1) // the job goes on if the terminal is gone
	}
}

// done removes the bar.
func (p progress) done() {
	if p.bar != nil {
		_ = p.bar.Finish() // the job has ended, if the terminal is gone or not
	}
}
