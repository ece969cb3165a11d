package wiring

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-isatty"
)

// terminalWriter writes to a terminal. Characters that are not printable, but for line ends
// and tabs, become escapes: texts of other people must not move the cursor, change what is on
// the screen, or turn the direction of what follows. The escapes are those of JSON.
type terminalWriter struct{ to io.Writer }

// Write implements io.Writer.
func (w terminalWriter) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.to, escapeControls(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

func escapeControls(text string) string {
	var out strings.Builder
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1:
			_, _ = fmt.Fprintf(&out, `\x%02x`, text[0]) // a Builder has no errors
		case r == '\n', r == '\t', unicode.IsPrint(r):
			out.WriteRune(r)
		case r > 0xffff:
			_, _ = fmt.Fprintf(&out, `\U%08x`, r)
		default:
			_, _ = fmt.Fprintf(&out, `\u%04x`, r)
		}
		text = text[size:]
	}
	return out.String()
}

// ForTerminals returns the file, or a writer to it that escapes what is not printable if the
// file is a terminal.
func ForTerminals(file *os.File) io.Writer {
	if IsTerminal(file) {
		return terminalWriter{file}
	}
	return file
}

// IsTerminal tells whether what is written there is seen on a terminal.
func IsTerminal(w io.Writer) bool {
	if _, ok := w.(terminalWriter); ok {
		return true
	}
	file, ok := w.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}
