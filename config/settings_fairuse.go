package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// fairUseSettings keep one client or person from harming the others.
var fairUseSettings = []Setting{
	{
		Name: "RATE_READS", Kind: Text, Default: "6000/1m",
		Help: "largest number of reads of one client in a time, on each server; a client is the person of the token, else an address (in " +
			"IPv6 a /64 network); all default rates are ten times higher in development",
		read: within(rate, func(c *Config) *Rate { return &c.FairUse.Reads }),
	},
	{
		Name: "RATE_HEAVY_READS", Kind: Text, Default: "600/1m",
		Help: "largest number of exports, comparisons, distributions, series, trends and lists of paths of one client in a time; they " +
			"count as reads, too",
		read: within(rate, func(c *Config) *Rate { return &c.FairUse.HeavyReads }),
	},
	{
		Name: "RATE_WRITES", Kind: Text, Default: "12000/1m",
		Help: "largest number of requests of one client in a time that change something",
		read: within(rate, func(c *Config) *Rate { return &c.FairUse.Writes }),
	},
	{
		Name: "RATE_REFUSED_LOGINS", Kind: Text, Default: "60/1m",
		Help: "largest number of refused tokens and logins of one address in a time; of this address the server then accepts only " +
			"tokens that it has accepted before or whose provider signed them, and no login",
		read: within(rate, func(c *Config) *Rate { return &c.FairUse.RefusedLogins }),
	},
	{
		Name: "RATE_REGISTRATIONS", Kind: Text, Default: "200/1h",
		Help: "largest number of registrations from one address in a time",
		read: within(rate, func(c *Config) *Rate { return &c.FairUse.Registrations }),
	},
	{
		Name: "QUOTA_OPEN_SUBMISSIONS", Kind: Integer, Default: "50",
		Help: "largest number of benchmarks, sites and flavors of one person that wait for a review; 0 in this and the other quotas is " +
			"no limit; quotas do not apply to administrators",
		read: within(integer(0, 1_000_000_000), func(c *Config) *int { return &c.FairUse.OpenSubmissions }),
	},
	{
		Name: "QUOTA_OPEN_CLAIMS", Kind: Integer, Default: "10",
		Help: "largest number of claims of one person that wait for a decision; 0 is no limit",
		read: within(integer(0, 1_000_000_000), func(c *Config) *int { return &c.FairUse.OpenClaims }),
	},
	{
		Name: "QUOTA_TAGS", Kind: Integer, Default: "100",
		Help: "largest number of tags that one person creates on a day (UTC); 0 is no limit",
		read: within(integer(0, 1_000_000_000), func(c *Config) *int { return &c.FairUse.TagsADay }),
	},
	{
		Name: "QUOTA_UPLOADS", Kind: Integer, Default: "10000",
		Help: "largest number of results that one person uploads on a day (UTC); 0 is no limit",
		read: within(integer(0, 1_000_000_000), func(c *Config) *int { return &c.FairUse.UploadsADay }),
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
		Help: "file with the Ed25519 key (PEM, PKCS #8) that signs the end of the audit trail once a day; the command admin audit keygen " +
			"makes a key; without a key nothing is signed",
		read: into(parseText, func(c *Config) *string { return &c.Audit.KeyFile }),
	},
	{
		Name: "AUDIT_ADDRESS_DAYS", Kind: Integer, Default: "90",
		Help: "age in days at which the audit trail keeps only the network of an address (/24, in IPv6 /48); 0 is never",
		read: within(integer(0, maxDays), func(c *Config) *int { return &c.Audit.AddressDays }),
	},
	{
		Name: "AUDIT_RETENTION_DAYS", Kind: Integer, Default: "0",
		Help: "age in days at which entries of the audit trail are removed, also from the histories of resources; a signed checkpoint " +
			"replaces them, so AUDIT_KEY_FILE is required; 0 is never",
		read: within(integer(0, maxDays), func(c *Config) *int { return &c.Audit.RetentionDays }),
	},
}

// maxDays is a hundred years.
const maxDays = 36_500

// off is the value of a rate without a limit.
const off = "off"

// longestRate is the longest time of a rate.
const longestRate = 24 * time.Hour

var rate = parser[Rate]{"off, or NUMBER/TIME with a TIME from 1s to 24h", parseRate}

func parseRate(value string) (Rate, error) {
	if value == off {
		return Rate{}, nil
	}
	number, span, found := strings.Cut(value, "/")
	requests, err := strconv.Atoi(number)
	per, spanErr := time.ParseDuration(span)
	if !found || err != nil || spanErr != nil || requests < 1 || per < time.Second || per > longestRate {
		return Rate{}, fmt.Errorf("%s is neither off nor a rate like 100/1s, 6000/1m or 60/1h, with a time from 1s to 24h", quote(value))
	}
	return Rate{Requests: requests, Per: per}, nil
}
