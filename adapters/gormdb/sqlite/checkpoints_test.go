package sqlite

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// opened makes a database whose log is written into the file after so many pages.
func opened(t *testing.T, pages int) (path string, writer *sql.DB) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "test.db")
	if err := create(path); err != nil {
		t.Fatal(err)
	}
	writer, err := openWriter(path, pages)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := writer.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := writer.ExecContext(t.Context(), "CREATE TABLE test (text TEXT)"); err != nil {
		t.Fatal(err)
	}
	return path, writer
}

// commit commits a transaction that writes some 25 pages.
func commit(ctx context.Context, writer *sql.DB) error {
	tx, err := writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, "INSERT INTO test VALUES (hex(randomblob(50000)))"); err != nil {
		return err
	}
	return tx.Commit()
}

func sizeOf(t *testing.T, path string) int64 {
	t.Helper()
	found, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return found.Size()
}

func TestTheLogIsWrittenIntoTheFileWithoutAPauseOfUnitsOfWork(t *testing.T) {
	path, writer := opened(t, 100)
	// A reader that comes and goes, as requests do.
	reader, err := openPool(path, settings(readerCache), 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	deadline := time.Now().Add(time.Minute)
	for n := 1; ; n++ {
		if err := commit(t.Context(), writer); err != nil {
			t.Fatal(err)
		}
		var rows int
		if err := reader.QueryRowContext(t.Context(), "SELECT count(*) FROM test").Scan(&rows); err != nil || rows != n {
			t.Fatalf("%d rows, %v; want %d", rows, err, n)
		}
		// A checkpoint began more than ten times, and the log began anew: it is smaller than what was written.
		if n >= 100 && sizeOf(t, path) > 4<<20 && sizeOf(t, path+"-wal") < int64(n)*50_000 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("after %d commits the file has %d bytes, and the log %d", n, sizeOf(t, path), sizeOf(t, path+"-wal"))
		}
	}
}

func TestClosingWritesTheLogIntoTheFile(t *testing.T) {
	path, writer := opened(t, 10)
	for range 100 { // 2,500 pages
		if err := commit(t.Context(), writer); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); !os.IsNotExist(err) {
		t.Errorf("the log is there after closing: %v", err)
	}
}
