// Package trackedfiles checks that the repository holds source only: git tracks no
// executable binary and no large file.
//
// It imports the standard library only.
package trackedfiles

import (
	"bytes"
	"context"
	"debug/elf"
	"debug/macho"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// MaxBytes is the largest size of a tracked file.
const MaxBytes = 1_000_000

// executable names the format of a binary and the bytes that such a file begins with.
type executable struct {
	format string
	magic  []byte
}

// executables are the formats of Linux, macOS and Windows. Mach-O files have the byte
// order of their machine, universal ones are always big-endian.
var executables = []executable{
	{"ELF", []byte(elf.ELFMAG)},
	{"Mach-O", binary.BigEndian.AppendUint32(nil, macho.Magic32)},
	{"Mach-O", binary.LittleEndian.AppendUint32(nil, macho.Magic32)},
	{"Mach-O", binary.BigEndian.AppendUint32(nil, macho.Magic64)},
	{"Mach-O", binary.LittleEndian.AppendUint32(nil, macho.Magic64)},
	{"Mach-O", binary.BigEndian.AppendUint32(nil, macho.MagicFat)},
	{"PE", []byte("MZ")},
}

// Refused returns one line for each file that git tracks in the folder and that a
// repository of source must not hold. Files that were deleted and are still tracked
// are ignored.
func Refused(ctx context.Context, folder string) ([]string, error) {
	command := exec.CommandContext(ctx, "git", "ls-files", "-z")
	command.Dir = folder
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("list the files that git tracks in %s: %w", folder, err)
	}
	var refused []string
	for name := range strings.SplitSeq(strings.TrimSuffix(string(output), "\x00"), "\x00") {
		reason, err := refusal(filepath.Join(folder, name))
		if err != nil {
			return nil, err
		}
		if reason != "" {
			refused = append(refused, name+" "+reason)
		}
	}
	return refused, nil
}

// refusal says why the file must not be tracked, "" if it may be.
func refusal(path string) (string, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("check a tracked file: %w", err)
	}
	if info.Size() > MaxBytes {
		return fmt.Sprintf("has %d bytes, more than %d", info.Size(), MaxBytes), nil
	}
	file, err := os.Open(path) //nolint:gosec // a file that git tracks
	if err != nil {
		return "", fmt.Errorf("check a tracked file: %w", err)
	}
	defer func() { _ = file.Close() }() // nothing was written
	start := make([]byte, len(elf.ELFMAG))
	n, err := io.ReadFull(file, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", fmt.Errorf("read the tracked file %s: %w", path, err)
	}
	for _, e := range executables {
		if bytes.HasPrefix(start[:n], e.magic) {
			return "is an executable binary (" + e.format + ")", nil
		}
	}
	return "", nil
}
