package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/oidc"
	"github.com/eosc-perf/backend/adapters/registry"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/cmd/wiring/providers"
	"github.com/eosc-perf/backend/cmd/wiring/sender"
	"github.com/eosc-perf/backend/config"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/plural"
)

const (
	// patience is the longest time for each part of the examination.
	patience = 10 * time.Second
	// tolerance is the largest difference of two clocks: tokens are valid to the second.
	tolerance = 5 * time.Second
)

func doctorCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check everything that a server needs, and say what to do",
		Long: `Check everything that a server with these settings needs: the settings, the certificate, the
database, its connections, its schema and its clock, the identity providers, the mail server and the
registries of images. Each part is fine, is off, or has a problem. The command changes
nothing, sends no mail, and fails if a part has a problem.`,
		Example: `  admin doctor
  admin doctor --json | jq '.[] | select(.state == "problem")'`,
		Args: cobra.NoArgs,
	}
	// The flags of the server take the place of the flags that all commands have.
	load := wiring.SettingFlags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		d := &doctor{}
		d.examine(cmd.Context(), load)
		if err := d.tell(cmd.OutOrStdout(), asJSON); err != nil {
			return err
		}
		return d.verdict()
	}
	return cmd
}

// diagnosis is the state of one part of what a server needs.
type diagnosis struct {
	Name string `json:"name"`
	// State is fine, off or problem.
	State  string `json:"state"`
	Detail string `json:"detail"`
}

type doctor struct{ found []diagnosis }

// note adds a diagnosis: fine with the detail, or a problem with the error and the remedy.
func (d *doctor) note(name, detail string, err error, remedy string) {
	if err == nil {
		d.found = append(d.found, diagnosis{name, "fine", detail})
		return
	}
	if fault := gormdb.FaultOf(err); fault != nil { // it has a remedy of its own
		d.found = append(d.found, diagnosis{name, "problem", fault.Error()})
		return
	}
	d.found = append(d.found, diagnosis{name, "problem", fmt.Sprintf("%v; %s", err, remedy)})
}

func (d *doctor) off(name, detail string) {
	d.found = append(d.found, diagnosis{name, "off", detail})
}

func (d *doctor) examine(ctx context.Context, load func() (*config.Config, error)) {
	cfg, err := load()
	d.note("settings", "complete", err, "correct them, see `server --help`")
	if err != nil {
		return
	}
	for _, warning := range cfg.Warnings {
		d.off("settings", warning)
	}
	d.certificate(cfg.HTTP)
	d.database(ctx, cfg.Database)
	d.providers(ctx, cfg)
	d.mail(ctx, cfg)
	d.registries(ctx, cfg.Images)
}

// certificate looks whether clients accept the certificate of the server.
func (d *doctor) certificate(http config.HTTP) {
	if http.CertFile == "" {
		d.off("certificate", "the server speaks plain HTTP: TLS_CERT_FILE is not set")
		return
	}
	pair, err := http.ReadCertificate()
	if err == nil {
		err = http.CertificateFault(pair, time.Now())
	}
	if err != nil {
		d.note("certificate", "", err, "then look again")
		return
	}
	d.note("certificate", http.CertFile+" until "+pair.Leaf.NotAfter.UTC().Format(time.DateTime)+" UTC", nil, "")
}

func (d *doctor) database(ctx context.Context, db config.Database) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	place := wiring.DatabasePlace(db)
	opened, err := openExisting(ctx, db)
	if err == nil {
		defer func() { _ = opened.store.Close() }() // nothing was written
		err = opened.store.Examine(ctx)
	}
	d.note("database", place, err, "start it, or correct the settings DB_... and DATA_DIR")
	if err != nil {
		return
	}
	if pooler := opened.store.Pool().Pooler; pooler != "" {
		d.note("pooler", pooler, nil, "")
	} else if db.Driver == config.Postgres {
		err := opened.store.Connections(ctx, db.MaxConnections)
		d.note("connections", fmt.Sprintf("%d are allowed", db.MaxConnections), err, "then look again")
	}
	schema := opened.upToDate(ctx)
	if schema == nil {
		schema = opened.complete(ctx)
	}
	d.note("schema", "up to date", schema, "then look again")
	d.note("clock", "that of the database agrees", compareClocks(ctx, opened.store), "let both machines keep their time by NTP")
	if schema == nil {
		d.outbox(ctx, opened)
	}
}

// outbox looks for mails that do not leave.
func (d *doctor) outbox(ctx context.Context, db *database) {
	report, err := db.outbox().Report(ctx, operator)
	if err != nil {
		d.note("outbox", "", err, "then look again")
		return
	}
	waiting := plural.Count(report.Waiting, "mail waits", "mails wait")
	if late := report.Late; late != nil {
		err = fmt.Errorf("%s, the oldest since %s UTC: %s", waiting, late.CreatedAt.Format(time.DateTime), late.LastError)
	}
	d.note("outbox", waiting+", "+plural.Count(report.Parked, "is", "are")+" parked", err,
		"they leave once that is mended, see `admin outbox list`")
}

func compareClocks(ctx context.Context, store *gormdb.Store) error {
	theirs, err := store.Now(ctx)
	if err != nil {
		return err
	}
	if apart := time.Since(theirs).Abs(); apart > tolerance {
		return fmt.Errorf("the clock of the database is %s apart from ours", apart.Round(time.Second))
	}
	return nil
}

func (d *doctor) providers(ctx context.Context, cfg *config.Config) {
	if cfg.Environment == config.Development && !cfg.Identity.IssuersGiven {
		d.off("provider", "the development provider is in the server")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	verifier, err := oidc.New(providers.Config(cfg.Identity))
	if err != nil {
		d.note("provider", "", err, "correct TRUSTED_OP_LIST")
		return
	}
	for _, provider := range verifier.Check(ctx) {
		d.note("provider", provider.Issuer, provider.Err,
			"nobody of it can log in: look whether it is up, correct TRUSTED_OP_LIST, or open the way to it")
	}
}

func (d *doctor) mail(ctx context.Context, cfg *config.Config) {
	if cfg.Mail.Server == "" {
		d.off("mail", "mails go to the log: MAIL_SERVER is not set")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	smtp := sender.New(cfg)
	err := smtp.Check(ctx)
	d.note("mail", cfg.Mail.Server+", to which we say EHLO "+smtp.Helo(), err,
		"mails wait meanwhile: look whether it is up, or correct the settings MAIL_...")
}

// registries asks each registry for an image. Any answer shows that it can be reached.
func (d *doctor) registries(ctx context.Context, images config.Images) {
	if !images.Check {
		d.off("registry", "images are not looked up: IMAGE_CHECK is off")
		return
	}
	client := registry.New(registry.Config{Registries: images.Registries})
	for _, host := range images.Registries {
		err := client.Exists(ctx, host+"/library/hello-world", "latest")
		if domain.KindOf(err) != domain.Unavailable {
			err = nil
		}
		d.note("registry", host, err, "benchmarks with its images cannot be submitted: open the way to it, or take it from IMAGE_REGISTRIES")
	}
}

func (d *doctor) tell(w io.Writer, asJSON bool) error {
	if asJSON {
		return encodeJSON(w, d.found)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, found := range d.found {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", found.Name, found.State, found.Detail) // Flush returns errors
	}
	return table.Flush()
}

func (d *doctor) verdict() error {
	problems := 0
	for _, found := range d.found {
		if found.State == "problem" {
			problems++
		}
	}
	if problems == 0 {
		return nil
	}
	return fmt.Errorf("%w: problems: %d", errFindings, problems)
}
