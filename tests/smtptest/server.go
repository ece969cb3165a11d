// Package smtptest is a mail server for tests: it keeps what it accepts, and
// misbehaves on demand. Only tests import it.
package smtptest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Received is a mail as it arrived.
type Received struct {
	From string
	To   []string
	// Data is all of it, header and body, with lines that end in CRLF.
	Data string
	// TLS, UTF8 (RFC 6531) and User tell how it was sent; User is empty without login.
	TLS  bool
	UTF8 bool
	User string
}

// Faults are what a server does wrong; nil functions do nothing.
type Faults struct {
	// Greet, Mail, Rcpt, Data run at these points; the error is the server's
	// answer. ErrDrop hangs up.
	Greet func() error
	Mail  func(from string) error
	Rcpt  func(to string) error
	// Data runs once the whole mail was received; the mail is kept, before it is
	// answered, if Keep says so or there is no error.
	Data func() error
	Keep bool
}

// ErrDrop makes a fault hang up instead of answering.
var ErrDrop = errors.New("hang up")

// Refuse is an answer of the server.
func Refuse(code int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: text}
}

// Options choose what a server offers.
type Options struct {
	// StartTLS offers it, ImplicitTLS begins with it.
	StartTLS, ImplicitTLS bool
	// User and Password are wanted if they are set.
	User, Password string
	// UTF8 offers SMTPUTF8.
	UTF8 bool
	// Address is one to listen on; empty is a free one.
	Address string
}

// Server is a running mail server.
type Server struct {
	Host string
	Port int
	// Roots vouch for its certificate.
	Roots *x509.CertPool
	// Certificate is what Roots hold, in DER.
	Certificate []byte

	options  Options
	listener net.Listener
	server   *smtp.Server
	mutex    sync.Mutex
	faults   Faults
	received []Received
	sessions int
}

// Start runs a server until the test ends.
func Start(t testing.TB, options Options) *Server {
	t.Helper()
	s := &Server{options: options}
	s.server = smtp.NewServer(smtp.BackendFunc(s.session))
	s.server.Domain, s.server.AllowInsecureAuth, s.server.EnableSMTPUTF8 = "mail.test", true, options.UTF8
	s.server.ReadTimeout, s.server.WriteTimeout = time.Minute, time.Minute
	address := options.Address
	if address == "" {
		address = "127.0.0.1:0"
	}
	var err error
	if s.listener, err = new(net.ListenConfig).Listen(t.Context(), "tcp", address); err != nil {
		t.Fatal(err)
	}
	if options.StartTLS || options.ImplicitTLS {
		s.certify(t)
	}
	if options.ImplicitTLS {
		s.listener = tls.NewListener(s.listener, s.server.TLSConfig)
		s.server.TLSConfig = nil
	}
	host, port, _ := net.SplitHostPort(s.listener.Addr().String())
	s.Host = host
	s.Port, _ = strconv.Atoi(port)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.server.Serve(s.listener) // it ends with Close
	}()
	t.Cleanup(func() {
		s.Close()
		<-done
	})
	return s
}

// Close ends the server; what it received stays.
func (s *Server) Close() {
	_ = s.server.Close()
	_ = s.listener.Close() // where it did not serve yet
}

// Address is HOST:PORT.
func (s *Server) Address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// Break sets the faults from now on.
func (s *Server) Break(f Faults) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.faults = f
}

// Received are the mails so far.
func (s *Server) Received() []Received {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]Received(nil), s.received...)
}

// Sessions counts the conversations so far.
func (s *Server) Sessions() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.sessions
}

func (s *Server) fault() Faults {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.faults
}

// certify makes a certificate for the loopback address.
func (s *Server) certify(t testing.TB) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	if s.Certificate, err = x509.CreateCertificate(rand.Reader, template, template, key.Public(), key); err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(s.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	s.Roots = x509.NewCertPool()
	s.Roots.AddCert(certificate)
	s.server.TLSConfig = &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{s.Certificate}, PrivateKey: key}},
		MinVersion:   tls.VersionTLS12,
	}
}

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	s.mutex.Lock()
	s.sessions++
	s.mutex.Unlock()
	in := &session{server: s, conn: c}
	if greet := s.fault().Greet; greet != nil {
		if err := in.answer(greet()); err != nil {
			return nil, err
		}
	}
	if s.options.User != "" {
		return authSession{in}, nil
	}
	return in, nil
}

// session is one conversation.
type session struct {
	server *Server
	conn   *smtp.Conn
	mail   Received
}

// answer hangs up where that is the fault.
func (s *session) answer(err error) error {
	if errors.Is(err, ErrDrop) {
		_ = s.conn.Conn().Close()
	}
	return err
}

func (s *session) Reset()        { s.mail = Received{User: s.mail.User} }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, options *smtp.MailOptions) error {
	if s.server.options.User != "" && s.mail.User == "" {
		return Refuse(530, "Authentication required")
	}
	s.mail.From, s.mail.UTF8 = from, options.UTF8
	if fault := s.server.fault().Mail; fault != nil {
		return s.answer(fault(from))
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if fault := s.server.fault().Rcpt; fault != nil {
		if err := s.answer(fault(to)); err != nil {
			return err
		}
	}
	s.mail.To = append(s.mail.To, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	faults := s.server.fault()
	if faults.Data != nil {
		err = faults.Data()
	}
	if err == nil || faults.Keep {
		s.mail.Data = string(data)
		_, s.mail.TLS = s.conn.TLSConnectionState()
		s.server.mutex.Lock()
		s.server.received = append(s.server.received, s.mail)
		s.server.mutex.Unlock()
	}
	return s.answer(err)
}

// authSession wants a login.
type authSession struct{ *session }

func (authSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s authSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.options.User || password != s.server.options.Password {
			return smtp.ErrAuthFailed
		}
		s.mail.User = user
		return nil
	}), nil
}
