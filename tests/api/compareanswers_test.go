package api_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// Answers about tags are kept, and a change of a tag is seen with the next question.
func TestAnswersFollowTheTags(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		w := newBench(t, s, "tagged")
		other := s.Post("alice", "/tags", `{"name":"other tag"}`).Want(t, 201).ID(t)
		result := fmt.Sprint(s.Get("/results?per_page=1&benchmark_id=" + w.benchmark).Items(t)[0]["id"])
		tag := func(ids string) {
			t.Helper()
			s.Do(harness.Call{Method: "PUT", Path: "/results/" + result + "/tags", As: "alice", Body: `{"tags_ids":[` + ids + `]}`}).Want(t, 204)
		}
		first, second := `"`+w.t+`"`, `"`+other+`"`
		want := func(what, question, groups string) {
			t.Helper()
			for range 2 { // the second time it is a kept answer
				var got []string
				for _, group := range w.ask("compare", question).Want(t, 200).Items(t) {
					key, _ := group["key"].(map[string]any)
					got = append(got, fmt.Sprintf("%v %v", key["tag_name"], group["n"]))
				}
				slices.Sort(got) // which median is the least depends on the result that was chosen
				if text := strings.Join(got, ", "); text != groups {
					t.Errorf("%s: %s is %q, want %q", what, question, text, groups)
				}
			}
		}
		byTag, withTag := "&group_by=tag", "&group_by=tag&tags_ids="+other
		want("at first", byTag, "tagged tag 12")
		want("at first", withTag, "")
		tag(first + "," + second)
		want("one more tag", byTag, "other tag 1, tagged tag 12")
		want("one more tag", withTag, "other tag 1, tagged tag 1")
		tag(second)
		want("another tag", byTag, "other tag 1, tagged tag 11")
		s.Do(harness.Call{Method: "PUT", Path: "/tags/" + other, As: "admin", Body: `{"name":"renamed"}`}).Want(t, 204)
		want("another name", byTag, "renamed 1, tagged tag 11")
		s.Do(harness.Call{Method: "DELETE", Path: "/tags/" + other, As: "admin"}).Want(t, 204)
		want("a tag that was removed", byTag, "tagged tag 11")
		series := w.ask("series", "&x=execution_datetime&color=tag").Want(t, 200)
		tag(first)
		if again := w.ask("series", "&x=execution_datetime&color=tag").Want(t, 200); again.Body == series.Body {
			t.Errorf("the series is the same after a change of a tag: %s", again)
		}
	})
}

// While people upload, an answer has no fewer results than were there when it was asked for, and
// no more than when it came; and whoever uploaded sees that in the next answer.
func TestAnswersBesideWriters(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		w := newBench(t, s, "beside")
		const writers, each, before = 3, 8, 12
		var begun, done atomic.Int64
		var all sync.WaitGroup
		results := func(question string) float64 {
			n, _ := w.ask("compare", question).Want(t, 200).Object(t)["results"].(float64)
			return n
		}
		for writer := range writers {
			all.Go(func() {
				for i := range each {
					begun.Add(1)
					w.upload(t, w.a, 10+i, fmt.Sprintf(`{"t":%d}`, 1000*(writer+1)+i))
					least := done.Add(1)
					for _, question := range []string{"", "&group_by=tag", "&tags_ids=" + w.t} {
						if got := results(question); got < float64(before+least) || got > float64(before+begun.Load()) {
							t.Errorf("%q: %v results after %d uploads of %d", question, got, least, begun.Load())
						}
					}
				}
			})
		}
		for range 2 {
			all.Go(func() {
				for last := 0.0; done.Load() < writers*each; {
					least := before + done.Load()
					got := results("&group_by=tag")
					if got < float64(least) || got > float64(before+begun.Load()) || got < last {
						t.Errorf("%v results, at least %d uploaded, %v before", got, least, last)
					}
					last = got
				}
			})
		}
		all.Wait()
		if got := results(""); got != before+writers*each {
			t.Errorf("%v results at the end", got)
		}
	})
}
