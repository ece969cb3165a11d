package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/core/domain"
)

const (
	// uploadBytes bounds the form of an upload with its files, mostFiles their number, and
	// fieldBytes its other fields.
	uploadBytes = 16 << 20
	mostFiles   = 50
	fieldBytes  = 64 << 10
)

var (
	errLargeUpload = problem.New(http.StatusRequestEntityTooLarge, map[string]any{
		"error": "The files of one form have at most 16 MiB together. Send them in several forms, or by the API.",
	})
	errManyFiles = domain.Invalidf("One form takes at most %d files: send them in several forms, or by the API", mostFiles)
)

// The fields of an upload that hold files of an earlier answer: names and texts, in one order.
const (
	keptNames = "kept-name"
	keptTexts = "kept-text"
)

// sentFile is a file of an upload.
type sentFile struct{ name, text string }

// uploadForm is what somebody has entered to upload results.
type uploadForm struct {
	formValues

	files []sentFile
}

// readUpload reads the form of an upload: its fields and files.
func (r *Request) readUpload() (uploadForm, error) {
	form := uploadForm{formValues: formValues{url.Values{}}}
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return form, errNoForm
	case mediaType == "application/x-www-form-urlencoded":
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return form, formError(err)
		}
		if form.Values, err = url.ParseQuery(string(text)); err != nil {
			return form, errNoForm
		}
	case mediaType == "multipart/form-data":
		if err := form.readParts(r); err != nil {
			return form, err
		}
	default:
		return form, errNoForm
	}
	return form, form.takeKept()
}

func formError(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return errLargeUpload
	}
	if domain.KindOf(err) != 0 {
		return err
	}
	return errNoForm
}

func (f *uploadForm) readParts(r *Request) error {
	reader, err := r.MultipartReader()
	if err != nil {
		return errNoForm
	}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = f.readPart(part)
		}
		if err != nil {
			return formError(err)
		}
	}
}

func (f *uploadForm) readPart(part *multipart.Part) error {
	text, err := io.ReadAll(part)
	if err != nil {
		return err
	}
	if part.FormName() == "file" {
		if part.FileName() == "" && len(text) == 0 {
			return nil // nobody has chosen a file
		}
		return f.add(sentFile{fileName(part.FileName()), string(text)})
	}
	if name := part.FormName(); name != keptTexts && len(text) > fieldBytes {
		return errLargeForm
	}
	f.Add(part.FormName(), string(text))
	return nil
}

// fileName is the name of a file as pages show it.
func fileName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	if !utf8.ValidString(name) || name == "" {
		return "file"
	}
	const longest = 100
	return clipped(name, longest)
}

func (f *uploadForm) add(file sentFile) error {
	if len(f.files) >= mostFiles {
		return errManyFiles
	}
	f.files = append(f.files, file)
	return nil
}

// takeKept puts the files of an earlier answer before the new ones, but for one that is to be
// removed. A correction is one file: a new one takes the place of the one of before.
func (f *uploadForm) takeKept() error {
	names, texts := f.Values[keptNames], f.Values[keptTexts]
	removed, err := strconv.Atoi(f.Values.Get("remove"))
	if err != nil {
		removed = -1
	}
	fresh := f.files
	f.files = nil
	if len(fresh) > 0 && f.Get("corrects") != "" {
		texts = nil
	}
	for i, text := range texts {
		if i == removed {
			continue
		}
		name := "file"
		if i < len(names) {
			name = fileName(names[i])
		}
		if err := f.add(sentFile{name, text}); err != nil {
			return err
		}
	}
	for _, file := range fresh {
		if err := f.add(file); err != nil {
			return err
		}
	}
	return nil
}

// kept is the form with its files as fields, to be kept over a login.
func (f uploadForm) kept() formValues {
	values := url.Values{}
	for name, texts := range f.Values {
		if name != keptNames && name != keptTexts && name != "remove" {
			values[name] = texts
		}
	}
	for _, file := range f.files {
		values.Add(keptNames, file.name)
		values.Add(keptTexts, file.text)
	}
	return formValues{values}
}

// key identifies what is sent, so that sending it twice makes it once.
func (f uploadForm) key() string {
	hash := sha256.New()
	write := func(texts ...string) {
		for _, text := range texts {
			_, _ = io.WriteString(hash, strconv.Itoa(len(text))+":"+text) // writing to a hash never fails
		}
	}
	for _, name := range []string{"nonce", "benchmark", "site", "flavor", "day", "time", "zone", "tags"} {
		write(f.Get(name))
	}
	for _, file := range f.files {
		write(file.name, file.text)
	}
	return hex.EncodeToString(hash.Sum(nil))
}
