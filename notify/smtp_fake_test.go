package notify

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
)

// Things a scripted server does instead of answering.
const (
	doClose = "!close" // hang up without a word
	doReset = "!reset" // hang up so that the peer's writes fail
	doHang  = "!hang"  // say nothing until the test ends
	doRead  = "!read1" // read one line of the mail, then hang up hard
)

// scriptedSMTP is a mail server that answers as told: a reply for each verb,
// "banner", and "dot" for the end of a mail.
type scriptedSMTP struct {
	addr string
	done chan struct{}

	mu     sync.Mutex
	script map[string]string
	mails  []string // what arrived between DATA and the dot, accepted or not
	verbs  []string
}

var usualReplies = map[string]string{
	"banner": "220 mail.example.org", "EHLO": "250-mail.example.org\r\n250 AUTH PLAIN LOGIN", "AUTH": "235 welcome", "MAIL": "250 ok", "RCPT": "250 ok",
	"DATA": "354 go on", "dot": "250 2.0.0 queued as ABC", "QUIT": "221 bye", "RSET": "250 ok",
}

func startSMTP(t *testing.T, script map[string]string) *scriptedSMTP {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &scriptedSMTP{addr: l.Addr().String(), done: make(chan struct{}), script: script}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() { s.talk(conn.(*net.TCPConn)) })
			open.Go(func() { <-s.done; conn.Close() }) // the client keeps it open for the next mail
		}
	})
	t.Cleanup(func() { close(s.done); l.Close(); open.Wait() })
	return s
}

func (s *scriptedSMTP) answer(verb string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.verbs = append(s.verbs, verb)
	if r, ok := s.script[verb]; ok {
		return r
	}
	if r, ok := usualReplies[verb]; ok {
		return r
	}
	return "500 what?"
}

// say answers a verb and reports whether the conversation goes on.
func (s *scriptedSMTP) say(conn *net.TCPConn, verb string) bool {
	switch r := s.answer(verb); r {
	case doHang:
		<-s.done
		return false
	case doClose:
		return false
	case doReset:
		conn.SetLinger(0)
		return false
	default:
		fmt.Fprintf(conn, "%s\r\n", r)
		return true
	}
}

func (s *scriptedSMTP) talk(conn *net.TCPConn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	if !s.say(conn, "banner") {
		return
	}
	for {
		l, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.TrimSpace(l), " ")
		verb = strings.ToUpper(verb)
		if !s.say(conn, verb) {
			return
		}
		if verb == "QUIT" {
			return
		}
		if verb == "DATA" && strings.HasPrefix(s.reply("DATA"), "354") && !s.takeMail(conn, in) {
			return
		}
	}
}

// set changes the script for what comes.
func (s *scriptedSMTP) set(verb, reply string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script[verb] = reply
}

func (s *scriptedSMTP) reply(verb string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.script[verb]; ok {
		return r
	}
	return usualReplies[verb]
}

func (s *scriptedSMTP) takeMail(conn *net.TCPConn, in *bufio.Reader) bool {
	var b strings.Builder
	for {
		l, err := in.ReadString('\n')
		if err != nil {
			return false
		}
		if s.reply("body") == doRead {
			conn.SetLinger(0)
			return false
		}
		if l == ".\r\n" {
			break
		}
		b.WriteString(strings.TrimPrefix(l, "."))
	}
	s.mu.Lock()
	s.mails = append(s.mails, b.String())
	s.mu.Unlock()
	return s.say(conn, "dot")
}

func (s *scriptedSMTP) received() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.mails...)
}

// deadAddress is a port of this machine where nobody listens.
func deadAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
