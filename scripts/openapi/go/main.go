// A client that oapi-codegen has generated: lists the sites of the demo data and
// creates a tag. Its arguments are the server's URL and a token.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"example.org/client/api"
)

func main() {
	log.SetFlags(0)
	const arguments = 3
	if len(os.Args) != arguments {
		log.Fatal("usage: client URL TOKEN")
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func run(url, token string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client, err := api.NewClientWithResponses(url, api.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}))
	if err != nil {
		return fmt.Errorf("make the client: %w", err)
	}
	order := "-name"
	sites, err := client.ListSitesWithResponse(ctx, &api.ListSitesParams{SortBy: &order})
	if err != nil {
		return fmt.Errorf("ListSites: %w", err)
	}
	if sites.JSON200 == nil || len(sites.JSON200.Items) == 0 {
		return fmt.Errorf("ListSites: %s %s", sites.Status(), sites.Body)
	}
	fmt.Printf("ListSites: %d sites, the last is %s\n", sites.JSON200.Total, sites.JSON200.Items[0].Name)

	tag, err := client.CreateTagWithResponse(ctx, nil, api.CreateTag{Name: "made by a generated client"})
	if err != nil {
		return fmt.Errorf("CreateTag: %w", err)
	}
	if tag.JSON201 == nil {
		return fmt.Errorf("CreateTag: %s %s", tag.Status(), tag.Body)
	}
	fmt.Printf("CreateTag: %s %q\n", tag.JSON201.Id, tag.JSON201.Name)
	return nil
}
