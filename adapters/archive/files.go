package archive

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/eosc-perf/backend/ports"
)

// Files are files of the operating system.
type Files struct{}

var _ ports.BackupFiles = Files{}

// Open implements ports.BackupFiles.
func (Files) Open(path string) (io.ReadSeekCloser, error) {
	file, err := os.Open(path) //nolint:gosec // the operator chooses the path
	if err != nil {
		return nil, fmt.Errorf("open the backup: %w; name a file that `admin backup` has made", err)
	}
	return file, nil
}

// Create implements ports.BackupFiles.
func (Files) Create(path string, write func(io.Writer) error) (err error) {
	folder := filepath.Dir(path)
	file, err := os.CreateTemp(folder, "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("make the backup: %w; name a file in a folder that exists, and that this user may write", err)
	}
	defer func() {
		if err != nil {
			_ = file.Close() // err says why already
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

// syncFolder writes the names in a folder to the disk. Not every system can do that;
// the file itself is on the disk in any case.
func syncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // the operator chooses the path
	if err != nil {
		return nil //nolint:nilerr // a folder that can be written but not read
	}
	_ = folder.Sync()
	return folder.Close()
}

// IsFolder implements ports.BackupFiles.
func (Files) IsFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

const (
	namePrefix = "eosc-perf-"
	nameTime   = "20060102T150405Z"
	nameSuffix = ".backup"
)

// Name implements ports.BackupFiles. Names sort by time.
func (Files) Name(folder string, at time.Time) string { return filepath.Join(folder, fileName(at)) }

func fileName(at time.Time) string { return namePrefix + at.UTC().Format(nameTime) + nameSuffix }

// List implements ports.BackupFiles.
func (Files) List(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("look for older backups: %w", err)
	}
	var paths []string
	for _, entry := range slices.Backward(entries) {
		if entry.Type().IsRegular() && isFileName(entry.Name()) {
			paths = append(paths, filepath.Join(folder, entry.Name()))
		}
	}
	return paths, nil
}

func isFileName(text string) bool {
	if len(text) != len(namePrefix)+len(nameTime)+len(nameSuffix) {
		return false
	}
	at, err := time.Parse(namePrefix+nameTime+nameSuffix, text)
	return err == nil && fileName(at) == text
}

// Remove implements ports.BackupFiles.
func (Files) Remove(path string) error {
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove an older backup: %w", err)
	}
	return nil
}
