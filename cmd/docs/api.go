package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/api"
	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/adapters/http/server"
	"github.com/eosc-perf/backend/adapters/http/spool"
	"github.com/eosc-perf/backend/core/service"
)

// openAPI is the part of the document that the page shows.
type openAPI struct {
	Tags []struct {
		Name        string `json:"name"`
		Description string `json:"description"`
	} `json:"tags"`
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Responses map[string]answer `json:"responses"`
		Schemas   map[string]schema `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	ID          string      `json:"operationId"`
	Summary     string      `json:"summary"`
	Description string      `json:"description"`
	Tags        []string    `json:"tags"`
	Parameters  []parameter `json:"parameters"`
	Request     struct {
		Content body `json:"content"`
	} `json:"requestBody"`
	Responses map[string]answer `json:"responses"`
}

type parameter struct {
	Name        string `json:"name"`
	In          string `json:"in"`
	Required    bool   `json:"required"`
	Description string `json:"description"`
}

type answer struct {
	Ref         string `json:"$ref"`
	Description string `json:"description"`
	Content     body   `json:"content"`
}

// document asks a server without a database for its OpenAPI document.
func document(ctx context.Context) (openAPI, error) {
	var d openAPI
	log := slog.New(slog.DiscardHandler)
	const noFiles = 0
	kept, err := spool.New("", noFiles)
	if err != nil {
		return d, err
	}
	handler, err := server.NewHandler(server.Config{Log: log}, api.Mount(api.Config{
		Services: &service.Services{}, Log: log, Answers: representation.Answers{Spool: kept, Log: log},
		Page: &openapi.APIPage{},
	}))
	if err != nil {
		return d, fmt.Errorf("describe the API: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "/api-spec.json", http.NoBody)
	if err != nil {
		return d, fmt.Errorf("ask for the OpenAPI document: %w", err)
	}
	written := httptest.NewRecorder()
	handler.ServeHTTP(written, request)
	if err := json.Unmarshal(written.Body.Bytes(), &d); err != nil {
		return d, fmt.Errorf("read the OpenAPI document: %w", err)
	}
	return d, nil
}

func apiPage(ctx context.Context) (string, error) {
	d, err := document(ctx)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("# The API\n\n" + writtenBy + `
This page is the OpenAPI document of the server in a readable form. The start page of a
running server has a form for each operation. The document itself, for generators of
clients, is at ` + "`/api-spec.json`" + `. Every error has the body ` + schemaLink("Error") + `.
`)
	for _, tag := range d.Tags {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", tag.Name, cell(tag.Description))
		for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
			for _, method := range slices.Sorted(maps.Keys(d.Paths[path])) {
				if op := d.Paths[path][method]; slices.Contains(op.Tags, tag.Name) {
					d.describe(&b, strings.ToUpper(method)+" "+path, op)
				}
			}
		}
	}
	d.describeSchemas(&b)
	return b.String(), nil
}

func (d openAPI) describe(b *strings.Builder, where string, op operation) {
	fmt.Fprintf(b, "\n### %s\n\n`%s`: %s.\n\n%s\n", op.ID, where, cell(op.Summary), noHTML(op.Description))
	if len(op.Parameters) > 0 {
		b.WriteString("\n| parameter | in | meaning |\n| --- | --- | --- |\n")
	}
	for _, p := range op.Parameters {
		in := p.In
		if p.Required {
			in += ", required"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", p.Name, in, cell(p.Description))
	}
	d.describeBody(b, op.Request.Content.name())
	b.WriteString("\n| answer | meaning |\n| --- | --- |\n")
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		a := op.Responses[status]
		if name, shared := strings.CutPrefix(a.Ref, "#/components/responses/"); shared {
			a = d.Components.Responses[name]
		}
		meaning := cell(a.Description)
		if name := a.Content.name(); name != "" && name != "Error" {
			meaning += ": " + schemaLink(name)
		}
		fmt.Fprintf(b, "| %s | %s |\n", status, meaning)
	}
}
