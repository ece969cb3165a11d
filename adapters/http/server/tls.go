package server

import (
	"crypto/tls"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Certificate is the certificate of the server in two files, which are read again when they
// change: renewals need no restart.
type Certificate struct {
	certFile, keyFile string
	pair              func() (*tls.Certificate, error)
	log               *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	// read are the times of change of the files that hold current.
	read    [2]time.Time
	checked time.Time
}

// certificatePause is the shortest time between two looks at the files.
const certificatePause = time.Second

// LoadCertificate reads certificate and key, which are in these files, by pair.
func LoadCertificate(certFile, keyFile string, pair func() (*tls.Certificate, error), log *slog.Logger) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, pair: pair, log: log}
	if err := c.load(); err != nil {
		return nil, err
	}
	c.checked = time.Now()
	return c, nil
}

// load reads the files if they have changed.
func (c *Certificate) load() error {
	var changed [2]time.Time
	for i, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err == nil { // else pair says what is wrong
			changed[i] = info.ModTime()
		}
	}
	if c.current != nil && changed == c.read {
		return nil
	}
	pair, err := c.pair()
	if err != nil {
		return err // the files may be written one after the other: they are read again soon
	}
	c.current, c.read = pair, changed
	return nil
}

// config is the configuration of TLS. While new files cannot be read, the earlier certificate
// is used.
func (c *Certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if now := time.Now(); now.Sub(c.checked) >= certificatePause {
			c.checked = now
			before := c.current
			if err := c.load(); err != nil {
				c.log.Warn("the certificate cannot be read again, the earlier one is used", "error", err)
			} else if c.current != before {
				c.log.Info("the certificate was read again")
			}
		}
		return c.current, nil
	}}
}
