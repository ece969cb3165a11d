package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// patience is the longest time to wait for who writes into a pipe.
const patience = 5 * time.Second

// ReadFile reads a file of at most so many bytes that a setting names. A pipe that nobody has opened to write
// is empty, and one into which nobody writes is an error after some seconds.
func ReadFile(path string, largest int) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) //nolint:gosec // reading the file that the operator names is the purpose
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	_ = file.SetReadDeadline(time.Now().Add(patience)) // files on a disk have none, and need none
	text, err := io.ReadAll(io.LimitReader(file, int64(largest)+1))
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errNobodyWrites}
	}
	if err == nil && len(text) > largest {
		return nil, &fs.PathError{Op: "read", Path: path, Err: tooLargeError(largest)}
	}
	return text, err
}

var errNobodyWrites = fmt.Errorf("it is a pipe, into which nobody wrote all within %s", patience)

type tooLargeError int

func (e tooLargeError) Error() string { return fmt.Sprintf("is larger than %d bytes", int(e)) }
