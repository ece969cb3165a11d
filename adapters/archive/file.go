package archive

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Check reads a whole backup, and returns what it is of and what it holds. Errors:
// those of NewReader and Next. While it reads, seen is told of each row.
func Check(from io.Reader, seen func()) (Header, Manifest, error) {
	r, err := NewReader(from)
	if err != nil {
		return Header{}, Manifest{}, err
	}
	defer r.Close()
	for {
		_, _, err := r.Next()
		if errors.Is(err, io.EOF) {
			return r.Header, r.Manifest(), nil
		}
		if err != nil {
			return r.Header, Manifest{}, err
		}
		seen()
	}
}

// CheckFile is Check of a file.
func CheckFile(path string) (Header, Manifest, error) {
	file, err := os.Open(path) //nolint:gosec // the operator's own choice
	if err != nil {
		return Header{}, Manifest{}, fmt.Errorf("open the backup: %w", err)
	}
	defer func() { _ = file.Close() }() // it was read only
	header, manifest, err := Check(file, func() {})
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return header, manifest, err
}

// Create makes a file, for nobody but us, that is there when it is whole and on
// disk: one of that name is replaced then, and stays if write fails.
func Create(path string, write func(io.Writer) error) (err error) {
	folder := filepath.Dir(path)
	file, err := os.CreateTemp(folder, "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("make the backup: %w", err)
	}
	defer func() {
		if err != nil {
			_ = file.Close() // err tells why already
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if err := write(file); err != nil {
		return err
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return fmt.Errorf("give the backup its name: %w", err)
	}
	return syncFolder(folder)
}

// syncFolder brings a new name in the folder to the disk. Not every system can; the
// file itself is there then.
func syncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // the operator's own choice
	if err != nil {
		return nil //nolint:nilerr // a folder that can be written but not read
	}
	_ = folder.Sync()
	return folder.Close()
}

const (
	namePrefix = "eosc-perf-"
	nameTime   = "20060102T150405Z"
	nameSuffix = ".backup"
)

// Name is that of a backup in a folder of them; names sort by time.
func Name(at time.Time) string { return namePrefix + at.UTC().Format(nameTime) + nameSuffix }

// Rotation is what became of the backups in a folder.
type Rotation struct {
	// Kept, Removed and Damaged are paths, the newest first. What is damaged is
	// not counted, and left where it is unless it is older than all that are kept.
	Kept, Removed, Damaged []string
}

// Rotate keeps the newest backups that are whole, and removes what is older. Files
// whose names are not from Name are no business of it.
func Rotate(folder string, keep int) (Rotation, error) {
	done, err := TryRotate(folder, keep)
	for i, path := range done.Removed {
		if err := os.Remove(path); err != nil {
			done.Removed = done.Removed[:i]
			return done, fmt.Errorf("remove an older backup: %w", err)
		}
	}
	return done, err
}

// TryRotate tells what Rotate would do, and removes nothing.
func TryRotate(folder string, keep int) (Rotation, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return Rotation{}, fmt.Errorf("look for older backups: %w", err)
	}
	var done Rotation
	for _, entry := range slices.Backward(entries) {
		if !entry.Type().IsRegular() || !isName(entry.Name()) {
			continue
		}
		path := filepath.Join(folder, entry.Name())
		if len(done.Kept) == keep {
			done.Removed = append(done.Removed, path)
			continue
		}
		if _, _, err := CheckFile(path); err != nil {
			done.Damaged = append(done.Damaged, path)
			continue
		}
		done.Kept = append(done.Kept, path)
	}
	return done, nil
}

func isName(name string) bool {
	if len(name) != len(namePrefix)+len(nameTime)+len(nameSuffix) {
		return false
	}
	at, err := time.Parse(namePrefix+nameTime+nameSuffix, name)
	return err == nil && Name(at) == name
}
