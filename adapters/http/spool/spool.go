// Package spool keeps the bytes of requests and answers while a client sends or reads
// them: small ones in memory, others in temporary files without a name, which end with
// the process. What a slow client has not sent or read yet takes space on a disk, and no
// memory, no database connection and no place of a request.
//
// What is kept is charged to its client, and one client gets at most a half.
//
// The package imports core/domain, and knows nothing of HTTP.
package spool

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

const (
	// memory is how much all answers that are kept in memory have together, in bytes.
	memory = 32 << 20
	// largest is the size in bytes of the largest Buffer.
	largest = 256 << 20
	// inMemory is how many bytes of a Buffer stay in memory.
	inMemory = 16 << 10
	// retryAfter is when a client that gets no space should try again.
	retryAfter = 5 * time.Second
)

// The errors of a Buffer that may not grow.
var (
	errShare = domain.LimitedFor(retryAfter,
		"You have too many large requests or answers under way. Read the answers, and try again", nil)
	errFull = domain.UnavailableFor(retryAfter,
		"The server has no space for another large answer at the moment. Ask for less at once, by per_page, or try again later", nil)
	errLargest = domain.Invalidf("The answer has more than %d MiB. Ask for fewer items at once, by per_page", largest>>20)
)

// Spool is the space for all Buffers. A Spool is safe for concurrent use.
type Spool struct {
	folder       string
	memory, disk quota
}

// New returns a spool whose files have at most so many bytes together, in the folder, ""
// for the folder of temporary files. It fails if there can be no file.
func New(folder string, bytes int) (*Spool, error) {
	s := &Spool{
		folder: folder,
		memory: quota{capacity: memory, perClient: memory / 2, clients: map[string]int{}},
		disk:   quota{capacity: bytes, perClient: bytes / 2, clients: map[string]int{}},
	}
	file, err := s.file()
	if err != nil {
		return nil, fmt.Errorf("large answers need a folder for temporary files, which TMPDIR names: %w", err)
	}
	return s, file.Close()
}

// file returns a new file that has lost its name already.
func (s *Spool) file() (*os.File, error) {
	file, err := os.CreateTemp(s.folder, "eosc-perf-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// Use returns how many bytes are kept now.
func (s *Spool) Use() (inMemory, onDisk int) { return s.memory.use(), s.disk.use() }

// Hold charges bytes in memory to the client. It returns false if there is no room: then
// they belong into a Buffer. The caller calls release when the bytes are free.
func (s *Spool) Hold(client string, bytes int) (release func(), held bool) {
	if s.memory.take(client, bytes) != nil {
		return nil, false
	}
	return func() { s.memory.give(client, bytes) }, true
}

// quota is a number of bytes that clients share.
type quota struct {
	capacity, perClient int

	mutex   sync.Mutex
	used    int
	clients map[string]int
}

func (q *quota) take(client string, bytes int) error {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	switch {
	case q.clients[client]+bytes > q.perClient:
		return errShare
	case q.used+bytes > q.capacity:
		return errFull
	}
	q.used += bytes
	q.clients[client] += bytes
	return nil
}

func (q *quota) give(client string, bytes int) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.used -= bytes
	if q.clients[client] -= bytes; q.clients[client] == 0 {
		delete(q.clients, client)
	}
}

func (q *quota) use() int {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return q.used
}

// Buffer keeps bytes of one client: first they are written, then read. It is for one
// goroutine.
type Buffer struct {
	spool  *Spool
	client string
	// memory has all bytes as long as file is nil.
	memory []byte
	file   *os.File
	// size is the number of bytes in the file.
	size int
	// failed is the first error of writing.
	failed error
}

// NewBuffer returns an empty buffer of the client. The caller closes it.
func (s *Spool) NewBuffer(client string) *Buffer { return &Buffer{spool: s, client: client} }

// Err returns the first error of writing, nil for none.
func (b *Buffer) Err() error { return b.failed }

// Size is the number of bytes.
func (b *Buffer) Size() int { return len(b.memory) + b.size }

// Write implements io.Writer. The error is a *domain.Error if the buffer may not grow,
// else one of the disk.
func (b *Buffer) Write(p []byte) (int, error) {
	if b.failed == nil {
		b.failed = b.add(p)
	}
	if b.failed != nil {
		return 0, b.failed
	}
	return len(p), nil
}

func (b *Buffer) add(p []byte) error {
	if b.file == nil && len(b.memory)+len(p) <= inMemory {
		b.memory = append(b.memory, p...)
		return nil
	}
	if b.Size()+len(p) > largest {
		return errLargest
	}
	if err := b.toFile(b.memory); err != nil {
		return err
	}
	b.memory = nil
	return b.toFile(p)
}

func (b *Buffer) toFile(p []byte) (err error) {
	if b.file == nil {
		if b.file, err = b.spool.file(); err != nil {
			return noDisk(err)
		}
	}
	if err := b.spool.disk.take(b.client, len(p)); err != nil {
		return err
	}
	b.size += len(p)
	if _, err := b.file.Write(p); err != nil {
		return noDisk(err)
	}
	return nil
}

func noDisk(cause error) error {
	return domain.UnavailableFor(retryAfter, errFull.Message, fmt.Errorf("write a temporary file: %w", cause))
}

// ReadFrom implements io.ReaderFrom. The buffer must be empty.
func (b *Buffer) ReadFrom(r io.Reader) (int64, error) {
	var err error
	b.memory, err = io.ReadAll(io.LimitReader(r, inMemory))
	read := int64(len(b.memory))
	if err != nil || read < inMemory {
		return read, err
	}
	rest, err := io.Copy(struct{ io.Writer }{b}, r)
	return read + rest, err
}

// ReadAt implements io.ReaderAt.
func (b *Buffer) ReadAt(p []byte, offset int64) (int, error) {
	if b.file != nil {
		return b.file.ReadAt(p, offset)
	}
	if offset >= int64(len(b.memory)) {
		return 0, io.EOF
	}
	n := copy(p, b.memory[offset:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Bytes returns all bytes, in memory.
func (b *Buffer) Bytes() ([]byte, error) {
	if b.file == nil {
		return b.memory, nil
	}
	all := make([]byte, b.size)
	if _, err := b.file.ReadAt(all, 0); err != nil {
		return nil, fmt.Errorf("read a temporary file: %w", err)
	}
	return all, nil
}

// Close forgets all bytes.
func (b *Buffer) Close() {
	b.memory = nil
	if b.file == nil {
		return
	}
	// The file has no name: nothing is left of it, whatever the error.
	_ = b.file.Close()
	b.spool.disk.give(b.client, b.size)
	b.file, b.size = nil, 0
}
