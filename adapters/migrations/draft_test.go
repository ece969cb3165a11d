package migrations

import (
	"strings"
	"testing"
)

func TestDraftsHaveAnIDAndAMessageOfOneLine(t *testing.T) {
	for name, c := range map[string]struct {
		id, message string
		says        string
	}{
		"both given":     {idA, " a licence ", ""},
		"no id":          {"", "a licence", ""},
		"a short id":     {"abc", "a licence", "12 hexadecimal digits"},
		"capitals":       {strings.ToUpper(idA), "a licence", "12 hexadecimal digits"},
		"no message":     {idA, " ", "in one line"},
		"several lines":  {idA, "a licence\nand more", "in one line"},
		"another ending": {idA, "a licence\rand more", "in one line"},
	} {
		d, err := NewDraft(c.id, c.message, headRevision)
		if c.says != "" {
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: the error is %v, want %q", name, err, c.says)
			}
			continue
		}
		if err != nil || d.Message != "a licence" || len(d.ID) != 12 || c.id != "" && d.ID != c.id {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
}

func TestADraftIsWrittenOnceAndLoaded(t *testing.T) {
	folder, known := t.TempDir(), load(t, postgres)
	d, err := NewDraft(idA, "a licence", headRevision)
	if err != nil {
		t.Fatal(err)
	}
	text := ForAll(Format(d.Revision([]string{"SELECT 1;"}, []string{})))
	if paths, err := d.Write(folder, known, text); err != nil || len(paths) != len(Dialects()) {
		t.Fatalf("wrote %v, %v", paths, err)
	}
	_, one, err := Folder{Path: folder}.LoadAll()
	if err != nil || one[len(one)-1].ID != idA || one[len(one)-1].Message != "a licence" || !one[len(one)-1].Transactional {
		t.Errorf("loaded %v, %v", IDs(one), err)
	}
	if _, err := d.Write(folder, one, text); err == nil || !strings.Contains(err.Error(), "give another id") {
		t.Errorf("wrote it again: %v", err)
	}
}
