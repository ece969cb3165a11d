package config

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// ReadFile reads a file of at most so many bytes that a setting names. Nothing waits for it: a pipe
// that nobody writes is empty.
func ReadFile(path string, largest int) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) //nolint:gosec // reading the file that the operator names is the purpose
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, int64(largest)+1))
	if err == nil && len(text) > largest {
		return nil, &fs.PathError{Op: "read", Path: path, Err: tooLargeError(largest)}
	}
	return text, err
}

type tooLargeError int

func (e tooLargeError) Error() string { return fmt.Sprintf("is larger than %d bytes", int(e)) }
