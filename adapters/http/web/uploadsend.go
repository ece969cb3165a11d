package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// sentLine is what became of a file.
type sentLine struct {
	Name     string
	ID       uuid.UUID
	Existing bool   `json:",omitempty"`
	Fault    string `json:",omitempty"`
}

// send uploads the good files. Sending the same form again gets the first answer.
func (u *uploading) send() (Answer, error) {
	var failure error
	key := u.form.key()
	work := func(ctx context.Context) ports.KeyedAnswer {
		var lines []sentLine
		if lines, failure = u.upload(ctx); failure != nil {
			return ports.KeyedAnswer{Status: http.StatusInternalServerError}
		}
		text, err := json.Marshal(lines)
		if err != nil {
			failure = err
			return ports.KeyedAnswer{Status: http.StatusInternalServerError}
		}
		return ports.KeyedAnswer{Status: http.StatusOK, Body: text}
	}
	if _, err := u.config.Services.Requests.Once(u.r.Context(), u.r.Caller(), keyPrefix+key, key, work); err != nil {
		return nil, err
	}
	if failure != nil {
		return failed(failure, nil, func(faults []fieldFault) (Answer, error) {
			u.faults = faults
			return u.page(true)
		})
	}
	return Redirect{u.r.To("upload?sent=" + key)}, nil
}

// keyPrefix tells the keys of forms from those of clients of the API.
const keyPrefix = "page upload "

// upload makes the new tags and uploads the good files.
func (u *uploading) upload(ctx context.Context) ([]sentLine, error) {
	ids, err := u.tagIDs(u.r, u.form.Get("tags"))
	if err != nil {
		return nil, err
	}
	lines := make([]sentLine, len(u.checked))
	var good []int
	for i, f := range u.checked {
		lines[i].Name = f.name
		if f.line.IsGood {
			good = append(good, i)
			continue
		}
		lines[i].Fault = f.line.Faults[0]
	}
	number := 0
	next := func() (service.BatchLine, error) {
		if number == len(good) {
			return service.BatchLine{}, io.EOF
		}
		number++
		file := u.checked[good[number-1]].sentFile
		result, err := u.newResult(ctx, file, ids)
		return service.BatchLine{Number: number, NewResult: result, Size: len(file.text)}, err
	}
	outcomes, err := u.config.Services.Results.Upload(ctx, u.r.Caller(), false, next)
	if err != nil {
		return nil, err
	}
	for _, outcome := range outcomes {
		line := &lines[good[outcome.Number-1]]
		line.ID, line.Existing = outcome.ID, outcome.Existing
		if faults, ok := faultsOf(outcome.Err, nil); ok {
			line.Fault = faults[0].Text
		}
	}
	return lines, nil
}

// newResult is what a good file uploads.
func (u *uploading) newResult(ctx context.Context, file sentFile, tags []uuid.UUID) (service.NewResult, error) {
	value, err := document.Parse(ctx, []byte(file.text), u.config.documents())
	if err != nil {
		err = fmt.Errorf("parse a file again: %w", err)
	}
	return service.NewResult{ExecutedAt: *u.at, BenchmarkID: u.benchmark.ID, FlavorID: u.flavor.ID, TagIDs: tags, Document: value}, err
}

// correct sends the one file as the correction of a result.
func (u *uploading) correct() (Answer, error) {
	ids, err := u.tagIDs(u.r, u.form.Get("tags"))
	if err != nil {
		return nil, err
	}
	result, err := u.newResult(u.r.Context(), u.checked[0].sentFile, ids)
	if err != nil {
		return nil, err
	}
	uploaded, err := u.config.Services.Results.Correct(u.r.Context(), u.r.Caller(), u.corrected.ID, service.Correction{
		NewResult: result, Reason: u.form.Get("reason"),
	})
	if err != nil {
		return failed(err, nil, func(faults []fieldFault) (Answer, error) {
			u.faults = faults
			return u.page(true)
		})
	}
	return Redirect{u.r.To("results/" + uploaded.ID.String() + "?done=corrected")}, nil
}

// sentModel is the view model of what was made of an upload.
type sentModel struct {
	Made  []madeLine
	Count string
	More  Link
	My    Link
	// Faulty says how many files were not sent; empty for none.
	Faulty string
}

type madeLine struct {
	Name, Value, Fault string
	Result             anchor
	Existing           bool
}

var errNoSuchSending = problem.New(http.StatusNotFound, nil)

// showSent is the page of what was made of an upload, for a day.
func (s *Site) showSent(r *Request, key string) (Answer, error) {
	if err := r.Caller().May(domain.UploadResults); err != nil {
		return nil, err
	}
	const digits = 64
	if len(key) != digits {
		return nil, errNoSuchSending
	}
	unknown := false
	answer, err := s.config.Services.Requests.Once(r.Context(), r.Caller(), keyPrefix+key, key, func(context.Context) ports.KeyedAnswer {
		unknown = true // an answer of this status is not kept
		return ports.KeyedAnswer{Status: http.StatusInternalServerError}
	})
	if err == nil && unknown || domain.KindOf(err) == domain.Invalid {
		return nil, errNoSuchSending
	}
	if err != nil {
		return nil, err
	}
	var lines []sentLine
	if err := json.Unmarshal(answer.Body, &lines); err != nil {
		return nil, fmt.Errorf("read what was sent: %w", err)
	}
	return s.sentPage(r, lines)
}

func (s *Site) sentPage(r *Request, lines []sentLine) (Answer, error) {
	m := &sentModel{More: r.To("upload"), My: r.To("my")}
	made, faulty := 0, 0
	for _, line := range lines {
		shown := madeLine{Name: line.Name, Fault: line.Fault, Existing: line.Existing}
		if line.ID != uuid.Nil {
			made++
			shown.Result = anchor{line.ID.String(), r.To("results/" + line.ID.String())}
			record, err := s.config.Services.Results.Get(r.Context(), r.Caller(), line.ID)
			if err != nil && domain.KindOf(err) != domain.NotFound {
				return nil, err
			}
			if err == nil {
				shown.Result.Text = resultTitle(record.Result) + ", " + record.Site.Name + " " + record.Flavor.Name
				shown.Value = valueOf(record.Result)
			}
		}
		if line.Fault != "" {
			faulty++
		}
		m.Made = append(m.Made, shown)
	}
	m.Count = words.Plural(made, "result")
	if faulty > 0 {
		m.Faulty = words.NotSent(faulty)
	}
	return Page{Template: "sent", Title: "Sent", Section: "upload", Model: m}, nil
}

// valueOf is the value of a result's default metric; empty for none.
func valueOf(result *domain.Result) string {
	if metric, ok := metrics.Find(result.Benchmark, ""); ok {
		if reading, measured := metrics.Read(metric, result.JSON); measured {
			return words.WithUnit(reading.Value, metric.Unit)
		}
	}
	return ""
}
