package tables

import (
	"reflect"
	"slices"
	"sync"

	"gorm.io/gorm/schema"
)

// Table describes one table of the database.
type Table struct {
	Name string
	// Model points to a zero row. It is nil for a table that only triggers and SQL
	// statements use: revisions alone describe its columns.
	Model any
	// Dumped: a dump holds the rows. All others can be derived from the dumped ones, or are
	// passing.
	Dumped bool
	// Passing: the rows are of no use after a restore, and a dump does not hold them.
	Passing bool
	// DerivedFrom names the tables from whose rows triggers derive the rows of this one.
	DerivedFrom []string
	// Embedded: only the embedded database has the table.
	Embedded bool
	// Beside is a derived table whose triggers write this table, too, which only PostgreSQL has;
	// empty for none.
	Beside string
	// Personal are the columns that hold or refer to personal data.
	Personal []string
	// AboutPerson is a condition for the rows that are about a person, whose subject,
	// issuer and e-mail address are @sub, @iss and @email. Changes of entries of the audit
	// trail about the person are @about. It is empty for tables without such rows.
	AboutPerson string
	// Sealed are columns that say nothing about a person: hashes, salts, and what only the
	// server can open. The export of a person's data leaves them out.
	Sealed []string
}

// uploader are the columns that name who uploaded a row, uploadedBy the condition
// that a person did.
var uploader = []string{"uploader_sub", "uploader_iss"}

const uploadedBy = "uploader_sub = @sub AND uploader_iss = @iss"

// identity are the columns that name a person, identified the condition that it is this one.
var identity = []string{"sub", "iss"}

const identified = "sub = @sub AND iss = @iss"

// inTrail is the condition that a person acted, or that something was done to the person.
const inTrail = "actor_sub = @sub AND actor_iss = @iss OR resource_type = 'user' AND changes IN @about"

// Registry is the list of all tables, in the order in which rows can be inserted: the
// rows that a row refers to come first. One exception is claim.result_id, whose
// foreign key is checked at the end of the transaction.
var Registry = []Table{
	{
		Name: "user", Model: &User{}, Dumped: true,
		Personal: []string{"sub", "iss", "email"}, AboutPerson: `"user".sub = @sub AND "user".iss = @iss`,
	},
	{
		Name: "submit", Model: &Submit{}, Dumped: true,
		AboutPerson: `id IN (SELECT _submit_report_id FROM benchmark WHERE ` + uploadedBy +
			` UNION SELECT _submit_report_id FROM site WHERE ` + uploadedBy +
			` UNION SELECT _submit_report_id FROM flavor WHERE ` + uploadedBy +
			` UNION SELECT _submit_report_id FROM claim WHERE ` + uploadedBy + `)`,
	},
	{Name: "tag", Model: &Tag{}, Dumped: true, Personal: uploader, AboutPerson: uploadedBy},
	{Name: "benchmark", Model: &Benchmark{}, Dumped: true, Personal: uploader, AboutPerson: uploadedBy},
	{Name: "site", Model: &Site{}, Dumped: true, Personal: uploader, AboutPerson: uploadedBy},
	{Name: "flavor", Model: &Flavor{}, Dumped: true, Personal: uploader, AboutPerson: uploadedBy},
	{Name: "claim", Model: &Claim{}, Dumped: true, Personal: uploader, AboutPerson: uploadedBy},
	{Name: "result", Model: &Result{}, Dumped: true, Personal: uploader, AboutPerson: uploadedBy},
	{
		Name: "result_tags", Model: &ResultTag{}, Dumped: true,
		AboutPerson: `result_id IN (SELECT id FROM result WHERE ` + uploadedBy + `)`,
	},
	{Name: "outbox", Model: &OutgoingMail{}, Dumped: true, Personal: []string{"receiver", "reached"}, AboutPerson: "receiver = @email"},
	{
		Name: "audit_event", Model: &AuditEvent{}, Dumped: true, Personal: []string{"actor_sub", "actor_iss"}, AboutPerson: inTrail,
	},
	{
		Name: "audit_entry", Model: &AuditEntry{}, Dumped: true, Personal: []string{"actor_sub", "actor_iss"}, AboutPerson: inTrail,
		Sealed: []string{
			"actor_hash", "actor_salt", "address_hash", "address_salt", "reason_hash", "reason_salt", "changes_hash", "changes_salt", "hash",
		},
	},
	{Name: "audit_head", Model: &AuditHead{}, Dumped: true},
	{Name: "audit_checkpoint", Model: &AuditCheckpoint{}, Dumped: true},
	{Name: "daily_use", Model: &DailyUse{}, Dumped: true, Personal: identity, AboutPerson: identified},
	{Name: "idempotency_key", Model: &IdempotencyKey{}, Dumped: true, Personal: uploader, AboutPerson: uploadedBy},
	{Name: "removal", Model: &Removal{}, Dumped: true, Personal: identity, AboutPerson: identified},
	{Name: "blocked_person", Model: &BlockedPerson{}, Dumped: true, Personal: identity, AboutPerson: identified},
	{
		Name: "browser_session", Model: &BrowserSession{}, Passing: true, Personal: identity, AboutPerson: identified,
		Sealed: []string{"token_hash", "data", "tokens"},
	},
	{Name: "result_count", Model: &ResultCount{}, DerivedFrom: []string{"result", "result_tags"}},
	{Name: "metric_path", DerivedFrom: []string{"benchmark"}},
	{Name: "result_metric", DerivedFrom: []string{"benchmark", "result"}, Personal: uploader, AboutPerson: uploadedBy},
	{Name: "result_leaf", DerivedFrom: []string{"benchmark"}},
	{Name: "result_value", DerivedFrom: []string{"benchmark", "result"}},
	{Name: "result_element", DerivedFrom: []string{"benchmark", "result"}, Beside: "result_value"},
	{Name: "result_value_keys", DerivedFrom: []string{"benchmark", "result"}, Embedded: true},
	{Name: "result_value_pending", DerivedFrom: []string{"result"}, Embedded: true},
	{Name: "result_leaf_pending", DerivedFrom: []string{"benchmark"}, Embedded: true},
	{Name: "result_outline", DerivedFrom: []string{"result"}},
	{Name: "reference_change", DerivedFrom: []string{"tag", "benchmark", "site", "flavor", "result_tags", "metric_path"}},
}

// Models returns a pointer to a zero row of each table that has a model, in the
// order of Registry: the schema that a database must have.
func Models() []any {
	var models []any
	for _, table := range Registry {
		if table.Model != nil {
			models = append(models, table.Model)
		}
	}
	return models
}

// Modelled leaves out the names of tables without a model: revisions alone describe these.
func Modelled(all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(name string) bool {
		return slices.ContainsFunc(Registry, func(table Table) bool { return table.Name == name && table.Model == nil })
	})
}

// Dumped returns the names of the tables that a dump holds, in the order of Registry.
func Dumped() []string {
	return names(func(table Table) bool { return table.Dumped })
}

// Names returns the names of all tables, in the order of Registry.
func Names() []string { return names(func(Table) bool { return true }) }

// Sources returns the names of the tables from which triggers derive the rows of these
// tables, in the order of Registry.
func Sources(derived ...string) []string {
	var sources []string
	for _, table := range Registry {
		if slices.Contains(derived, table.Name) {
			sources = append(sources, table.DerivedFrom...)
		}
	}
	return names(func(table Table) bool { return slices.Contains(sources, table.Name) })
}

// Kind is what the values of a column are.
type Kind int

// The kinds of columns.
const (
	// AnyText is any text, number or boolean.
	AnyText Kind = iota
	UUID
	Time
	JSON
	// Declared is a JSON document that rows are read with: metrics that users declared.
	Declared
)

// Kinds returns the kinds of the columns of the models, by table and column. Columns that it
// does not list, of an older or a newer schema, are AnyText.
var Kinds = sync.OnceValue(func() map[string]map[string]Kind {
	kinds := map[string]map[string]Kind{}
	for _, table := range Registry {
		if table.Model == nil {
			continue
		}
		model, err := schema.Parse(table.Model, &sync.Map{}, NewNamer())
		if err != nil {
			panic("the model of table " + table.Name + ": " + err.Error())
		}
		kinds[table.Name] = map[string]Kind{}
		for _, field := range model.Fields {
			switch field.IndirectFieldType {
			case reflect.TypeFor[Key]():
				kinds[table.Name][field.DBName] = UUID
			case reflect.TypeFor[Timestamp]():
				kinds[table.Name][field.DBName] = Time
			case reflect.TypeFor[Document]():
				kinds[table.Name][field.DBName] = JSON
			case reflect.TypeFor[Metrics]():
				kinds[table.Name][field.DBName] = Declared
			}
		}
	}
	return kinds
})

func names(chosen func(Table) bool) []string {
	var list []string
	for _, table := range Registry {
		if chosen(table) {
			list = append(list, table.Name)
		}
	}
	return list
}
