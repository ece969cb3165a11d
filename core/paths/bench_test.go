package paths_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/eosc-perf/backend/core/paths"
)

// hosts is a document that keys objects by the names of hosts: so many of 10,000 in all.
func hosts(i, of int) string {
	var text strings.Builder
	for k := range of {
		if k > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `"node-%05d.example.org":%d.5`, (i*of+k)%10_000, i+k)
	}
	return `{"machine":"m1","time":{` + text.String() + `}}`
}

// moments is a document that keys its measurements by the time.
func moments(i, of int) string {
	var text strings.Builder
	for k := range of {
		if k > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `"2026-11-%02dT%02d:%02d:%02d.%06dZ":{"load":%d,"zone":"z%d"}`, 1+i%28, i/28%24, k/60%60, k%60, i, k, k%3)
	}
	return `{"machine":"m1","samples":{` + text.String() + `}}`
}

// BenchmarkSample measures a list of the paths of 1,000 documents, in seconds of processor time.
func BenchmarkSample(b *testing.B) {
	for _, bb := range []struct {
		name string
		text func(i int) string
	}{
		{"the same 24 names", func(i int) string {
			return named("m", 24, func(k int) string { return fmt.Sprint(i * k % 500) })
		}},
		{"150 values of few kinds", func(i int) string {
			return `{"machine":{"cpu":{"count":8,"flags":[` + strings.Repeat(`"avx512",`, 135) + `"x"]}},"score":` + fmt.Sprint(i) + `}`
		}},
		{"10 of 10,000 hosts", func(i int) string { return hosts(i, 10) }},
		{"100 of 10,000 hosts", func(i int) string { return hosts(i, 100) }},
		{"1,000 of 10,000 hosts", func(i int) string { return hosts(i, 1000) }},
		{"10,000 hosts", func(int) string { return hosts(0, 10_000) }},
		{"10 times of their own", func(i int) string { return moments(i, 10) }},
		{"400 times of their own", func(i int) string { return moments(i, 400) }},
		{"1,000 times of their own", func(i int) string { return moments(i, 1000) }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			texts := make([][]byte, 1000)
			for i := range texts {
				texts[i] = []byte(bb.text(i))
			}
			b.ReportAllocs()
			b.ResetTimer()
			before := processorSeconds(b)
			for b.Loop() {
				s := paths.NewSample()
				for _, text := range texts {
					if more, err := s.Offer(b.Context(), text); err != nil || !more {
						break
					}
				}
				if err := s.Finish(b.Context()); err != nil {
					b.Fatal(err)
				}
				summary, err := s.Summarize(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				_, total := summary.Find("", 20, 0, 100)
				b.ReportMetric(float64(total), "paths")
				b.ReportMetric(float64(summary.Weight()), "weight")
				b.ReportMetric(float64(s.Documents()), "documents")
			}
			b.ReportMetric((processorSeconds(b)-before)/float64(b.N), "cpu-s/op")
		})
	}
}

// processorSeconds is the time that processors have worked for this process.
func processorSeconds(b *testing.B) float64 {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}
