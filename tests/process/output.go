package process

import (
	"bytes"
	"strings"
	"sync"
)

// Output collects what a process prints, or a server logs, while several goroutines
// write and read. The zero value is empty.
type Output struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.Write(p)
}

// String returns everything that was written so far.
func (o *Output) String() string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.String()
}

// Contains reports whether the text was written so far.
func (o *Output) Contains(text string) bool {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return bytes.Contains(o.text.Bytes(), []byte(text))
}

// Tail returns the last n bytes, or everything if there is less.
func (o *Output) Tail(n int) string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	text := o.text.Bytes()
	return string(text[max(0, len(text)-n):])
}

// Errors returns the lines of a JSON log that have the level ERROR.
func (o *Output) Errors() []string {
	var found []string
	for line := range strings.Lines(o.String()) {
		if strings.Contains(line, `"level":"ERROR"`) {
			found = append(found, line)
		}
	}
	return found
}
