package web

import (
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/core/service"
)

// check lets the server's own validator look at all files.
func (u *uploading) check() error {
	if len(u.form.files) == 0 {
		u.fault("file", "Choose a file.")
		return nil
	}
	if u.corrected != nil && len(u.form.files) > 1 {
		u.fault("file", "A correction is one file: remove the others.")
	}
	u.checked = nil
	for i, file := range u.form.files {
		checked := checkedFile{sentFile: file, line: fileLine{Index: i, Name: file.name, Text: file.text}}
		if err := u.checkFile(&checked); err != nil {
			return err
		}
		checked.line.Twin = u.sameAs(&checked)
		u.checked = append(u.checked, checked)
	}
	return nil
}

func (u *uploading) checkFile(f *checkedFile) error {
	value, err := document.Parse(u.r.Context(), []byte(f.text), u.config.documents())
	switch {
	case u.r.Context().Err() != nil:
		return u.r.Context().Err()
	case err != nil:
		f.line.Faults = []string{"Not JSON: " + jsonFault([]byte(f.text), err)}
		return nil
	case value.Kind() != document.Object:
		f.line.Faults = []string{"A result is a JSON object, in braces."}
		return nil
	case u.benchmark == nil:
		return nil
	}
	draft := service.Draft{BenchmarkID: u.benchmark.ID, Document: value}
	if u.at != nil && u.flavor != nil {
		draft.ExecutedAt, draft.FlavorID = &service.ExecutionTime{Time: u.at.Time, HasZone: true}, &u.flavor.ID
	}
	found, err := u.config.Services.Results.Validate(u.r.Context(), u.r.Caller(), draft)
	if kind := domain.KindOf(err); kind == domain.Invalid || kind == domain.NotFound {
		if faults, ok := faultsOf(err, nil); ok {
			f.line.Faults = []string{faults[0].Text}
			return nil
		}
	}
	if err != nil {
		return err
	}
	f.digest = document.Digest("", "", "", value)
	f.take(u, value, found)
	return nil
}

// sameAs names the file before this one that has the same content; empty if none has.
func (u *uploading) sameAs(f *checkedFile) string {
	for _, earlier := range u.checked {
		if earlier.line.IsGood && f.line.IsGood && earlier.digest == f.digest {
			return earlier.name
		}
	}
	return ""
}

// take notes what the validator has found.
func (f *checkedFile) take(u *uploading, value document.Value, found service.Validation) {
	for _, violation := range found.Violations {
		f.line.Faults = append(f.line.Faults, words.Violation(violation))
	}
	for _, warning := range found.Warnings {
		if u.corrected != nil && warning.ResultID == u.corrected.ID {
			continue // what is corrected is here, of course
		}
		if warning.ResultID != uuid.Nil {
			f.line.Same = anchor{"result " + warning.ResultID.String(), u.r.To("results/" + warning.ResultID.String())}
			continue
		}
		f.line.Warnings = append(f.line.Warnings, warning.Message)
	}
	f.line.IsGood = len(f.line.Faults) == 0
	if metric, ok := metrics.Find(u.benchmark, ""); ok && f.line.IsGood {
		if reading, measured := metrics.Read(metric, value.Append(nil)); measured {
			f.line.Value = words.WithUnit(reading.Value, metric.Unit)
		}
	}
}

func (u *uploading) good() int {
	n := 0
	for _, f := range u.checked {
		if f.line.IsGood {
			n++
		}
	}
	return n
}

func (u *uploading) bad() int { return len(u.checked) - u.good() }
