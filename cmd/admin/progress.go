package wiring

import (
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
)

// IsTerminal tells whether a person reads what is written there.
func IsTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}

// Progress shows how far long work is, if a person watches.
type Progress struct{ bar *progressbar.ProgressBar }

// NewProgress shows nothing where w is no terminal.
func NewProgress(w io.Writer, of string, total int64) Progress {
	if !IsTerminal(w) {
		return Progress{}
	}
	return Progress{progressbar.NewOptions64(total, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(of),
		progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())}
}

// Step is one more done.
func (p Progress) Step() {
	if p.bar != nil {
		_ = p.bar.Add64(1) // it is for the eye only
	}
}

// Done takes the bar away.
func (p Progress) Done() {
	if p.bar != nil {
		_ = p.bar.Finish() // it is for the eye only
	}
}
