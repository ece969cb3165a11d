package middleware

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/fair"
)

// TestRequestsBehindNoGateArePaced: a client that sends very many of them beside others waits for
// itself. Those that have passed a gate do not wait, and nobody waits alone.
func TestRequestsBehindNoGateArePaced(t *testing.T) {
	const many = 21
	for name, c := range map[string]struct {
		admitted, beside bool
		least, most      time.Duration
	}{
		"beside others":       {false, true, 100 * time.Millisecond, time.Second},
		"alone":               {false, false, 0, 0},
		"admitted":            {true, true, 0, 0},
		"admitted, and alone": {true, false, 0, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			shares := fair.New(fair.Config{Connections: 20, HeavyConnections: 4, ExportConnections: 2, WriteMemory: 64 << 20})
			engine := gin.New()
			engine.Use(Begin(time.Minute), Pace(shares))
			engine.GET("/", func(g *gin.Context) {
				RecordOf(g.Request.Context()).Admitted = c.admitted
				g.Status(http.StatusNotFound)
			})
			begun := time.Now()
			for range many {
				if c.beside { // whatever gate the other client passes
					share, err := shares.Write(t.Context(), "other", 1)
					if err != nil {
						t.Fatal(err)
					}
					share.Release()
				}
				engine.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
			}
			if took := time.Since(begun); took < c.least || took > c.most {
				t.Errorf("%s: %d requests took %s, want %s to %s", name, many, took, c.least, c.most)
			}
		})
	}
}
