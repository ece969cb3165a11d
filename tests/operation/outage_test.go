package operation_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// outageVariable names the environment variable that says how long PostgreSQL is
// gone, such as 1m.
const outageVariable = "OUTAGE"

func outage(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv(outageVariable)
	if text == "" {
		return 3 * time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("%s: %v", outageVariable, err)
	}
	return d
}

// TestServerRecoversWhenTheDatabaseWasGone: PostgreSQL crashes, or is restarted, under load. Meanwhile
// everything is 503, afterwards it goes on by itself, and what was answered with
// 201 is there, once.
func TestServerRecoversWhenTheDatabaseWasGone(t *testing.T) {
	database := pgtest.StartServer(t)
	w := underLoad(t, harness.OnPostgres(&database.Database))
	for name, end := range map[string]func(){"crash": database.Crash, "stop": database.Stop} {
		stop := w.load(t)
		w.progress(t, "before a "+name)
		refused := w.refused.Load()
		end()
		process.Eventually(t, "503 after a "+name, func() bool { return w.refused.Load() > refused })
		process.Eventually(t, "not ready", func() bool { return process.Status(w.Base+"/readyz") == http.StatusServiceUnavailable })
		if code := process.Status(w.Base + "/healthz"); code != http.StatusOK {
			t.Errorf("without its database the server answers /healthz with %d", code)
		}
		time.Sleep(outage(t))
		database.Start(t)
		w.progress(t, "after a "+name)
		process.Eventually(t, "ready", func() bool { return process.Answers(w.Base + "/readyz") })
		stop()
	}
	// A restart so short that the server sees nothing but broken connections.
	stop := w.load(t)
	for range 3 {
		w.progress(t, "between restarts")
		database.Crash()
		database.Start(t)
	}
	w.progress(t, "after the restarts")
	stop()
	w.verify(t)

	// Both at once.
	stop = w.load(t)
	w.progress(t, "before the end of both")
	w.kill(t)
	database.Crash()
	stop()
	database.Start(t)
	w.restart(t)
	w.verify(t)
}

// TestKilledServerLosesNothingItAnswered: kill -9 under load loses nothing that was answered with 201.
func TestKilledServerLosesNothingItAnswered(t *testing.T) {
	for name, settings := range harness.Databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := underLoad(t, settings(t))
			for range 2 {
				stop := w.load(t)
				w.progress(t, "before the end")
				w.kill(t)
				stop()
				w.restart(t)
				w.verify(t)
			}
		})
	}
}

// workload is a server in a process of its own, and people who upload and read.
type workload struct {
	*harness.Server
	*process.Process
	environ []string
	address string
	fixture harness.Fixture

	number  atomic.Int64
	refused atomic.Int64
	// gone tells that the server was killed: no answer is no fault.
	gone  atomic.Bool
	mutex sync.Mutex
	// stored are the uploads that were answered with 201: their numbers by id.
	stored map[string]int64
}

func underLoad(t *testing.T, database harness.Settings) *workload {
	t.Helper()
	w := &workload{address: process.FreeAddress(t), stored: map[string]int64{}}
	w.environ = database.With(harness.Settings{"APP_ENV": "development", "LOG_FORMAT": "json", "LISTEN_ADDRESS": w.address}).Environ()
	w.restart(t)
	w.fixture = w.NewFixture("load")
	return w
}

// restart starts the server, with the tokens that it gives out from now on.
func (w *workload) restart(t *testing.T) {
	t.Helper()
	w.Process = process.StartServer(t, w.environ)
	w.Server = harness.At(t, "http://"+w.address, w.Output)
	w.gone.Store(false)
	w.AwaitReady(t, w.Base)
}

func (w *workload) kill(t *testing.T) {
	t.Helper()
	w.gone.Store(true)
	w.Kill(t)
	w.expectNoErrors(t)
}

func (w *workload) expectNoErrors(t *testing.T) {
	t.Helper()
	if found := w.Logs.Errors(); len(found) > 0 {
		t.Errorf("an outage is no error of ours, but the log has:\n%s", strings.Join(found, ""))
	}
}

// load lets people upload and read until the function that it returns is called.
func (w *workload) load(t *testing.T) (stop func()) {
	t.Helper()
	var people sync.WaitGroup
	done := make(chan struct{})
	token := w.Token("alice")
	for i := range 8 {
		people.Go(func() {
			for {
				select {
				case <-done:
					return
				case <-time.After(10 * time.Millisecond): // during an outage answers come at once
				}
				if i%4 == 0 {
					w.read(t)
				} else {
					w.upload(t, token)
				}
			}
		})
	}
	return func() {
		close(done)
		people.Wait()
	}
}

// progress waits until uploads succeed.
func (w *workload) progress(t *testing.T, when string) {
	t.Helper()
	count := func() int {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		return len(w.stored)
	}
	before := count()
	process.Eventually(t, "uploads "+when, func() bool { return count() >= before+50 })
}

func (w *workload) upload(t *testing.T, token string) {
	n := w.number.Add(1)
	request, err := http.NewRequestWithContext(
		t.Context(), http.MethodPost, w.Base+w.fixture.UploadPath(""),
		strings.NewReader(fmt.Sprintf(`{"score":%d}`, n)),
	)
	if err != nil {
		t.Error(err)
		return
	}
	request.Header.Set("Authorization", "Bearer "+token)
	if body := w.ask(t, request, http.StatusCreated); body != "" {
		var result struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal([]byte(body), &result); err != nil {
			t.Errorf("%s: %v", body, err)
		}
		w.mutex.Lock()
		defer w.mutex.Unlock()
		w.stored[result.ID] = n
	}
}

func (w *workload) read(t *testing.T) {
	request, err := http.NewRequestWithContext(
		t.Context(), http.MethodGet, w.Base+"/results?per_page=3&benchmark_id="+w.fixture.Benchmark, nil,
	)
	if err != nil {
		t.Error(err)
		return
	}
	w.ask(t, request, http.StatusOK)
}

// ask returns the body of the answer if it has the status, "" if it is a proper
// 503; anything else is a fault unless the server was killed.
func (w *workload) ask(t *testing.T, request *http.Request, want int) string {
	response, err := http.DefaultTransport.RoundTrip(request)
	if err == nil {
		var body []byte
		body, err = io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err == nil && response.StatusCode == want {
			return string(body)
		}
		if err == nil && response.StatusCode == http.StatusServiceUnavailable && response.Header.Get("Retry-After") != "" {
			w.refused.Add(1)
			return ""
		}
		if err == nil {
			err = fmt.Errorf("%s %v %s", response.Status, response.Header, body)
		}
	}
	if !w.gone.Load() {
		t.Errorf("%s %s: %v", request.Method, request.URL, err)
	}
	return ""
}

// verify reads all results, and misses none that was answered with 201, nor finds
// one twice.
func (w *workload) verify(t *testing.T) {
	t.Helper()
	w.expectNoErrors(t)
	found, numbers := map[string]int64{}, map[int64]int{}
	for page, more := 1, true; more; page++ {
		answer := w.Get("/results?sort_by=%2Bupload_datetime&benchmark_id="+w.fixture.Benchmark+"&page="+strconv.Itoa(page)).Want(
			t, http.StatusOK,
		)
		for _, item := range answer.Items(t) {
			document, _ := item["json"].(map[string]any)
			id, _ := item["id"].(string)
			score, _ := document["score"].(float64)
			found[id] = int64(score)
			numbers[int64(score)]++
		}
		more, _ = answer.Object(t)["has_next"].(bool)
	}
	for id, n := range w.stored {
		if found[id] != n {
			t.Errorf("upload %d was answered with 201 as %s: it is not there", n, id)
		}
	}
	for n, times := range numbers {
		if times > 1 {
			t.Errorf("upload %d is there %d times", n, times)
		}
	}
	t.Logf("%d uploads: %d answered with 201, %d there; %d requests were 503", w.number.Load(), len(w.stored), len(found), w.refused.Load())
}
