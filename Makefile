# `make` alone lists the targets.

LISTEN    ?= 127.0.0.1:5000
VERSION   ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
PACKAGES  ?=
TESTFLAGS ?=
# Tests wait for programs and databases: twice as many packages as there are cores keep them busy.
AT_ONCE   ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) * 2)))
# The race detector watches all code but SQLite, which is C translated to Go and synchronizes
# by means of its own: with it, the tests of the embedded database take four times as long. The
# driver is watched: its copies of sync.Map would be used by the whole program.
RACE      := -race '-gcflags=modernc.org/...=-race=false' '-gcflags=modernc.org/sqlite='
# These packages start no goroutine and share nothing, which make lint-imports proves: the
# race detector would find nothing in them, and take three quarters of their time.
SEQUENTIAL := cmd/admin adapters/archive adapters/gormdb/derived adapters/gormdb/dump adapters/gormdb/measurements \
	adapters/migrations/autogen core/comparison core/document core/filter core/maintenance core/paths core/statistics
# The other packages. Those that take longest begin first.
CONCURRENT = ./tests/api ./tests/operation ./tests/ui ./tests/login ./adapters/gormdb ./adapters/gormdb/resultlist \
	$$(go list ./... ./tests/... ./scripts/bench/... ./scripts/attack/... | grep -vE '/($(subst $() $(),|,$(SEQUENTIAL)))$$')
FUZZTIME  ?= 10s
HOSTILE   ?= 100000

# Without gin's support of MessagePack, which nothing uses, the server is 6 MB smaller. With
# -trimpath everywhere, linters, tests and programs share what is compiled.
export GOFLAGS := $(strip $(shell go env GOFLAGS) -tags=nomsgpack -trimpath)

# Nothing but the race detector needs C. What is compiled in one way only is compiled once.
export CGO_ENABLED := 0

# The linter is built from source once, outside of the repository, with the installed Go.
TOOLS         ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/eosc-perf
LINTER_MODULE := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
LINTER         = $(TOOLS)/golangci-lint-v2.15.0-$(shell go env GOVERSION)

# Finds functions that nothing calls.
DEADCODE := golang.org/x/tools/cmd/deadcode@v0.52.0

# Runs a command in the folder of each module that go.work names.
IN_EACH_MODULE := scripts/in-each-module

# The same source gives the same bytes in every folder.
BUILD := go build -buildvcs=false -ldflags '-s -w -buildid= -X main.version=$(VERSION)'

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: server ## build the server and run it in development mode with demo data; LISTEN=127.0.0.1:5001 chooses the address
	@APP_ENV=development START_PAGE=$${START_PAGE:-ui} exec bin/server --listen $(LISTEN) --demo

.PHONY: build server migrate admin
build: server migrate admin ## build bin/server, bin/migrate and bin/admin

server migrate admin:
	$(BUILD) -o bin/$@ ./cmd/$@

.PHONY: sizes
sizes: build ## print the sizes of the programs, and what each module adds to them
	@scripts/sizes

.PHONY: revision
revision: migrate ## write a schema revision for the changes of the models; MESSAGE describes it
	scripts/new-revision "$(MESSAGE)"

# The linter runs vet, on all code.
.PHONY: test test-sequential
test: $(if $(PACKAGES),,test-sequential) ## run all tests, with the race detector where goroutines are, on a PostgreSQL of their own; PACKAGES and TESTFLAGS choose
	@scripts/c-compiler
	scripts/with-postgres env CGO_ENABLED=1 go test -vet=off $(RACE) -p $(AT_ONCE) -timeout 60m $(TESTFLAGS) $(or $(PACKAGES),$(CONCURRENT))

test-sequential:
	scripts/with-postgres go test -vet=off -p $(AT_ONCE) $(TESTFLAGS) $(SEQUENTIAL:%=./%)

.PHONY: pooled
pooled: ## run the API and conformance suites on a PostgreSQL behind PgBouncer in transaction mode
	TEST_POOLER=transaction scripts/with-postgres go test -vet=off -timeout 30m $(TESTFLAGS) ./tests/api ./adapters/gormdb -run '/postgres|^TestPostgres$$'

# The tests of these packages need PostgreSQL or start programs.
NOT_QUICK := /(adapters/gormdb|adapters/migrations|cmd/admin|cmd/migrate|cmd/docs)(/|$$)

.PHONY: check
check: ## in two minutes: build, vet, import rules, and the tests that need neither PostgreSQL nor a program
	go build ./...
	go vet ./... ./tests/...
	go test -skip '/postgres' $$(go list ./... | grep -vE '$(NOT_QUICK)')
	go test ./adapters/gormdb -run SQLite

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME, 10s by default, and HOSTILE hostile requests on each database
	scripts/fuzz $(FUZZTIME)
	HOSTILE_REQUESTS=$(HOSTILE) HOSTILE_SECONDS=2 scripts/with-postgres go test ./tests/hostile -run TestHostileRequests -timeout 60m -v

# Settings of PostgreSQL for production on a machine with other programs.
BENCH_POSTGRES ?= fsync=on synchronous_commit=on full_page_writes=on timezone=UTC shared_buffers=2GB effective_cache_size=6GB \
	work_mem=16MB maintenance_work_mem=512MB max_wal_size=4GB checkpoint_timeout=15min random_page_cost=1.1

# The benchmark fills PostgreSQL without triggers, which is faster. This command derives
# what the triggers would have derived.
AFTER_FILL ?= admin derived repair

.PHONY: bench
bench: build ## measure the server against PostgreSQL itself; SIZE=100000 results by default, docs/how-to/measure.md explains more
	cd scripts/bench && go build -o ../../bin/bench .
	POSTGRES_SETTINGS='$(BENCH_POSTGRES)' AFTER_FILL='$(AFTER_FILL)' scripts/with-postgres bin/bench

.PHONY: attack
attack: build ## attack servers with 512 MB on the loopback network; BEFORE=REVISION compares, docs/how-to/measure.md explains more
	cd scripts/attack && go build -o ../../bin/attack .
	POSTGRES_SETTINGS='$(BENCH_POSTGRES)' scripts/with-postgres bin/attack

MEASURED ?= data/bench
CHART ?= data/bench/chart.svg

.PHONY: bench-chart
bench-chart: ## draw CHART, data/bench/chart.svg, from the files that bench wrote in MEASURED, data/bench
	cd scripts/bench && go run ./chart $(CURDIR)/$(CHART) $(CURDIR)/$(MEASURED)/[0-9]*.json

.PHONY: bench-go
bench-go: ## run the Go benchmarks, with allocations; PACKAGES and TESTFLAGS choose benchmarks
	go test -run='^$$' -bench=. -benchmem $(TESTFLAGS) $(or $(PACKAGES),./...)

.PHONY: lint lint-format lint-go lint-tagged lint-dead lint-modules lint-imports lint-files lint-shell
lint: lint-format lint-go lint-tagged lint-dead lint-modules lint-imports lint-files lint-shell ## check formatting, golangci-lint, which runs vet and looks for weaknesses, dead code, go.mod and go.work, import rules, tracked files, shell scripts

lint-format:
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "not formatted by gofmt:"; echo "$$unformatted"; exit 1; }

lint-go: $(LINTER)
	$(IN_EACH_MODULE) $(LINTER) run ./...

lint-tagged:
	go vet -tags manpages ./cmd/wiring

# The programs and tests of all modules together: a module may be used by another only.
lint-dead:
	@dead=$$(go run $(DEADCODE) -test -filter '^github.com/eosc-perf/backend' $$(go list -m -f '{{.Dir}}/...')) || exit 1; \
		[ -z "$$dead" ] || { echo "no program and no test reaches:"; echo "$$dead"; exit 1; }

lint-modules:
	$(IN_EACH_MODULE) go mod tidy -diff
	$(IN_EACH_MODULE) $(CURDIR)/scripts/same-versions

lint-imports:
	go test -count=1 ./scripts/importrules

lint-files:
	go test -count=1 ./scripts/trackedfiles

lint-shell:
	@if command -v shellcheck >/dev/null; then \
		shellcheck $$(grep -lsE '^#!.*[/ ](ba)?sh$$' scripts/* .ci/*); \
	else \
		for script in $$(grep -lsE '^#!.*[/ ](ba)?sh$$' scripts/* .ci/*); do bash -n $$script || exit 1; done; \
		echo "shellcheck is not installed: only the syntax of the shell scripts was checked"; \
	fi

# The build uses a folder of its own, so that two builds at once do not disturb each other.
$(LINTER):
	@mkdir -p $(TOOLS)
	@folder=$$(mktemp -d $(TOOLS)/build.XXXXXX) && trap 'rm -rf $$folder' EXIT && \
		echo "building $(LINTER_MODULE), once" && \
		GOBIN=$$folder go install $(LINTER_MODULE) && mv $$folder/golangci-lint $@

.PHONY: docs reference man
docs: ## check the documentation and its links, and build its web site in build/docs
	go run ./cmd/docs site build/docs

reference: build ## write the pages of docs/reference that the programs and a PostgreSQL describe
	scripts/with-postgres sh -c 'go run ./cmd/docs reference --postgres-url "$$TEST_POSTGRES_URL" docs/reference'
	@for program in server migrate admin; do bin/$$program manual > docs/reference/$$program.md || exit 1; done

man: ## write man pages of all commands into build/man
	@for program in server migrate admin; do go run -tags manpages ./cmd/$$program manpages build/man || exit 1; done

# The fast parts come first. `make lint` looks for weaknesses of the code.
.PHONY: audit audit-licences audit-vulnerabilities audit-coverage
audit: audit-licences audit-vulnerabilities audit-coverage ## look for licences that are not permitted and known vulnerabilities; print the coverage of the tests

audit-licences:
	scripts/licences

audit-vulnerabilities:
	scripts/vulnerabilities

audit-coverage:
	@mkdir -p build
	scripts/with-postgres go test -timeout 60m -coverprofile=build/coverage.out -coverpkg=./... ./... ./tests/... >build/coverage.log || { cat build/coverage.log; exit 1; }
	go tool cover -func=build/coverage.out | tail -n 1

.PHONY: openapi
statistics-check: server ## compare the statistics of the demo data with SciPy; needs python3-scipy, which it installs as root on Debian
	scripts/statistics-check

openapi: ## lint the OpenAPI document, and run the clients of two generators; needs npm
	scripts/openapi-check

.PHONY: accessibility
accessibility: ## check the web site of the documentation and the API page with axe-core in Chromium; needs npm
	scripts/accessibility-check

.PHONY: journeys screenshots
journeys: server ## use the web interface in Chromium as people do, on both databases, and read it in Firefox in light and dark and by keyboard; JOURNEYS=8,13 makes these only, JOURNEYS=firefox the reading; needs npm
	scripts/with-postgres scripts/journeys

screenshots: server ## write a picture of every page, wide and narrow, light and dark, into build/web; needs npm
	scripts/journeys build/web

.PHONY: image
image: ## check the Dockerfile, the content of the image, the Compose file and the Kubernetes base; as root, without a container engine
	scripts/image-check

.PHONY: clean
clean: ## remove bin and build; data stays
	rm -rf bin build
