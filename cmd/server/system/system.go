// Package system is the server as one value: database, services, HTTP, delivery of
// mails and, in development, an OpenID provider and demo data, wired as the settings
// say. Command server runs it, and tests start it whole.
package system

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/http/api"
	"github.com/eosc-perf/backend/adapters/http/fair"
	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/adapters/http/server"
	"github.com/eosc-perf/backend/adapters/http/session"
	"github.com/eosc-perf/backend/adapters/http/spool"
	"github.com/eosc-perf/backend/adapters/http/web"
	"github.com/eosc-perf/backend/adapters/jsonschema"
	"github.com/eosc-perf/backend/adapters/metrics"
	"github.com/eosc-perf/backend/adapters/oidc"
	"github.com/eosc-perf/backend/adapters/registry"
	"github.com/eosc-perf/backend/adapters/site"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/cmd/wiring/providers"
	"github.com/eosc-perf/backend/config"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/docs"
	"github.com/eosc-perf/backend/ports"
)

// System is the whole server, wired and ready to serve.
type System struct {
	version  string
	cfg      *config.Config
	log      *slog.Logger
	store    *gormdb.Store
	services *service.Services
	delivery *service.Delivery
	// stopMail ends the delivery of mails; nil while it has not begun.
	stopMail func(finish context.Context)
	// stopAudit ends the work on the audit trail; noting ends when all refusals are noted.
	stopAudit context.CancelFunc
	noting    sync.WaitGroup
	http      *server.Server
	metrics   *metrics.Metrics
	shares    *fair.Shares
	rates     *fair.Rates
	spool     *spool.Spool
	// development is nil outside of development.
	development *development
}

// Open takes the port of the settings and wires the system. From then on probes of
// life are answered, however long the database takes, and browsers are told that the
// server starts; all else is answered once the system is wired. Version is what the metrics and the log name. Close frees
// everything, also after Serve.
func Open(ctx context.Context, cfg *config.Config, version string, log *slog.Logger) (*System, error) {
	for _, warning := range cfg.Warnings {
		log.WarnContext(ctx, "setting", "warning", warning)
	}
	limitMemory(ctx, log)
	listener, err := listen(ctx, "LISTEN_ADDRESS", cfg.HTTP.ListenAddress)
	if err != nil {
		return nil, err
	}
	certificate, err := certificateOf(cfg, log)
	if err != nil {
		_ = listener.Close()
		return nil, err
	}
	s := &System{version: version, cfg: cfg, log: log, metrics: metrics.New(version, log)}
	starting, err := s.startingPages()
	if err != nil {
		_ = listener.Close()
		return nil, err
	}
	s.http = server.Start(listener, server.Options{
		Connections: connections(cfg), Certificate: certificate,
		ReadTimeout: cfg.HTTP.ReadTimeout, WriteTimeout: cfg.HTTP.WriteTimeout, IdleTimeout: cfg.HTTP.IdleTimeout,
		HeaderLimit: cfg.HTTP.HeaderLimit, ShutdownDelay: cfg.HTTP.ShutdownDelay, ShutdownTimeout: cfg.HTTP.ShutdownTimeout,
		Prefix: cfg.HTTP.BackendRoute, StartingPage: starting,
	}, log)
	if err := s.startOperator(ctx); err != nil {
		s.Close()
		return nil, err
	}
	if err := s.wire(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *System) wire(ctx context.Context) (err error) {
	policy, err := trailPolicy(s.cfg.Audit)
	if err != nil {
		return err
	}
	if s.spool, err = spool.New("", s.cfg.Limits.Spool); err != nil {
		return err
	}
	s.shares = fair.New(fair.Config{
		Connections: s.cfg.Database.MaxConnections, HeavyConnections: s.cfg.Database.HeavyConnections,
		ExportConnections: s.cfg.Database.ExportConnections,
		WriteMemory:       s.cfg.Limits.RequestMemory,
	})
	s.rates = rates(s.cfg.FairUse)
	s.metrics.WatchShares(s.sharesNow)
	if s.store, err = wiring.OpenStore(ctx, s.cfg.Database, gormdb.OnMail(func() { s.delivery.Wake() }), gormdb.WithLog(s.log)); err != nil {
		return err
	}
	s.delivery = service.NewDelivery(s.store, s.mailSender(), wiring.Clock{}, s.log)
	watch(s.metrics, s.store, wiring.Clock{})
	schema, err := prepareSchema(ctx, s.cfg, s.store, s.log)
	if err != nil {
		return err
	}
	if s.development, err = newDevelopment(s.cfg, s.http.Address(), s.log); err != nil {
		return err
	}
	needs, err := s.dependencies(ctx)
	if err != nil {
		return err
	}
	s.services = service.New(needs)
	if err = s.development.prepare(ctx, s.services, s.store.Repos().Removals, s.log); err != nil {
		return err
	}
	if s.cfg.Demo {
		demo := needs
		demo.Images = registry.Off{} // one is invented
		demo.Storage, demo.Quotas = silent{s.store}, service.Quotas{}
		if err = s.development.load(ctx, service.New(demo)); err != nil {
			return err
		}
	}
	handler, err := s.handler(schema)
	if err != nil {
		return err
	}
	s.startMail(ctx)
	go s.fillValues(ctx)
	go s.lookAfterResults(ctx)
	go service.NewRemovals(needs).Run(ctx, s.log)
	s.startAudit(ctx, policy)
	s.http.SetHandler(handler)
	return nil
}

func (s *System) dependencies(ctx context.Context) (service.Dependencies, error) {
	identity := providers.Config(s.cfg.Identity)
	identity.Issuers, identity.MaxToken, identity.Logger = s.issuers(), s.cfg.Limits.Token, s.log
	identity.Observe = func(issuer string, cause oidc.Cause, err error) { s.metrics.TokenJudged(issuer, string(cause), err) }
	verifier, err := oidc.New(identity)
	if err != nil {
		return service.Dependencies{}, fmt.Errorf("identity: %w", err)
	}
	idle := s.cfg.Sessions
	return service.Dependencies{
		Quotas: service.Quotas{
			OpenSubmissions: s.cfg.FairUse.OpenSubmissions, OpenClaims: s.cfg.FairUse.OpenClaims, Tags: s.cfg.FairUse.TagsADay,
			Uploads: s.cfg.FairUse.UploadsADay,
		},
		Sessions: service.SessionRules{Idle: idle.Idle, Absolute: idle.Lifetime, PerPerson: idle.Quota},
		Storage:  s.store, Verifier: verifier, Images: s.newImages(ctx), Schemas: jsonschema.New(),
		Clock: wiring.Clock{}, PublicURL: s.cfg.HTTP.PublicURL, Admins: append(s.development.admins(), s.cfg.Identity.AdminEntitlements...),
	}, nil
}

func (s *System) newImages(ctx context.Context) ports.ImageRegistry {
	images := s.cfg.Images
	if !images.Check {
		s.log.InfoContext(ctx, "the look-up of container images is off: every image of a benchmark is accepted")
		return registry.Off{}
	}
	s.log.InfoContext(ctx, "container images of benchmarks are looked up", "registries", images.Registries)
	return registry.New(registry.Config{Registries: images.Registries, Logger: s.log})
}

// issuers are those whose tokens count. In development these are, unless others
// are asked for, the development provider alone, so that nothing depends on a
// network.
func (s *System) issuers() []string {
	issuers := append(s.development.issuers(), s.loginIssuers()...)
	if len(s.development.issuers()) > 0 && !s.cfg.Identity.IssuersGiven {
		return issuers
	}
	return append(issuers, s.cfg.Identity.TrustedIssuers...)
}

func (s *System) handler(schema schemaCheck) (http.Handler, error) {
	proxies := make([]string, len(s.cfg.HTTP.TrustedProxies))
	for i, network := range s.cfg.HTTP.TrustedProxies {
		proxies[i] = network.String()
	}
	pages, err := site.New(docs.Files, wiring.DocsRepository, &site.Served{APIPage: "../ui/api", Pages: []site.ServedPage{
		{Title: "Compare", Address: "../ui/compare"}, {Title: "Results", Address: "../ui/results"},
		{Title: "Benchmarks", Address: "../ui/benchmarks"}, {Title: "Sites", Address: "../ui/sites"},
	}})
	if err != nil {
		return nil, fmt.Errorf("the documentation: %w", err)
	}
	login, err := s.login()
	if err != nil {
		return nil, fmt.Errorf("the login: %w", err)
	}
	answers := representation.Answers{Spool: s.spool, Timeout: s.cfg.HTTP.WriteTimeout, Log: s.log}
	limits := s.cfg.Limits
	apiPage := &openapi.APIPage{Logins: login.apiPage, Limit: middleware.Limit(s.rates)}
	if s.cfg.HTTP.StartPage == config.UIStart {
		apiPage.Instead = web.Path + "/"
	}
	mounts := []server.Mount{
		api.Mount(api.Config{
			Services: s.services, Log: s.log, Issuers: s.issuers(),
			DocsURL: strings.TrimSuffix(s.cfg.HTTP.BackendRoute, "/") + server.DocsPath + "/",
			Limits: api.Limits{
				Document: document.Limits{Bytes: limits.Body, Depth: limits.JSONDepth, Exponent: limits.NumberExponent},
				Filters:  limits.Filters, Terms: limits.Terms, Tags: limits.Tags, SortKeys: limits.SortKeys, PathParts: limits.PathParts,
				ExportTimeout: s.cfg.Database.ExportTimeout,
			},
			Shares: s.shares, Rates: s.rates, Answers: answers,
			Accounts: s.development.offered(s.cfg.HTTP.BackendRoute), Page: apiPage,
			HeaderRefused: func(cause string, err error) { s.metrics.TokenJudged("", cause, err) },
		}),
		server.Docs(pages, s.rates, answers),
		web.Mount(web.Config{
			Services: s.services, Log: s.log, Version: s.version, PublicURL: s.cfg.HTTP.PublicURL,
			Shares: s.shares, Rates: s.rates, Answers: answers, ExportTimeout: s.cfg.Database.ExportTimeout,
			Visitor: visitor, Guard: login.Guard,
			Documents: document.Limits{Bytes: limits.Body, Depth: limits.JSONDepth, Exponent: limits.NumberExponent},
			APIPage:   apiPage, Operation: s.operation(schema), KeepForm: session.KeepForm, TakeForm: session.TakeForm,
		}),
	}
	return server.NewHandler(server.Config{
		Log: s.log, Prefix: s.cfg.HTTP.BackendRoute, Origins: s.cfg.HTTP.AllowedOrigins,
		TrustedProxies: proxies, Secure: s.isSecure(), RequestTimeout: s.cfg.HTTP.RequestTimeout, Rates: s.rates, Shares: s.shares,
		Meter: s.metrics,
		Ready: []server.ReadyCheck{
			{Name: "database", Check: s.databaseCheck},
			{Name: "schema", Check: schema},
			s.http.ReadyCheck(),
		},
	}, append(mounts, s.development.mounts()...)...)
}

// certificateOf reads the certificate of the settings, nil if there is none.
func certificateOf(cfg *config.Config, log *slog.Logger) (*server.Certificate, error) {
	if cfg.HTTP.CertFile == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	return server.LoadCertificate(cfg.HTTP.CertFile, cfg.HTTP.KeyFile, func() (*tls.Certificate, error) {
		pair, err := cfg.HTTP.ReadCertificate()
		if err != nil {
			return nil, err
		}
		if fault := cfg.HTTP.CertificateFault(pair, time.Now()); fault != nil {
			log.Warn("clients will refuse the certificate", "error", fault)
		}
		return pair, nil
	}, log)
}

// connections bounds the connections so that each can have a temporary file.
func connections(cfg *config.Config) server.Connections {
	limit := cfg.Limits.Connections
	var files syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files) == nil {
		limit = int(min(uint64(limit), files.Cur/2)) //nolint:gosec // it is at most the setting
	}
	return server.Connections{Limit: limit, Proxies: cfg.HTTP.TrustedProxies}
}

// listen takes the port that the setting names, or says how to choose another.
func listen(ctx context.Context, setting, address string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, notListening(setting, address, err))
	}
	return listener, nil
}

// notListening says why the server cannot listen on the address, and what to do.
func notListening(setting, address string, err error) error {
	const other = "LISTEN_ADDRESS"
	_, noHost := errors.AsType[*net.DNSError](err)
	switch {
	case errors.Is(err, syscall.EADDRINUSE) && setting == other:
		return fmt.Errorf("the address %s is taken by another program: stop that program, or choose another address, for example "+
			"--listen 127.0.0.1:5001 (`make run LISTEN=127.0.0.1:5001`)", address)
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("the address %s is taken by another program: stop that program, or choose another address", address)
	case noHost, errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%s is no address of this machine: name one, or leave the host out for all of them: %w", address, err)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("this user may not listen on %s: choose a port of 1024 or more: %w", address, err)
	}
	return fmt.Errorf("listen on %s: %w; choose another address", address, err)
}

// Serve answers requests until the context ends, then finishes the requests under
// way within SHUTDOWN_TIMEOUT.
func (s *System) Serve(ctx context.Context) error {
	s.log.InfoContext(ctx, "serving", "address", s.http.Address().String(), "version", s.version)
	return s.http.Run(ctx, s.stopMail)
}

// Close ends what still runs and frees the port and the database.
func (s *System) Close() {
	s.http.Close()
	if s.stopMail != nil {
		now, cancel := context.WithCancel(context.Background())
		cancel()
		s.stopMail(now)
	}
	if s.stopAudit != nil {
		s.stopAudit()
		s.noting.Wait()
	}
	if s.store != nil {
		if err := s.store.Close(); err != nil {
			s.log.Error("close the database", "error", err)
		}
	}
}

// Address is the address at which the system listens.
func (s *System) Address() net.Addr { return s.http.Address() }

// Storage returns the storage, for jobs of the operator beside the server.
func (s *System) Storage() ports.Storage { return s.store }

// Delivery sends the mails of the outbox in the background.
func (s *System) Delivery() *service.Delivery { return s.delivery }

// NewLogger returns a logger as the settings say; lines that are written for a
// request carry the request's id.
func NewLogger(settings config.Log, w io.Writer) *slog.Logger {
	return slog.New(server.LogHandler(wiring.LogHandler(settings, w)))
}
