package devprovider

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/op"
)

//go:embed page.html
var pageSource string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// styleHash lets the page have its own styles, and no others.
var styleHash = func() string {
	_, rest, _ := strings.Cut(pageSource, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

// page is what the template shows.
type page struct {
	Title string
	// Text is a sentence under the title.
	Text string
	// Problem is shown first.
	Problem string
	// Accounts to pick from, if the page asks for one.
	Accounts []Account
	// Request is the sign-in that the pick is for.
	Request string
	// Device asks for the code that a device shows.
	Device   bool
	UserCode string
}

const expired = "This sign-in is over or has expired. Go back to the application and start again."

func (p *Provider) showLogin(w http.ResponseWriter, r *http.Request) {
	id := r.FormValue("id")
	wish, _, ok := p.storage.requests.get(id)
	if !ok || wish.Done() {
		p.show(w, r, http.StatusBadRequest, page{Title: "Development sign-in", Problem: expired})
		return
	}
	p.show(w, r, http.StatusOK, page{
		Title: "Development sign-in", Text: "Pick an account to continue to " + wish.RedirectURI + ".",
		Accounts: p.accounts, Request: id,
	})
}

func (p *Provider) signIn(w http.ResponseWriter, r *http.Request) {
	id := r.PostFormValue("id")
	if !p.storage.signIn(id, r.PostFormValue("account")) {
		p.show(w, r, http.StatusBadRequest, page{Title: "Development sign-in", Problem: expired})
		return
	}
	ctx := op.ContextWithIssuer(r.Context(), p.issuer)
	http.Redirect(w, r, op.AuthCallbackURL(p.library)(ctx, id), http.StatusSeeOther)
}

func (p *Provider) showDevice(w http.ResponseWriter, r *http.Request) {
	p.show(w, r, http.StatusOK, p.devicePage(r, ""))
}

func (p *Provider) allowDevice(w http.ResponseWriter, r *http.Request) {
	if !p.storage.allowDevice(r.PostFormValue("user_code"), r.PostFormValue("account")) {
		p.show(w, r, http.StatusBadRequest, p.devicePage(r, "No device waits with this code. Check it, or start again on the device."))
		return
	}
	p.show(w, r, http.StatusOK, page{Title: "The device is signed in", Text: "You can close this page."})
}

func (p *Provider) devicePage(r *http.Request, problem string) page {
	return page{
		Title: "Sign in a device", Text: "Enter the code that the device shows and pick an account.", Problem: problem,
		Accounts: p.accounts, Device: true, UserCode: r.FormValue("user_code"),
	}
}

func (p *Provider) showSignedOut(w http.ResponseWriter, r *http.Request) {
	p.show(w, r, http.StatusOK, page{Title: "You are signed out", Text: "You can close this page."})
}

func (p *Provider) show(w http.ResponseWriter, r *http.Request, status int, content page) {
	var html bytes.Buffer
	if err := pageTemplate.Execute(&html, content); err != nil {
		p.log.ErrorContext(r.Context(), "page of the development provider failed", "error", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	// No form-action: browsers apply it to the redirect after the form, too.
	header.Set("Content-Security-Policy", "default-src 'none'; style-src "+styleHash+"; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	if _, err := html.WriteTo(w); err != nil {
		p.log.DebugContext(r.Context(), "page of the development provider was not read", "error", err)
	}
}
