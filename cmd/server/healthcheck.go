package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/config"
)

// healthPatience is a little longer than /readyz takes at most.
const healthPatience = 3 * time.Second

// healthcheckCommand is for containers, which have no shell and no curl.
func healthcheckCommand(load func() (*config.Config, error)) *cobra.Command {
	return &cobra.Command{
		Use:   "healthcheck",
		Short: "Ask the server on this machine whether it is ready, and exit with 1 if not",
		Long: `Ask the server at LISTEN_ADDRESS on this machine whether it is ready (/readyz). The
command exits within three seconds: with 0 if the server is ready, else with 1 and the
reason.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := load()
			if err != nil {
				return err
			}
			return checkHealth(cmd.Context(), cfg.HTTP.ListenAddress, cfg.HTTP.CertFile != "")
		},
	}
}

func checkHealth(ctx context.Context, listenAddress string, hasTLS bool) error {
	address, err := reachable(listenAddress)
	if err != nil {
		return err
	}
	scheme := "http://"
	if hasTLS {
		scheme = "https://"
	}
	ctx, cancel := context.WithTimeout(ctx, healthPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+address+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("ask the server at %s: %w", address, err)
	}
	// A transport of its own: the server is not behind the proxy of the environment.
	// The certificate is not of this address.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // it is the own machine
	response, err := transport.RoundTrip(request)
	if err != nil {
		return fmt.Errorf("the server at %s does not answer: %w", address, err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode == http.StatusOK {
		return nil
	}
	const longest = 1 << 10
	reason, err := io.ReadAll(io.LimitReader(response.Body, longest))
	if err != nil {
		return fmt.Errorf("read the answer of the server at %s: %w", address, err)
	}
	return fmt.Errorf("the server at %s is not ready: %s %s", address, response.Status, strings.TrimSpace(string(reason)))
}

// reachable is where a server that listens at the address can be asked: on a
// loopback address if it listens on all.
func reachable(listenAddress string) (string, error) {
	host, port, err := net.SplitHostPort(listenAddress)
	if err != nil {
		return "", fmt.Errorf("LISTEN_ADDRESS: %w", err)
	}
	if port == "0" {
		return "", errors.New("LISTEN_ADDRESS has port 0: nobody knows which one the server has taken")
	}
	ip, err := netip.ParseAddr(host)
	switch {
	case host == "", err == nil && ip.IsUnspecified() && ip.Is4():
		host = "127.0.0.1"
	case err == nil && ip.IsUnspecified():
		host = "localhost" // ::1, or 127.0.0.1 where there is no IPv6
	}
	return net.JoinHostPort(host, port), nil
}
