package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
)

// data is what a server has before it is attacked.
type data struct {
	Flavor string
	// Usual has 2,000 results of a usual size, Large 100 of a megabyte each, Arrays 50 with 100,000
	// numbers each, Schemas 100 small ones and a schema of a megabyte, Free any.
	Usual, Large, Arrays, Schemas, Free string
	// Slow is a benchmark whose schema takes longer than a check may.
	Slow string
	// Result is a usual result.
	Result string
}

const (
	usualResults = 2000
	largeResults = 100
	largeBytes   = 1_000_000
	arrays       = 50
	arrayValues  = 100_000
)

// usualSchema has 6 KB, as schemas of benchmarks do.
var usualSchema = `{"type":"object","properties":{` +
	strings.Repeat(`"name":{"type":"number","description":"What it is, in a few words"},`, 88) + `"score":{"type":"number"}}}`

// slowSchema applies 2^40 schemas to one value.
func slowSchema() string {
	const doublings = 40
	var defs strings.Builder
	for i := range doublings {
		fmt.Fprintf(&defs, `"a%d":{"allOf":[{"$ref":"#/$defs/a%d"},{"$ref":"#/$defs/a%d"}]},`, i, i+1, i+1)
	}
	return fmt.Sprintf(`{"$defs":{%s"a%d":{"minLength":3}},"properties":{"x":{"$ref":"#/$defs/a0"}}}`, &defs, doublings)
}

func usualResult(score int) string {
	return fmt.Sprintf(`{"score":%d,"flags":[%s"x"]}`, score, strings.Repeat(`"avx512",`, 150))
}

func largeResult() string {
	text := make([]byte, largeBytes*3/4)
	_, _ = rand.Read(text) // it never fails
	return fmt.Sprintf(`{"score":1,"text":%q}`, base64.StdEncoding.EncodeToString(text))
}

// arrayResult has numbers of six digits.
func arrayResult(n int) string {
	var values strings.Builder
	for i := range arrayValues {
		fmt.Fprintf(&values, ",%d", 100_000+(i*7919+n)%900_000)
	}
	return fmt.Sprintf(`{"score":%d,"values":[%s]}`, n, values.String()[1:])
}

// upload is the target of an upload.
func (d data) upload(benchmark string) string {
	return "/results?" + url.Values{
		"execution_datetime": {"2026-01-01T12:00:00Z"}, "benchmark_id": {benchmark}, "flavor_id": {d.Flavor},
	}.Encode()
}

// benchmark submits a benchmark, and approves it.
func benchmark(ctx context.Context, user, admin *client, name, schema string) (string, answer) {
	a := user.post(ctx, "/benchmarks",
		fmt.Sprintf(`{"docker_image":"attack/%s","docker_tag":"1","url":"https://example.org","json_schema":%s}`, name, schema))
	if a.status == http.StatusCreated {
		admin.post(ctx, "/benchmarks/"+a.id()+":approve", "")
	}
	return a.id(), a
}

// fill makes the data.
func fill(ctx context.Context, user, admin *client) (d data, err error) {
	a := user.post(ctx, "/sites", `{"name":"attacked","address":"127.0.0.1"}`)
	site := a.id()
	admin.post(ctx, "/sites/"+site+":approve", "")
	a = user.post(ctx, "/sites/"+site+"/flavors", `{"name":"small"}`)
	d.Flavor = a.id()
	admin.post(ctx, "/flavors/"+d.Flavor+":approve", "")
	d.Usual, a = benchmark(ctx, user, admin, "usual", usualSchema)
	if d.Usual == "" || d.Flavor == "" {
		return d, fmt.Errorf("the server takes no benchmark or flavor: %d %s", a.status, a.body)
	}
	d.Large, _ = benchmark(ctx, user, admin, "large", `{}`)
	d.Arrays, _ = benchmark(ctx, user, admin, "arrays", `{}`)
	d.Schemas, _ = benchmark(ctx, user, admin, "schemas", fmt.Sprintf(`{"description":%q}`, strings.Repeat("x", largeBytes*9/10)))
	d.Free, _ = benchmark(ctx, user, admin, "free", `{}`)
	d.Slow, _ = benchmark(ctx, user, admin, "slow", slowSchema())
	var refused atomic.Pointer[answer]
	keep := func(a answer) string {
		if a.status != http.StatusCreated {
			refused.Store(&a)
		}
		return a.id()
	}
	inParallel(usualResults, 4, func(i int) {
		id := keep(user.post(ctx, d.upload(d.Usual), usualResult(i)))
		if i == 0 {
			d.Result = id
		}
	})
	for i := range largeResults {
		keep(user.post(ctx, d.upload(d.Large), largeResult()))
		keep(user.post(ctx, d.upload(d.Schemas), fmt.Sprintf(`{"n":%d}`, i)))
	}
	for i := range arrays {
		keep(user.post(ctx, d.upload(d.Arrays), arrayResult(i)))
	}
	if a := refused.Load(); a != nil {
		return d, fmt.Errorf("the server takes no result: %d %s", a.status, a.body)
	}
	return d, nil
}
