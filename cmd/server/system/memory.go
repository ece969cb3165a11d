package system

import (
	"context"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
)

// limitMemory tells Go's garbage collector how much memory the cgroup of the process may
// have, unless GOMEMLIMIT says something: three quarters, because Go counts less than the
// cgroup.
func limitMemory(ctx context.Context, log *slog.Logger) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	limit := cgroupLimit("/")
	if limit == 0 {
		return
	}
	limit -= limit / 4
	debug.SetMemoryLimit(limit)
	log.InfoContext(ctx, "Go's memory limit is three quarters of the cgroup's, since GOMEMLIMIT is not set", "bytes", limit)
}

// cgroupLimit returns the memory limit in bytes of the cgroup of this process, or of the
// narrowest one around it; 0 for none. The root is that of the file system.
func cgroupLimit(root string) int64 {
	own, err := os.ReadFile(filepath.Join(root, "proc/self/cgroup")) //nolint:gosec // the root is / but for tests
	if err != nil {
		return 0 // not Linux
	}
	var narrowest int64
	for line := range strings.Lines(string(own)) {
		const fields = 3
		field := strings.SplitN(strings.TrimSpace(line), ":", fields) // cgroups(7)
		if len(field) < fields {
			continue
		}
		folder, file := "", ""
		switch {
		case field[1] == "":
			folder, file = "sys/fs/cgroup", "memory.max"
		case strings.Contains(","+field[1]+",", ",memory,"):
			folder, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		default:
			continue
		}
		for group := path.Clean("/" + field[2]); ; group = path.Dir(group) {
			if limit := readLimit(filepath.Join(root, folder, group, file)); limit > 0 && (narrowest == 0 || limit < narrowest) {
				narrowest = limit
			}
			if group == "/" {
				break
			}
		}
	}
	return narrowest
}

// readLimit returns the limit in a file, 0 for none.
func readLimit(file string) int64 {
	text, err := os.ReadFile(file) //nolint:gosec // a file of the kernel
	if err != nil {
		return 0
	}
	limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	const none = 1 << 50 // cgroups of version 1 write a huge number for no limit
	if err != nil || limit >= none {
		return 0
	}
	return limit
}
