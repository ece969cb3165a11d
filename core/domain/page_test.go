package domain_test

import (
	"testing"

	"github.com/eosc-perf/backend/core/domain"
)

func TestPage(t *testing.T) {
	for _, tt := range []struct {
		number, size, total, pages, offset int
		exists                             bool
	}{
		{1, 100, 0, 0, 0, true},
		{2, 100, 0, 0, 100, false},
		{1, 100, 100, 1, 0, true},
		{2, 100, 100, 1, 100, false},
		{2, 100, 101, 2, 100, true},
		{3, 7, 20, 3, 14, true},
		{1 << 40, 100, 20, 1, (1<<40 - 1) * 100, false},
	} {
		page := domain.Page[int]{PageRequest: domain.PageRequest{Number: tt.number, Size: tt.size}, Total: tt.total}
		if page.Pages() != tt.pages || page.Exists() != tt.exists || page.Offset() != tt.offset {
			t.Errorf("%+v: pages %d, exists %t, offset %d", tt, page.Pages(), page.Exists(), page.Offset())
		}
	}
}
