package main

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// farSide is a mail server and a receiver of webhooks that count what arrives
// by its identity and forget the rest, so that a hundred thousand messages fit.
type farSide struct {
	mails *smtp.Server
	hooks *http.Server
	smtp  string // host:port
	url   string // of webhooks

	mu      sync.Mutex
	times   map[string]int       // arrivals by identity
	first   map[string]time.Time // of the first one
	arrived int                  // identities
	more    *sync.Cond
}

func startFarSide() (*farSide, error) {
	f := &farSide{}
	f.more = sync.NewCond(&f.mu)
	f.reset()
	mail, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	hook, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		_ = mail.Close()
		return nil, err
	}
	f.smtp, f.url = mail.Addr().String(), "http://"+hook.Addr().String()
	f.mails = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &farMail{far: f}, nil }))
	f.mails.Domain, f.mails.ErrorLog = "mail.example", log.New(io.Discard, "", 0) // clients are killed on purpose
	f.hooks = &http.Server{Handler: f, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = f.mails.Serve(mail) }()
	go func() { _ = f.hooks.Serve(hook) }()
	return f, nil
}

func (f *farSide) close() {
	_ = f.mails.Close()
	_ = f.hooks.Close()
}

// reset forgets what arrived.
func (f *farSide) reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.times, f.first, f.arrived = map[string]int{}, map[string]time.Time{}, 0
}

func (f *farSide) take(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.times[id]++; f.times[id] == 1 {
		f.first[id] = time.Now()
		f.arrived++
	}
	f.more.Broadcast()
}

// wait returns when that many identities have arrived, or ctx ends.
func (f *farSide) wait(ctx context.Context, n int) error {
	defer context.AfterFunc(ctx, f.more.Broadcast)()
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.arrived < n && ctx.Err() == nil {
		f.more.Wait()
	}
	return ctx.Err()
}

func (f *farSide) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.arrived
}

// spread is when half, and 99 of 100, and all had arrived, after that moment;
// and how many messages came beyond the first of each identity.
func (f *farSide) spread(begin time.Time) (half, most, all time.Duration, extra int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var took []time.Duration
	for id, at := range f.first {
		took = append(took, at.Sub(begin))
		extra += f.times[id] - 1
	}
	slices.Sort(took)
	if len(took) == 0 {
		return 0, 0, 0, 0
	}
	return took[len(took)/2], took[len(took)*99/100], took[len(took)-1], extra
}

// ServeHTTP takes a webhook.
func (f *farSide) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	f.take(r.Header.Get("webhook-id"))
	w.WriteHeader(http.StatusNoContent)
}

// farMail is a conversation with the mail server.
type farMail struct{ far *farSide }

func (m *farMail) Mail(string, *smtp.MailOptions) error { return nil }
func (m *farMail) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (m *farMail) Reset()                               {}
func (m *farMail) Logout() error                        { return nil }

// Data finds the Message-ID in the header. The mail counts once all of it is
// here.
func (m *farMail) Data(r io.Reader) error {
	id, err := messageID(r)
	if err == nil {
		_, err = io.Copy(io.Discard, r)
	}
	if err != nil {
		return err
	}
	m.far.take(id)
	return nil
}
