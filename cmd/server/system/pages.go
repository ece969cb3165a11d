package system

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/eosc-perf/backend/adapters/http/server"
	"github.com/eosc-perf/backend/adapters/http/web"
	"github.com/eosc-perf/backend/adapters/oidc"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/cmd/wiring/providers"
	"github.com/eosc-perf/backend/cmd/wiring/sender"
	"github.com/eosc-perf/backend/core/maintenance"
)

// startingPages are the pages while the server starts: the start page, those of package web, and the documentation.
func (s *System) startingPages() (func(path string) http.Handler, error) {
	pages, err := web.Starting(web.Config{Log: s.log, Version: s.version}, s.cfg.HTTP.BackendRoute)
	if err != nil {
		return nil, err
	}
	return func(path string) http.Handler {
		for _, room := range []string{web.Path, server.DocsPath} {
			if path == "/" || path == room || strings.HasPrefix(path, room+"/") {
				return pages
			}
		}
		return nil
	}, nil
}

// examination is the longest time for each part of what the administration page examines.
const examination = 3 * time.Second

// operation is what administrators see of the server in the browser.
func (s *System) operation(schema schemaCheck) web.Operation {
	operation := web.Operation{
		Outbox: maintenance.Outbox{Storage: s.store, Clock: wiring.Clock{}},
		Doctor: func(ctx context.Context) []web.Diagnosis { return s.examine(ctx, schema) },
	}
	for _, setting := range s.cfg.Shown() {
		value := setting.Value
		if setting.IsDefault && value != "" {
			value += " (default)"
		}
		operation.Settings = append(operation.Settings, web.SettingLine{Name: setting.Name, Value: value, Help: setting.Help})
	}
	return operation
}

// examine looks whether what the server depends on works. The texts are for administrators.
func (s *System) examine(ctx context.Context, schema schemaCheck) []web.Diagnosis {
	var found []web.Diagnosis
	part := func(name, detail, remedy string, look func(context.Context) (string, error)) {
		ctx, cancel := context.WithTimeout(ctx, examination)
		defer cancel()
		diagnosis := web.Diagnosis{Name: name, Detail: detail}
		if reason, err := look(ctx); err != nil {
			diagnosis.Problem, diagnosis.Remedy = reason, remedy
		}
		found = append(found, diagnosis)
	}
	part("database", wiring.DatabasePlace(s.cfg.Database), "Look whether it is up; /readyz and the log say more.", s.databaseCheck)
	part("schema", "up to date", "Upgrade it with `migrate upgrade`.", schema)
	for _, provider := range s.providers(ctx) {
		part("provider", provider.Issuer, "Nobody of it can log in: look whether it is up, or correct TRUSTED_OP_LIST.",
			func(context.Context) (string, error) {
				return fmt.Sprintf("%s: %v", provider.Issuer, provider.Err), provider.Err
			})
	}
	if s.cfg.Mail.Server == "" {
		return append(found, web.Diagnosis{Name: "mail server", Detail: "mails go to the log: MAIL_SERVER is not set"})
	}
	part("mail server", s.cfg.Mail.Server, "Mails wait meanwhile: look whether it is up, or correct the settings MAIL_...",
		func(ctx context.Context) (string, error) {
			err := sender.New(s.cfg).Check(ctx)
			return fmt.Sprint(err), err
		})
	return found
}

// providers asks the trusted providers whether they are there. The development provider is in
// this server.
func (s *System) providers(ctx context.Context) []oidc.Reachable {
	if s.development != nil && !s.cfg.Identity.IssuersGiven {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, examination)
	defer cancel()
	verifier, err := oidc.New(providers.Config(s.cfg.Identity))
	if err != nil {
		return []oidc.Reachable{{Issuer: "TRUSTED_OP_LIST", Err: err}}
	}
	return verifier.Check(ctx)
}
