package postgres

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

func TestConnectionsThatAreRefusedSayWhatToDo(t *testing.T) {
	for code, want := range map[string]string{
		"28P01": "the database refuses the user: the reason (SQLSTATE 28P01); correct DB_USER and DB_PASSWORD (or DB_PASSWORD_FILE)",
		"28000": "the database refuses the user: the reason (SQLSTATE 28000); correct DB_USER",
		"3D000": "the database does not exist: the reason (SQLSTATE 3D000); create it with createdb --encoding=UTF8, or correct DB_NAME",
	} {
		err := errorCodes{}.Translate(&pgconn.PgError{Code: code, Message: "the reason"})
		fault := session.FaultOf(err)
		if fault == nil || !strings.HasPrefix(fault.Error(), want) {
			t.Errorf("%s: %v, want %s", code, fault, want)
		}
		if !errors.Is(err, session.ErrRefused) {
			t.Errorf("%s: %v does not say that waiting makes no sense", code, err)
		}
		if fault != nil && fault.Final {
			t.Errorf("%s: a server that runs would not recover when the operator has acted", code)
		}
	}
}

func TestConnectionsThatAreNotMadeSayWhatToDo(t *testing.T) {
	listener := answerNoTLS(t)
	for name, c := range map[string]struct{ settings, cause, remedy string }{
		"a port without a server": {
			"host=127.0.0.1 port=1 sslmode=prefer", "connection refused", "start PostgreSQL, or correct DB_HOST and DB_PORT",
		},
		"a folder without a socket": {
			"host=/nowhere port=5432", "no such file or directory", "start PostgreSQL, or correct DB_HOST and DB_PORT",
		},
		"an unknown host":      {"host=no.host.invalid", "lookup no.host.invalid", "correct DB_HOST, or the name in DNS"},
		"a server without TLS": {"sslmode=require " + listener, "refused TLS", "turn TLS on in PostgreSQL, or choose another DB_SSLMODE"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := pgconn.Connect(context.Background(), c.settings+" user=u dbname=d password=very-secret")
			fault := session.FaultOf(errorCodes{}.Translate(err))
			if fault == nil {
				t.Fatalf("no fault in %v", err)
			}
			text := fault.Error()
			if fault.Reason != "the database cannot be reached" || fault.Remedy != c.remedy || strings.Count(text, c.cause) != 1 {
				t.Errorf("got %q, want the cause %q once, and the remedy %q", text, c.cause, c.remedy)
			}
			if strings.ContainsAny(text, "\n\t") || strings.Contains(text, "very-secret") {
				t.Errorf("%q is not one line, or has the password", text)
			}
		})
	}
}

// answerNoTLS starts a server that refuses TLS, as PostgreSQL without a certificate does. It
// returns the settings that name the server.
func answerNoTLS(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			request := make([]byte, 8)
			if _, err := connection.Read(request); err == nil {
				_, _ = connection.Write([]byte("N")) // "no" to the request of TLS
			}
			_ = connection.Close()
		}
	}()
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return "host=" + host + " port=" + port
}
