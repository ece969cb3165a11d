package spool

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/eosc-perf/backend/core/domain"
)

func newSpool(t *testing.T, bytes int) *Spool {
	t.Helper()
	s, err := New(t.TempDir(), bytes)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBuffersReturnWhatTheyGot(t *testing.T) {
	s := newSpool(t, 1<<20)
	for _, size := range []int{0, 1, inMemory - 1, inMemory, inMemory + 1, 3*inMemory + 7} {
		want := bytes.Repeat([]byte("0123456789abc"), size/13+1)[:size]
		for how, fill := range map[string]func(*Buffer) error{
			"written at once": func(b *Buffer) error { _, err := b.Write(want); return err },
			"written in parts": func(b *Buffer) error {
				_, err := io.Copy(struct{ io.Writer }{b}, iotest.HalfReader(bytes.NewReader(want)))
				return err
			},
			"read": func(b *Buffer) error { _, err := b.ReadFrom(bytes.NewReader(want)); return err },
		} {
			b := s.NewBuffer("client")
			if err := fill(b); err != nil {
				t.Fatal(err)
			}
			got, err := b.Bytes()
			if err != nil || !bytes.Equal(got, want) || b.Size() != size {
				t.Errorf("%d bytes %s: %d of size %d came back (%v)", size, how, len(got), b.Size(), err)
			}
			parts, err := io.ReadAll(io.NewSectionReader(b, 0, int64(size)))
			if err != nil || !bytes.Equal(parts, want) {
				t.Errorf("%d bytes %s: %d were read (%v)", size, how, len(parts), err)
			}
			b.Close()
			if _, onDisk := s.Use(); onDisk != 0 {
				t.Errorf("%d bytes %s: %d are still charged", size, how, onDisk)
			}
		}
	}
	if files, err := os.ReadDir(s.folder); len(files) > 0 || err != nil {
		t.Errorf("files %v (%v), want that none has a name", files, err)
	}
}

// A client that reads nothing uses up its own half, and nobody else's.
func TestClientsShareTheDisk(t *testing.T) {
	s := newSpool(t, 8*inMemory)
	fill := func(client string, size int) (*Buffer, error) {
		b := s.NewBuffer(client)
		_, err := b.Write(make([]byte, size))
		return b, err
	}
	first, err := fill("a", 3*inMemory)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fill("a", 2*inMemory); domain.KindOf(err) != domain.Limited {
		t.Errorf("more than half: %v, want that it is Limited", err)
	}
	if _, err := fill("b", 4*inMemory); err != nil {
		t.Errorf("another client: %v", err)
	}
	if _, err := fill("c", 2*inMemory); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("more than there is: %v, want that it is Unavailable", err)
	}
	first.Close()
	if _, err := fill("c", 2*inMemory); err != nil {
		t.Errorf("when a has read: %v", err)
	}
}

func TestClientsShareTheMemory(t *testing.T) {
	s := newSpool(t, 1<<20)
	release, held := s.Hold("a", memory/2)
	if _, more := s.Hold("a", 1); !held || more {
		t.Error("a client holds more than half")
	}
	if _, held := s.Hold("b", memory/2); !held {
		t.Error("another client holds nothing")
	}
	release()
	if _, held := s.Hold("a", memory/2); !held {
		t.Error("what was released is not free")
	}
}

func TestBuffersHaveALargestSize(t *testing.T) {
	s := newSpool(t, 4*largest)
	b := s.NewBuffer("a")
	defer b.Close()
	b.size = largest // as if they were written
	s.disk.used, s.disk.clients["a"] = largest, largest
	if _, err := b.Write(make([]byte, inMemory+1)); domain.KindOf(err) != domain.Invalid || !strings.Contains(err.Error(), "per_page") {
		t.Errorf("%v, want that it says what to do", err)
	}
}

func TestDiskIsFull(t *testing.T) {
	s := newSpool(t, 1<<20)
	s.folder += "/gone"
	_, err := s.NewBuffer("a").Write(make([]byte, inMemory+1))
	if domain.KindOf(err) != domain.Unavailable || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v, want that it is Unavailable, and the log gets the cause", err)
	}
	if _, err := New(s.folder, 1); err == nil || !strings.Contains(err.Error(), "TMPDIR") {
		t.Errorf("a folder without files: %v, want what to do", err)
	}
}
