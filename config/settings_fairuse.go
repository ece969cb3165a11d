package config

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// fairUseSettings keep one client or person from harming the others.
var fairUseSettings = []Setting{
	{
		Name: "RATE_READS", Kind: Text, Default: "6000/1m",
		Help: "reads of a client in a time on this server, as NUMBER/TIME, or off; a client is a person, else an address (in IPv6 a /64 " +
			"network); ten times the default in development, as of all rates",
		read: into(parseRate, func(c *Config) *Rate { return &c.FairUse.Reads }),
	},
	{
		Name: "RATE_HEAVY_READS", Kind: Text, Default: "600/1m",
		Help: "exports, comparisons, distributions, series, trends and lists of paths of a client in a time; they count as reads, too",
		read: into(parseRate, func(c *Config) *Rate { return &c.FairUse.HeavyReads }),
	},
	{
		Name: "RATE_WRITES", Kind: Text, Default: "12000/1m",
		Help: "requests of a client in a time that change something",
		read: into(parseRate, func(c *Config) *Rate { return &c.FairUse.Writes }),
	},
	{
		Name: "RATE_REFUSED_LOGINS", Kind: Text, Default: "60/1m",
		Help: "requests of an address in a time whose token or login is refused; more are refused without a look at the token",
		read: into(parseRate, func(c *Config) *Rate { return &c.FairUse.RefusedLogins }),
	},
	{
		Name: "RATE_REGISTRATIONS", Kind: Text, Default: "200/1h",
		Help: "registrations from an address in a time",
		read: into(parseRate, func(c *Config) *Rate { return &c.FairUse.Registrations }),
	},
	{
		Name: "QUOTA_OPEN_SUBMISSIONS", Kind: Integer, Default: "50",
		Help: "benchmarks, sites and flavors of a person that wait for a review; 0 for any number, as all quotas; administrators have none",
		read: into(integer(0, 1_000_000_000), func(c *Config) *int { return &c.FairUse.OpenSubmissions }),
	},
	{
		Name: "QUOTA_OPEN_CLAIMS", Kind: Integer, Default: "10",
		Help: "claims of a person that wait for a decision",
		read: into(integer(0, 1_000_000_000), func(c *Config) *int { return &c.FairUse.OpenClaims }),
	},
	{
		Name: "QUOTA_TAGS", Kind: Integer, Default: "100",
		Help: "tags that a person makes on a day (UTC)",
		read: into(integer(0, 1_000_000_000), func(c *Config) *int { return &c.FairUse.TagsADay }),
	},
	{
		Name: "QUOTA_UPLOADS", Kind: Integer, Default: "10000",
		Help: "results that a person uploads on a day (UTC)",
		read: into(integer(0, 1_000_000_000), func(c *Config) *int { return &c.FairUse.UploadsADay }),
	},
}

// developmentRates are ten times those of production: tests of other programs and all tabs
// of a developer come from one address.
var developmentRates = map[string]string{
	"RATE_READS": "60000/1m", "RATE_HEAVY_READS": "6000/1m", "RATE_WRITES": "120000/1m", "RATE_REFUSED_LOGINS": "600/1m",
	"RATE_REGISTRATIONS": "2000/1h",
}

// auditSettings say what happens to the audit trail.
var auditSettings = []Setting{
	{
		Name: "AUDIT_KEY_FILE", Kind: File,
		Help: "file with the Ed25519 key (PEM, PKCS #8; `admin audit keygen` writes one) that signs the end of the audit trail once a day; " +
			"none by default",
		read: into(parseText, func(c *Config) *string { return &c.Audit.KeyFile }),
	},
	{
		Name: "AUDIT_ADDRESS_DAYS", Kind: Integer, Default: "90",
		Help: "age in days at which network addresses in the audit trail are cut to their network (/24, in IPv6 /48); 0 for never",
		read: into(integer(0, maxDays), func(c *Config) *int { return &c.Audit.AddressDays }),
	},
	{
		Name: "AUDIT_RETENTION_DAYS", Kind: Integer, Default: "0",
		Help: "age in days at which entries of the audit trail are removed, behind a signed checkpoint; histories lose them, too; needs " +
			"AUDIT_KEY_FILE; 0 for never",
		read: into(integer(0, maxDays), func(c *Config) *int { return &c.Audit.RetentionDays }),
	},
}

// maxDays is a hundred years.
const maxDays = 36_500

// off is the value of a rate without a limit.
const off = "off"

// longestRate is the longest time of a rate.
const longestRate = 24 * time.Hour

var errNoRate = errors.New("it is not off, or a rate like 100/1s, 6000/1m or 60/1h, of a time from 1s to 24h")

func parseRate(value string) (Rate, error) {
	if value == off {
		return Rate{}, nil
	}
	number, span, found := strings.Cut(value, "/")
	requests, err := strconv.Atoi(number)
	per, spanErr := time.ParseDuration(span)
	if !found || err != nil || spanErr != nil || requests < 1 || per < time.Second || per > longestRate {
		return Rate{}, errNoRate
	}
	return Rate{Requests: requests, Per: per}, nil
}
