package api

import "testing"

func TestIsJSONRecognizesMediaTypes(t *testing.T) {
	for contentType, want := range map[string]bool{
		"": true, "application/json": true, "APPLICATION/JSON; charset=utf-8": true, "application/vnd.api+json": true,
		"application/Problem+JSON": true, "application/json;": true, "application/json; charset": true,
		"text/json": false, "text/plain": false, "application/jsonx": false, "application/x-www-form-urlencoded": false,
		"json": false, "+json": false, "application/json, text/plain": false,
	} {
		if got := isJSON(contentType); got != want {
			t.Errorf("isJSON(%q) = %t, want %t", contentType, got, want)
		}
	}
}
