package notify

import (
	"net"
	"sync"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// A connection is kept open for a moment after a mail: in a storm most of the
// work would be greetings.
const (
	keptOpen     = 64               // connections without a mail at most
	keptOpenFor  = 10 * time.Second // and each at most that long
	mailsThrough = 100              // one connection; many servers count
)

// smtpConn is a connection to the mail server, signed in.
type smtpConn struct {
	conn   net.Conn
	client *smtp.Client
	used   int // mails that went through it
	expire *time.Timer
}

// interrupt makes what is being read or written fail.
func (c *smtpConn) interrupt() { _ = c.conn.SetDeadline(time.Unix(1, 0)) }

// quit says farewell; a slow answer must not hold anybody up.
func (c *smtpConn) quit() {
	_ = c.conn.SetDeadline(time.Now().Add(time.Second))
	_ = c.client.Quit()
	_ = c.conn.Close()
}

// smtpIdle are the connections that wait for a mail, the latest used last.
type smtpIdle struct {
	mu   sync.Mutex
	list []*smtpConn
}

// take takes one out, nil if there is none.
func (p *smtpIdle) take() *smtpConn {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n := len(p.list); n > 0; n = len(p.list) {
		c := p.list[n-1]
		p.list = p.list[:n-1]
		if c.expire.Stop() { // else it is being closed
			return c
		}
	}
	return nil
}

// put keeps the connection for the next mail, or ends it.
func (p *smtpIdle) put(c *smtpConn) {
	c.used++
	p.mu.Lock()
	if keep := c.used < mailsThrough && len(p.list) < keptOpen; keep {
		c.expire = time.AfterFunc(keptOpenFor, func() { p.drop(c) })
		p.list = append(p.list, c)
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	go c.quit()
}

// drop ends one that nobody needed.
func (p *smtpIdle) drop(c *smtpConn) {
	p.mu.Lock()
	for i, x := range p.list {
		if x == c {
			p.list = append(p.list[:i], p.list[i+1:]...)
			break
		}
	}
	p.mu.Unlock()
	c.quit()
}
