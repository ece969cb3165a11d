package service_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

func asDomainError(err error) *domain.Error {
	wrong, _ := errors.AsType[*domain.Error](err)
	return wrong
}

// fieldsOf are the fields that the error is about, in their order.
func fieldsOf(err error) string {
	var fields []string
	if wrong := asDomainError(err); wrong != nil && wrong.Kind == domain.Invalid {
		for _, field := range []string{"docker_image", "docker_tag", "name", "url"} {
			if len(wrong.Fields[field]) > 0 {
				fields = append(fields, field)
			}
		}
	}
	return strings.Join(fields, " ")
}

func TestNewNamesAreChecked(t *testing.T) {
	w := newWorld(t)
	alice, ctx := w.person("alice"), t.Context()
	site := w.place(alice, "image", "site", "flavor").site.ID
	const odd = "CE\u200bRN"
	_, ofSite := w.Sites.Create(ctx, alice, service.NewSite{Name: odd})
	_, ofFlavor := w.Flavors.Add(ctx, alice, site, service.NewFlavor{Name: " x"})
	_, ofFlavorOfNothing := w.Flavors.Add(ctx, alice, uuid.New(), service.NewFlavor{Name: ""})
	_, ofTag := w.Tags.Create(ctx, alice, service.NewTag{Name: "Zu\u0308rich"})
	_, ofBenchmark := w.Benchmarks.Create(ctx, alice, service.NewBenchmark{DockerImage: "q:b", DockerTag: "b:c", URL: "javascript:alert(1)"})
	_, ofURL := w.Benchmarks.Create(ctx, alice, service.NewBenchmark{DockerImage: "q", DockerTag: "c", URL: ""})
	for what, c := range map[string]struct {
		err    error
		fields string
	}{
		"site": {ofSite, "name"}, "flavor": {ofFlavor, "name"}, "flavor of no site": {ofFlavorOfNothing, "name"}, "tag": {ofTag, "name"},
		"benchmark": {ofBenchmark, "docker_image docker_tag url"}, "url": {ofURL, "url"},
	} {
		if got := fieldsOf(c.err); got != c.fields {
			t.Errorf("%s: %v is about %q, want %q", what, c.err, got, c.fields)
		}
	}
	if message := asDomainError(ofBenchmark).Message; !strings.HasPrefix(message, "Could not validate container image: ") {
		t.Errorf("about the image: %q", message)
	}
	if message := asDomainError(ofURL).Message; message != "" {
		t.Errorf("about the URL alone: %q", message)
	}
	if w.submits() > 0 || len(w.mails) > 0 {
		t.Errorf("%d submits and %d mails are left", w.submits(), len(w.mails))
	}
}

// TestStoredNamesMayStay: what another program stored can be changed field by field, and a
// new value is checked.
func TestStoredNamesMayStay(t *testing.T) {
	w := newWorld(t)
	ctx, operator := t.Context(), domain.Operator()
	p := w.place(w.person("alice"), "image", "site", "flavor")
	const odd, text = " CE\u200bRN\n", "new"
	w.rename(submission{benchmark: p.benchmark, site: p.site, flavor: p.flavor}, odd)
	description := text
	tag := &domain.Tag{ID: uuid.New(), Name: odd}
	w.write(func(ctx context.Context, r ports.Repos) error { return r.Tags.Add(ctx, tag) })
	benchmark := service.NewBenchmark{DockerImage: odd, DockerTag: "1", URL: p.benchmark.URL, Description: &description}
	for what, err := range map[string]error{
		"benchmark": w.Benchmarks.Update(ctx, operator, p.benchmark.ID, benchmark),
		"site":      w.Sites.Update(ctx, operator, p.site.ID, service.NewSite{Name: odd, Address: text, Description: &description}),
		"flavor":    w.Flavors.Update(ctx, operator, p.flavor.ID, service.NewFlavor{Name: odd, Description: &description}),
		"tag":       w.Tags.Update(ctx, operator, tag.ID, service.NewTag{Name: odd, Description: &description}),
	} {
		if err != nil {
			t.Errorf("%s whose name stays: %v", what, err)
		}
	}
	if got, err := w.Benchmarks.Get(ctx, operator, p.benchmark.ID); err != nil || *got.Description != text || got.DockerImage != odd {
		t.Errorf("the benchmark is %+v, %v", got, err)
	}
	benchmark.DockerTag, benchmark.URL = " 1", "data:,x"
	for what, c := range map[string]struct {
		err    error
		fields string
	}{
		"benchmark": {w.Benchmarks.Update(ctx, operator, p.benchmark.ID, benchmark), "docker_tag url"},
		"site":      {w.Sites.Update(ctx, operator, p.site.ID, service.NewSite{Name: odd + "x"}), "name"},
		"flavor":    {w.Flavors.Update(ctx, operator, p.flavor.ID, service.NewFlavor{Name: odd + "x"}), "name"},
		"tag":       {w.Tags.Update(ctx, operator, tag.ID, service.NewTag{Name: ""}), "name"},
	} {
		if got := fieldsOf(c.err); got != c.fields {
			t.Errorf("%s: %v is about %q, want %q", what, c.err, got, c.fields)
		}
	}
}

// TestReviewersLearnOfLookalikes: the mail about a submission, of which the reviewers get a
// copy, lists the names that look like the new one.
func TestReviewersLearnOfLookalikes(t *testing.T) {
	w := newWorld(t)
	alice, ctx := w.person("alice"), t.Context()
	p := w.place(alice, "busybox", "CERN", "large")
	other := w.place(alice, "other", "CESNET", "1arge")
	submit := func(want bool, what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		mail := w.mails[len(w.mails)-1]
		for _, body := range []string{mail.Text, mail.HTML} {
			if strings.Contains(body, "To the reviewer") != want || want && !strings.Contains(body, what) {
				t.Errorf("want %q: %t in\n%s", what, want, body)
			}
		}
		if !mail.CopySupport {
			t.Error("the reviewers get no copy")
		}
	}
	create := func(name string) error {
		_, err := w.Sites.Create(ctx, alice, service.NewSite{Name: name})
		return err
	}
	submit(false, "", create("KIT"))
	submit(true, p.site.ID.String(), create("CЕRN")) // with a Cyrillic E
	if text := w.mails[len(w.mails)-1].Text; !strings.Contains(text, `the name "C\u0415RN" looks like that of another site`) ||
		!strings.Contains(text, `- "CERN", ID `) {
		t.Errorf("the names are not told apart in\n%s", text)
	}
	submit(true, p.site.ID.String(), create("cern"))
	_, err := w.Flavors.Add(ctx, alice, p.site.ID, service.NewFlavor{Name: "Large"})
	submit(true, p.flavor.ID.String(), err)
	_, err = w.Flavors.Add(ctx, alice, p.site.ID, service.NewFlavor{Name: "huge"})
	submit(false, other.flavor.ID.String(), err)
	_, err = w.Benchmarks.Create(ctx, alice, service.NewBenchmark{DockerImage: "docker.io/library/busybox", DockerTag: "1", URL: page})
	submit(true, p.benchmark.ID.String(), err)
	for range 8 {
		p.site.ID, p.site.Name = uuid.New(), p.site.Name+"\u200b"
		w.write(func(ctx context.Context, r ports.Repos) error { return r.Sites.Add(ctx, p.site) })
	}
	submit(true, `CERN\u200b`, create("СERN"))
	if text := w.mails[len(w.mails)-1].Text; strings.Count(text, "\n- ") != 5 {
		t.Errorf("more than five names in\n%s", text)
	}
}
