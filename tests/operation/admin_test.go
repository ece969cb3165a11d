package operation_test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

func TestExitCodeOfAdminSaysWhatHappened(t *testing.T) {
	noBackup := filepath.Join(process.Repository(t), "go.mod")
	for want, args := range map[int][]string{
		0: {"--version"}, 1: {"backup", "verify", "nowhere"}, 2: {"--nonsense"}, 3: {"backup", "verify", noBackup},
	} {
		if got, out := process.Run(t, process.Program(t, "admin"), nil, args...); got != want {
			t.Errorf("admin %q ended with %d, want %d\n%s", args, got, want, out)
		}
	}
}

// The memory of a restoration is tested beside the command, with larger rows.
func TestMemoryOfBackupDoesNotGrowWithTheDatabase(t *testing.T) {
	const rows, size, atMost = 96, 2 << 20, 128 // rows, bytes of a row, MiB
	for name, database := range harness.Databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from := database(t)
			db := harness.OpenSQL(t, from)
			text := strings.Repeat("0123456789abcdef", size/16)
			for i := range rows {
				insert := fmt.Sprintf("INSERT INTO tag (id, name, description) VALUES ('%s', '%s', $1)", uuid.NewString(), strconv.Itoa(i))
				if _, err := db.ExecContext(t.Context(), insert, text); err != nil {
					t.Fatal(err)
				}
			}
			if peak := peakOfAdmin(t, from, "backup", filepath.Join(t.TempDir(), "big")); peak > atMost {
				t.Errorf("the backup of %d MiB took %d MiB", rows*size>>20, peak)
			}
		})
	}
}

// peakOfAdmin runs the command, with a limit for garbage, and returns the most memory that
// the process had, in MiB.
func peakOfAdmin(t *testing.T, database harness.Settings, args ...string) (peak int) {
	t.Helper()
	environ := database.With(harness.Settings{"APP_ENV": "development", "GOMEMLIMIT": "64MiB"}).Environ()
	p := process.Start(t, process.Program(t, "admin"), environ, args...)
	process.Eventually(t, fmt.Sprintf("admin %q ends", args), func() bool {
		peak = max(peak, p.PeakMemory(t))
		return p.Ended()
	})
	expectExit(t, p, 0)
	t.Logf("admin %q had %d MiB", args, peak)
	return peak
}
