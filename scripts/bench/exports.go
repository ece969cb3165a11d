package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/eosc-perf/backend/scripts/bench/report"
)

// exportName is the name of exports among the kinds of requests.
const exportName = "export"

// exportFormats are the formats that are measured. Parquet reads all results twice.
var exportFormats = []string{"csv", "ndjson", "parquet"}

// exports writes all results into a file of each format, one after the other, on a server that was
// started for each, so that the peak of its memory is that of the export.
func (b *bench) exports(ctx context.Context, s *subject) error {
	for _, format := range exportFormats {
		if err := s.restart(ctx); err != nil {
			return err
		}
		e, err := s.export(ctx, format)
		if err != nil {
			return fmt.Errorf("export %s: %w", format, err)
		}
		if e.Rows != b.counts.Visible {
			b.failures = append(b.failures, fmt.Sprintf("export %s has %d results, want %d", format, e.Rows, b.counts.Visible))
		}
		s.report.Exports = append(s.report.Exports, e)
		progress("%s, export %s: %d results in %.1f s, %.0f MB, server at most %.0f MB", s.report.Name, format, e.Rows, e.Seconds, e.MB, e.PeakMB)
	}
	return nil
}

// export reads one file, and forgets it.
func (s *subject) export(ctx context.Context, format string) (e report.Export, err error) {
	e.Format = format
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.server.address+"/results:export?format="+format, nil)
	if err != nil {
		return e, err
	}
	begun := time.Now()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return e, err
	}
	defer func() { _ = response.Body.Close() }() // it was read to its end
	size, err := io.Copy(io.Discard, response.Body)
	if err != nil {
		return e, err
	}
	if response.StatusCode != http.StatusOK {
		return e, fmt.Errorf("the server answers %s", response.Status)
	}
	e.Seconds, e.MB = time.Since(begun).Seconds(), float64(size)/(1<<20)
	if e.Rows, err = strconv.Atoi(response.Trailer.Get("EOSC-Perf-Rows")); err != nil {
		return e, fmt.Errorf("the file is not complete: %w", err)
	}
	e.PeakMB, err = peakMB(s.server.process.Process.Pid)
	return e, err
}
