package api

import (
	"net/http"
	"testing"

	"github.com/eosc-perf/backend/core/domain"
)

func TestAnswersThatFloodsGetKeepTheirPlace(t *testing.T) {
	for _, c := range []struct {
		name, authorization string
		err                 error
		want                bool
	}{
		{"a bad token", "Bearer x", &domain.Error{Kind: domain.Unauthenticated}, true},
		{"no token", "", &domain.Error{Kind: domain.Unauthenticated}, false},
		{"too many requests", "", &domain.Error{Kind: domain.Limited}, true},
		{"no right", "Bearer x", &domain.Error{Kind: domain.Forbidden}, false},
	} {
		r := &http.Request{Header: http.Header{}}
		r.Header.Set("Authorization", c.authorization)
		if got := isRepeated(r, c.err); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
