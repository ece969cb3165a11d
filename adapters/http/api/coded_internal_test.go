package api

import (
	"net/http"
	"testing"
)

func TestACodedBodyIsRecognisedInEveryHeader(t *testing.T) {
	for _, c := range []struct {
		codings []string
		want    bool
	}{
		{nil, false},
		{[]string{""}, false},
		{[]string{" Identity "}, false},
		{[]string{"identity, identity"}, false},
		{[]string{"identity,"}, false},
		{[]string{"gzip"}, true},
		{[]string{"identity, gzip"}, true},
		{[]string{"identity", "gzip"}, true},
		{[]string{"", "BR"}, true},
	} {
		header := http.Header{}
		for _, coding := range c.codings {
			header.Add("Content-Encoding", coding)
		}
		if got := isCoded(header); got != c.want {
			t.Errorf("%q: got %t", c.codings, got)
		}
	}
}
