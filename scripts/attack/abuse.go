package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// abuseCommand is the command of the process that floods a server.
const abuseCommand = "abuse"

// abuse is what a process is told that floods a server. It is a process of its own, with low priority:
// a stranger has a machine of their own, and what they do there does not delay the measuring client.
type abuse struct {
	Flood, Address string
	// Token is that of a person at the address of the abuser.
	Token string
	Data  data

	refusals statuses
}

// flood is what one client does in so many connections at once until the context ends.
type flood struct {
	connections int
	work        func(ctx context.Context, i int)
}

// floods returns the floods by name.
func (a *abuse) floods() map[string]flood {
	heaviest := "/results?per_page=100&sort_by=%2Bjson&filters=" + url.QueryEscape("text >= a")
	page := "/results?per_page=100&benchmark_id="
	return map[string]flood{
		"8 heaviest lists":                 {8, a.repeat(heaviest)},
		"8 heaviest lists, never the same": {8, a.vary(heaviest)},
		"8 filters of large arrays":        {8, a.vary("/results?benchmark_id=" + a.Data.Arrays + "&filters=" + url.QueryEscape("values[*] > "))},
		"8 lists with large schemas":       {8, a.repeat(page + a.Data.Schemas)},
		"64 lists of 100":                  {64, a.repeat(page + a.Data.Usual)},
		slowReaders:                        {2, a.readSlowly(page + a.Data.Large)},
		"64 readers of 100 MB":             {64, a.repeat(page + a.Data.Large)},
		"32 uploads of 1 MB":               {32, a.uploadAgain},
		"64 checks by a slow schema":       {64, a.checkAgain},
		"64 requests that are refused":     {64, a.refusedAgain},
		"800 connections that never send":  {800, a.holdConnection("")},
		"200 connections that never read":  {200, a.holdConnection(page + a.Data.Usual)},
		randomTokens:                       {16, a.inventTokens},
	}
}

// randomTokens is the flood of A7.
const randomTokens = "16 connections with random tokens"

// runAbuse floods as standard input says, until that ends, and prints how the server answered.
func runAbuse(ctx context.Context) error {
	const low = 10
	if err := syscall.Setpriority(syscall.PRIO_PROCESS, 0, low); err != nil {
		return fmt.Errorf("lower the priority: %w", err)
	}
	var a abuse
	in := json.NewDecoder(os.Stdin)
	if err := in.Decode(&a); err != nil {
		return fmt.Errorf("read what to do: %w", err)
	}
	f, ok := a.floods()[a.Flood]
	if !ok {
		return fmt.Errorf("there is no flood %q", a.Flood)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer cancel()
		_, _ = io.Copy(io.Discard, os.Stdin) // until the measuring process closes it, or ends
	}()
	var all sync.WaitGroup
	for i := range f.connections {
		all.Go(func() { f.work(ctx, i) })
	}
	all.Wait()
	fmt.Print(&a.refusals)
	return nil
}

// flood starts a process that floods the server until end is called, which returns how the server answered.
func (a *attacker) flood(ctx context.Context, name string) (end func() (string, error), err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	process := exec.CommandContext(ctx, self, abuseCommand) //nolint:gosec // this program
	process.Stderr = os.Stderr
	in, err := process.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		return nil, err
	}
	err = json.NewEncoder(in).Encode(&abuse{Flood: name, Address: a.server.address, Token: a.bad.token, Data: a.data})
	time.Sleep(time.Second)
	return func() (string, error) {
		closed := in.Close()
		text, err := io.ReadAll(out)
		return string(text), errors.Join(closed, err, process.Wait())
	}, err
}

// person is a client with the token.
func (a *abuse) person() *client {
	c := newClient(a.Address, abuser)
	c.token = a.Token
	return c
}

// inventTokens asks with random tokens, opaque ones and JWTs.
func (a *abuse) inventTokens(ctx context.Context, i int) {
	issuer := base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"http://` + a.Address + `/dev/oidc","sub":"x","exp":4102444800}`))
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"k"}`))
	for c := newClient(a.Address, abuser); ctx.Err() == nil; {
		c.token = rand.Text()
		if i%2 == 0 {
			c.token = header + "." + issuer + "." + base64.RawURLEncoding.EncodeToString([]byte(rand.Text()))
		}
		a.refusals.add(c.get(ctx, "/users/self").status)
	}
}

// repeat asks for the target again and again.
func (a *abuse) repeat(target string) func(context.Context, int) {
	return func(ctx context.Context, _ int) {
		for c := newClient(a.Address, abuser); ctx.Err() == nil; {
			if c.get(ctx, target).status == 0 {
				time.Sleep(10 * time.Millisecond)
			}
		}
	}
}

// vary asks for a target that begins so, and is another one each time.
func (a *abuse) vary(begin string) func(context.Context, int) {
	return func(ctx context.Context, i int) {
		c := newClient(a.Address, abuser)
		for n := 0; ctx.Err() == nil; n++ {
			if c.get(ctx, fmt.Sprintf("%s%d%d", begin, i+1, n)).status == 0 {
				time.Sleep(10 * time.Millisecond)
			}
		}
	}
}

// checkAgain lets the server check the same document again and again.
func (a *abuse) checkAgain(ctx context.Context, _ int) {
	for c := newClient(a.Address, abuser); ctx.Err() == nil; {
		if c.post(ctx, "/results:validate?benchmark_id="+a.Data.Slow, `{"x":"abcd"}`).status == 0 {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// uploadAgain uploads a large result again and again, each time another one.
func (a *abuse) uploadAgain(ctx context.Context, i int) {
	c, document := a.person(), largeResult()
	for n := 0; ctx.Err() == nil; n++ {
		another := fmt.Sprintf(`{"connection":%d,"n":%d,`, i, n) + document[1:]
		if c.post(ctx, a.Data.upload(a.Data.Free), another).status == 0 {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// refusedAgain sends requests with a good token that are refused: for the right, the path of an id
// that is not there, or the query. The server looks up who asks before it refuses.
func (a *abuse) refusedAgain(ctx context.Context, i int) {
	targets := []string{"/users", "/results/00000000-0000-4000-8000-000000000000", "/results?odd=1", "/reports/claims"}
	for c := a.person(); ctx.Err() == nil; i++ {
		if c.get(ctx, targets[i%len(targets)]).status == 0 {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// readSlowly asks for the target, and reads a byte a second, again and again.
func (a *abuse) readSlowly(target string) func(context.Context, int) {
	return func(ctx context.Context, _ int) {
		for ctx.Err() == nil {
			a.hold(ctx, target, true)
		}
	}
}

// holdConnection opens a connection, asks for the target, if there is one, and reads nothing.
func (a *abuse) holdConnection(target string) func(context.Context, int) {
	return func(ctx context.Context, _ int) {
		for ctx.Err() == nil {
			a.hold(ctx, target, false)
		}
	}
}

// hold holds a connection until the server or the context ends it.
func (a *abuse) hold(ctx context.Context, target string, reads bool) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(abuser)}}
	connection, err := dialer.DialContext(ctx, "tcp", a.Address)
	if err != nil {
		time.Sleep(100 * time.Millisecond)
		return
	}
	defer func() { _ = connection.Close() }()
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(4 << 10) // so that the answer waits at the server
	}
	if target != "" {
		if _, err := fmt.Fprintf(connection, "GET %s HTTP/1.1\r\nHost: attack\r\n\r\n", target); err != nil {
			return
		}
	}
	begun := time.Now()
	for ctx.Err() == nil {
		time.Sleep(time.Second)
		const patience = 20 * time.Second
		if !reads {
			if time.Since(begun) > patience {
				return
			}
			continue
		}
		if _, err := io.ReadFull(connection, make([]byte, 1)); err != nil {
			return
		}
	}
}
