package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// same expects that the storage returns what was stored.
func same[T any](t *testing.T, what string, got *T, err error, want *T) {
	t.Helper()
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s\n got %+v (%v)\nwant %+v", what, got, err, want)
	}
}

func usersAreStored(t *testing.T, w *world) {
	stored := w.user(t)
	got, err := w.Repos().Users.Get(t.Context(), stored.UserID)
	same(t, "user", got, err, stored)
	another := stored.UserID
	another.Issuer = "https://op.example.org"
	if _, err := w.Repos().Users.Get(t.Context(), another); !errors.Is(err, ports.ErrNotFound) {
		t.Errorf("the user %+v is another one: got %v, want ErrNotFound", another, err)
	}
}

func reviewedIsStored(t *testing.T, w *world) {
	ctx, r, by := t.Context(), w.Repos(), w.user(t)
	submit := &domain.Submit{ID: uuid.New(), ResourceType: domain.SiteResource, UploadedAt: noon}
	w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Submits.Add(ctx, submit) })
	for _, description := range []*string{nil, ptr(""), ptr("of it")} {
		for _, review := range []domain.Review{approved(), {Status: domain.OnReview}, {Status: domain.OnReview, SubmitID: &submit.ID}} {
			b := w.benchmark(t, by, func(b *domain.Benchmark) { b.Description, b.Review = description, review })
			gotBenchmark, err := r.Benchmarks.Get(ctx, b.ID)
			same(t, "benchmark", gotBenchmark, err, b)
			s := w.site(t, by, func(s *domain.Site) { s.Description, s.Review = description, review })
			gotSite, err := r.Sites.Get(ctx, s.ID)
			same(t, "site", gotSite, err, s)
			f := w.flavor(t, by, s, func(f *domain.Flavor) { f.Description, f.Review = description, review })
			gotFlavor, err := r.Flavors.Get(ctx, f.ID)
			same(t, "flavor", gotFlavor, err, f)
		}
	}
	schema := json.RawMessage("{ \"b\": 1e3,\n \"a\": [null, \"\\u00e9?\"], \"b\": {} }")
	b := w.benchmark(t, by, func(b *domain.Benchmark) { b.JSONSchema = schema })
	got, err := r.Benchmarks.Get(ctx, b.ID)
	same(t, "a schema comes back byte for byte", got, err, b)
}

func tagsAreStored(t *testing.T, w *world) {
	one := w.tag(t)
	other := w.tag(t, func(tag *domain.Tag) { tag.Description = ptr("with words") })
	for _, tag := range []*domain.Tag{one, other} {
		got, err := w.Repos().Tags.Get(t.Context(), tag.ID)
		same(t, "tag", got, err, tag)
	}
	asked := []uuid.UUID{other.ID, uuid.New(), one.ID, other.ID}
	all, err := w.Repos().Tags.GetAll(t.Context(), asked)
	got := idsOf(all, func(tag *domain.Tag) uuid.UUID { return tag.ID })
	if want := sorted([]uuid.UUID{one.ID, other.ID}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("tags %v\n got %v (%v)\nwant %v", asked, got, err, want)
	}
	if none, err := w.Repos().Tags.GetAll(t.Context(), nil); err != nil || len(none) != 0 {
		t.Errorf("no tags: got %v (%v)", none, err)
	}
}

func resultsAreStored(t *testing.T, w *world) {
	p := w.place(t)
	tags := []*domain.Tag{w.tag(t), w.tag(t), w.tag(t)}
	for _, document := range []string{
		`{}`, `{"a":{"b":[1,"x",null,true,{}]}}`, `{"n":[12345678901234567890,0.1,0.30,-0.000000000000000000001]}`,
		`{"text":"\u00e9 \ud83d\ude00 ? ' \" \\ <&>","":1}`,
	} {
		want := p.result(document, func(r *domain.Result) { r.Tags = tags })
		w.add(t, want)
		got, err := w.Repos().Results.Get(t.Context(), want.ID)
		if err != nil {
			t.Fatalf("get the result %s: %v", document, err)
		}
		if gotIDs := idsOf(got.Tags, tagID); !reflect.DeepEqual(gotIDs, sorted(gotIDs)) || len(gotIDs) != len(tags) {
			t.Errorf("got the tags %v, want %d in the order of their ids", gotIDs, len(tags))
		}
		if compareValues(decode(t, string(got.JSON)), decode(t, document)) != 0 {
			t.Errorf("stored %s, got %s", document, got.JSON)
		}
		got.JSON, got.Tags = want.JSON, want.Tags
		same(t, "result", got, nil, want)
	}
}

func textsAreStored(t *testing.T, w *world) {
	for _, text := range []string{
		"", " ", "'; DROP TABLE tag; --", `"?"`, "$1 @a :b %_\\", "\u00e9\u0301 \U0001f600", "\t\n\r\x01", "e\u0301",
	} {
		tag := w.tag(t, func(tag *domain.Tag) { tag.Name, tag.Description = text, &text })
		got, err := w.Repos().Tags.Get(t.Context(), tag.ID)
		same(t, "tag", got, err, tag)
		page, err := w.Repos().Tags.List(t.Context(), ports.TagQuery{Name: &text, ListOptions: ports.ListOptions{Page: wholeList}})
		if err != nil || page.Total != 1 || len(page.Items) != 1 || page.Items[0].ID != tag.ID {
			t.Errorf("tags named %q: got %+v (%v), want one", text, page, err)
		}
	}
	for _, text := range []string{"\x00", "a\x00", "\xff"} {
		page, err := w.Repos().Tags.List(t.Context(), ports.TagQuery{Name: &text, ListOptions: ports.ListOptions{Page: wholeList}})
		if err != nil || page.Total != 0 {
			t.Errorf("tags named %q, which none can be: got %+v (%v), want none", text, page, err)
		}
		if _, err := w.Repos().Users.Get(t.Context(), domain.UserID{Subject: text}); !errors.Is(err, ports.ErrNotFound) {
			t.Errorf("user %q, which none can be: got %v, want ErrNotFound", text, err)
		}
	}
}

func timesAreInstants(t *testing.T, w *world) {
	p := w.place(t)
	for _, at := range []time.Time{
		noon,
		noon.In(time.FixedZone("", 2*60*60)),
		noon.Local(),
		time.Date(2026, 3, 29, 2, 30, 0, 1000, time.UTC),
		time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.FixedZone("", -12*60*60)),
		time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
	} {
		want := at.UTC().Truncate(time.Microsecond)
		stored := p.result(`{}`, func(r *domain.Result) { r.UploadedAt, r.ExecutedAt = at, at })
		w.add(t, stored)
		got, err := w.Repos().Results.Get(t.Context(), stored.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, gotTime := range []time.Time{got.UploadedAt, got.ExecutedAt} {
			if gotTime != want {
				t.Errorf("stored %v, got %v, want %v", at, gotTime, want)
			}
		}
	}
}

func unknownIsNotFound(t *testing.T, w *world) {
	id := uuid.New()
	get := map[string]func(ctx context.Context, r ports.Repos) error{
		"user": func(ctx context.Context, r ports.Repos) error {
			_, err := r.Users.Get(ctx, domain.UserID{Subject: "a", Issuer: "b"})
			return err
		},
		"benchmark": func(ctx context.Context, r ports.Repos) error { _, err := r.Benchmarks.Get(ctx, id); return err },
		"site":      func(ctx context.Context, r ports.Repos) error { _, err := r.Sites.Get(ctx, id); return err },
		"flavor":    func(ctx context.Context, r ports.Repos) error { _, err := r.Flavors.Get(ctx, id); return err },
		"tag":       func(ctx context.Context, r ports.Repos) error { _, err := r.Tags.Get(ctx, id); return err },
		"result":    func(ctx context.Context, r ports.Repos) error { _, err := r.Results.Get(ctx, id); return err },
		"benchmark for review": func(ctx context.Context, r ports.Repos) error {
			_, err := r.Benchmarks.GetForReview(ctx, id)
			return err
		},
		"site for review":   func(ctx context.Context, r ports.Repos) error { _, err := r.Sites.GetForReview(ctx, id); return err },
		"flavor for review": func(ctx context.Context, r ports.Repos) error { _, err := r.Flavors.GetForReview(ctx, id); return err },
		"review of a benchmark": func(ctx context.Context, r ports.Repos) error {
			return r.Benchmarks.SetReview(ctx, id, approved())
		},
		"review of a site":   func(ctx context.Context, r ports.Repos) error { return r.Sites.SetReview(ctx, id, approved()) },
		"review of a flavor": func(ctx context.Context, r ports.Repos) error { return r.Flavors.SetReview(ctx, id, approved()) },
	}
	for name, ask := range get {
		if err := w.Do(t.Context(), ask); !errors.Is(err, ports.ErrNotFound) {
			t.Errorf("%s: got %v, want ErrNotFound", name, err)
		}
	}
	// ErrNotFound does not end a unit of work.
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		if err := get["site"](ctx, r); !errors.Is(err, ports.ErrNotFound) {
			return err
		}
		return r.Tags.Add(ctx, &domain.Tag{ID: id, Name: "after it"})
	})
	w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Submits.Remove(ctx, uuid.New()) })
}
