package filter_test

import (
	"testing"

	"github.com/eosc-perf/backend/core/filter"
)

func BenchmarkParseCondition(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := filter.ParseCondition("machine.cpu.count > 4", limits); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseSort(b *testing.B) {
	fields := []string{"id", "execution_datetime", filter.JSONField}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := filter.ParseSort("+json.result.score,-execution_datetime", fields, limits); err != nil {
			b.Fatal(err)
		}
	}
}
