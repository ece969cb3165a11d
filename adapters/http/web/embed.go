package web

import (
	"html/template"
	"net/http"
)

// Embed answers with a page of another package in the frame of all pages. The template of
// that package has made the body.
func (s *Site) Embed(w http.ResponseWriter, hr *http.Request, status int, title string, body template.HTML) {
	r := s.request(hr)
	err := Page{Template: "embedded", Title: title, Status: status, Model: body}.send(s, w, r)
	if err != nil {
		s.problem(w, r, err)
	}
}
