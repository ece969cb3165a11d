package config

import "time"

// sections are all settings, in the order in which the documentation explains them.
var sections = []Section{
	{"Mode", programSettings},
	{"Secret key", secretKeySettings},
	{"Database", databaseSettings},
	{"Identity", identitySettings},
	{"Sessions of browsers", sessionSettings},
	{"HTTP", httpSettings},
	{"Container images of benchmarks", imageSettings},
	{"Mail", mailSettings},
	{"Limits", limitSettings},
	{"Rates and quotas", fairUseSettings},
	{"Audit trail", auditSettings},
	{"Timeouts", timeSettings},
	{"Metrics and profiles", operationSettings},
	{"Log", logSettings},
}

// settings are the settings of all sections.
var settings = func() []Setting {
	var all []Setting
	for _, section := range sections {
		all = append(all, section.Settings...)
	}
	return all
}()

const (
	kibi = 1 << 10
	mebi = 1 << 20
	gibi = 1 << 30

	// longestStop bounds SHUTDOWN_DELAY and SHUTDOWN_TIMEOUT together: Docker kills a
	// container ten seconds after it asked for the stop.
	longestStop = 10*time.Second - time.Millisecond

	secretFlagHelp = " (other users of the machine can see flags: use the file instead)"
)

// programSettings choose what the program does when it starts.
var programSettings = []Setting{
	{
		Name: "APP_ENV", Kind: Text, Default: "production",
		Help: "mode of the program; development needs no other setting, and is for one machine only",
		read: reader{values: environment.values},
	},
	{
		Name: "FLASK_ENV", Kind: Text,
		Help: "older name of APP_ENV",
		read: reader{values: environment.values},
	},
	{
		Name: "FLASK_APP", Kind: Text,
		Help: "autoapp.py means AUTO_UPGRADE=true; any other value has no effect",
	},
	{
		Name: "AUTO_UPGRADE", Kind: Boolean, Default: "false",
		Help: "upgrade the database schema when the server starts; true by default in development",
		read: within(boolean, func(c *Config) *bool { return &c.AutoUpgrade }),
	},
	{
		Name: "GUNICORN_WORKERS", Kind: Text,
		Help: "accepted without effect: one process uses all cores",
	},
	{
		Name: "DEMO", Kind: Boolean, Default: "false",
		Help: "load demonstration data when the server starts; development only",
		read: within(boolean, func(c *Config) *bool { return &c.Demo }),
	},
}
