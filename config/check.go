package config

import "path/filepath"

// shortestKey is the length in bytes below which an attacker can guess SECRET_KEY.
const shortestKey = 16

// checkRules reports missing settings and settings that contradict each other, and adds
// warnings.
func (l *loader) checkRules() {
	l.checkEnvironment()
	c := l.config
	if !l.refused["OIDC_CLIENT_SECRET"] && c.Identity.ClientID == "" && c.Identity.ClientSecret.IsSet() {
		l.report("OIDC_CLIENT_ID", "is missing: OIDC_CLIENT_SECRET is set; set both, or only the client of a public one")
	}
	l.checkSessions()
	l.checkTLS()
	l.checkMail()
	l.boundConnections()
	if c.Audit.RetentionDays > 0 && c.Audit.KeyFile == "" && !l.refused["AUDIT_KEY_FILE"] {
		l.report("AUDIT_KEY_FILE", "is missing: AUDIT_RETENTION_DAYS leaves a signed checkpoint; `admin audit keygen` makes a key")
	}
	if !l.refused["REQUEST_TIMEOUT"] && !l.refused["WRITE_TIMEOUT"] && c.HTTP.RequestTimeout >= c.HTTP.WriteTimeout {
		l.report("REQUEST_TIMEOUT", "is %s, which must be shorter than WRITE_TIMEOUT, %s", c.HTTP.RequestTimeout, c.HTTP.WriteTimeout)
	}
	stop := c.HTTP.ShutdownDelay + c.HTTP.ShutdownTimeout
	if !l.refused["SHUTDOWN_TIMEOUT"] && !l.refused["SHUTDOWN_DELAY"] && stop > longestStop {
		l.report("SHUTDOWN_TIMEOUT", "is %s, and with SHUTDOWN_DELAY, %s, a stop takes longer than %s; shorten one of them",
			c.HTTP.ShutdownTimeout, c.HTTP.ShutdownDelay, longestStop)
	}
	l.addWarnings()
}

// checkEnvironment checks the rules of production. It checks nothing if the environment
// itself is wrong.
func (l *loader) checkEnvironment() {
	c := l.config
	if c.Environment != Production || l.refused["APP_ENV"] || l.refused["FLASK_ENV"] {
		return
	}
	if c.Demo {
		l.report("DEMO", "is for development only: remove it, or set APP_ENV=development")
	}
	if c.Identity.PublicDevProvider {
		l.report("DEV_OIDC_PUBLIC", "is for development only: remove it, or set APP_ENV=development")
	}
	if !c.SecretKey.IsSet() && !l.refused["SECRET_KEY"] {
		l.report("SECRET_KEY", "is required in production: set it, or SECRET_KEY_FILE, to %d or more random bytes", shortestKey)
	}
	if len(c.Identity.AdminEntitlements) == 0 && !l.refused["ADMIN_ENTITLEMENTS"] {
		l.report("ADMIN_ENTITLEMENTS", "is required in production: name at least one entitlement of administrators")
	}
}

// checkDatabase checks the settings of the database. It does not ask for DB_HOST if the
// environment itself is wrong.
func (l *loader) checkDatabase() {
	database := &l.config.Database
	database.DataDir = l.path(filepath.FromSlash(database.DataDir))
	switch database.Driver {
	case "":
		if l.refused["DB_DRIVER"] || l.refused["APP_ENV"] || l.refused["FLASK_ENV"] {
			return
		}
		l.report("DB_HOST", "is required in production: name the host of PostgreSQL, or ask for the embedded database with DB_DRIVER=sqlite")
		l.requirePostgres()
	case SQLite:
		if database.Host != "" {
			l.report("DB_DRIVER", "is sqlite, but DB_HOST is set; remove one of them")
		}
	case Postgres:
		if database.Host == "" {
			l.report("DB_HOST", "is required with DB_DRIVER=postgres: name the host of PostgreSQL")
		}
		l.requirePostgres()
	}
}

// boundConnections bounds what heavy requests and exports take of the connections, so that the
// other requests keep some.
func (l *loader) boundConnections() {
	database := &l.config.Database
	for _, part := range []struct {
		name  string
		value *int
		most  int
	}{
		{"HEAVY_CONNECTIONS", &database.HeavyConnections, max(1, database.MaxConnections/2)},
		{"EXPORT_CONNECTIONS", &database.ExportConnections, max(1, database.MaxConnections/4-1)},
	} {
		if *part.value <= part.most || l.refused["DB_MAX_CONNECTIONS"] {
			continue
		}
		if l.given(part.name) {
			l.warn(part.name, "is %d, of which %d count: DB_MAX_CONNECTIONS is %d", *part.value, part.most, database.MaxConnections)
		}
		*part.value = part.most
	}
}

// checkTLS checks that there are both files or none.
func (l *loader) checkTLS() {
	http := &l.config.HTTP
	switch {
	case http.CertFile == "" && http.KeyFile != "":
		l.report("TLS_CERT_FILE", "is missing: TLS_KEY_FILE is set; set both or none")
	case http.CertFile != "" && http.KeyFile == "":
		l.report("TLS_KEY_FILE", "is missing: TLS_CERT_FILE is set; set both or none")
	case http.CertFile != "":
		http.CertFile, http.KeyFile = l.path(http.CertFile), l.path(http.KeyFile)
	}
}

// checkSessions checks the login of browsers.
func (l *loader) checkSessions() {
	c := l.config
	if !l.refused["SESSION_IDLE"] && !l.refused["SESSION_LIFETIME"] && c.Sessions.Idle > c.Sessions.Lifetime {
		l.report("SESSION_IDLE", "is %s, which must not be longer than SESSION_LIFETIME, %s", c.Sessions.Idle, c.Sessions.Lifetime)
	}
	if l.given(providersSetting) && c.Identity.ClientID != "" {
		l.report(providersSetting, "names the clients of this server, but OIDC_CLIENT_ID is set, too; set one of them")
	}
	if c.Identity.LoginIssuer != "" && c.Identity.ClientID == "" {
		l.report("OIDC_CLIENT_ID", "is missing: OIDC_ISSUER names where browsers log in by this client")
	}
	if c.PreviousSecretKey.IsSet() && !c.SecretKey.IsSet() && !l.refused["SECRET_KEY"] {
		l.report("SECRET_KEY", "is missing: SECRET_KEY_PREVIOUS is set, which is for the time after a change of SECRET_KEY")
	}
}

func (l *loader) checkMail() {
	mail := l.config.Mail
	if mail.Server != "" && mail.From.Address == "" && !l.refused["MAIL_FROM"] {
		l.report("MAIL_FROM", "is required with MAIL_SERVER: name the sender of mails, like perf@example.org")
	}
	if l.refused["MAIL_PASSWORD"] || (mail.User == "") == !mail.Password.IsSet() {
		return
	}
	if mail.User == "" {
		l.report("MAIL_USER", "is missing: MAIL_PASSWORD is set; set both or none")
		return
	}
	l.report("MAIL_PASSWORD", "is missing: MAIL_USER is set; set both or none, the password also as MAIL_PASSWORD_FILE")
}

func (l *loader) requirePostgres() {
	if l.config.Database.User == "" {
		l.report("DB_USER", "is required with PostgreSQL: name its user")
	}
	if l.config.Database.Name == "" {
		l.report("DB_NAME", "is required with PostgreSQL: name the database")
	}
}

func (l *loader) addWarnings() {
	if key := l.config.SecretKey; key.IsSet() && len(key.Reveal()) < shortestKey {
		l.warn("SECRET_KEY", "is shorter than %d bytes and can be guessed; make a longer one", shortestKey)
	}
	if mail := l.config.Mail; mail.Server != "" && mail.Password.IsSet() && mail.TLS == MailNoTLS {
		l.warn("MAIL_PASSWORD", "goes over the network as it is: set MAIL_TLS to starttls or tls if the mail server can do that")
	}
	identity := l.config.Identity
	hasLogin := identity.ClientID != "" || len(identity.Providers) > 0
	if hasLogin && l.config.HTTP.PublicURL == "" && l.config.Environment == Production {
		l.warn("PUBLIC_URL", "is not set: without the public address browsers cannot log in")
	}
	if len(l.config.Identity.Audience) > 0 && !l.config.Identity.ClientSecret.IsSet() {
		l.warn("OIDC_AUDIENCE", "makes all opaque tokens refused: only introspection tells their audience, for which OIDC_CLIENT_ID must be set")
	}
	if l.given("GUNICORN_WORKERS") {
		l.warn("GUNICORN_WORKERS", "has no effect: one process uses all cores")
	}
	if l.given("FLASK_APP") && l.values.GetString("FLASK_APP") != "autoapp.py" {
		l.warn("FLASK_APP", "has no effect: only autoapp.py means something here, AUTO_UPGRADE=true")
	}
}
