package web

import (
	"slices"
	"testing"
)

func TestColumnsAndOrderOfFiles(t *testing.T) {
	columns, wrong := exportColumns([]string{"run", "site", "tags", "json.result.score", "colour", "json.a[*]"})
	var fields []string
	for _, c := range columns {
		fields = append(fields, c.Field+c.Path.String())
	}
	if want := []string{"id", "execution_datetime", "site_name", "tags", "jsonresult.score"}; !slices.Equal(fields, want) {
		t.Errorf("the columns are %q, want %q", fields, want)
	}
	if len(wrong) != 2 || wrong[0].Text != "colour" || wrong[1].Text != "json.a[*]" {
		t.Errorf("without effect are %+v", wrong)
	}
	order, wrong := exportOrder([]string{"-json.result.score", "flavor", "-tags"})
	if len(order) != 3 || !order[0].Descending || order[0].Path.String() != "result.score" ||
		order[1].Field != "flavor_name" || order[2].Field != "id" {
		t.Errorf("the order is %+v", order)
	}
	if len(wrong) != 1 || wrong[0].Text != "-tags" {
		t.Errorf("without effect are %+v", wrong)
	}
	if order, _ = exportOrder(nil); len(order) != 2 || order[0].Field != "upload_datetime" || !order[0].Descending {
		t.Errorf("the order without one is %+v", order)
	}
}
