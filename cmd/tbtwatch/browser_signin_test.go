package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
)

// Outside the demo the pages are shut: the token of the data folder opens them,
// nothing else does, and signing out shuts them again.
func TestBrowserSignsIn(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serveChild(t, data, "--config", writeConfig(t, deadProxy))
	b := newBrowser(t, s.url)
	b.expected = []string{"Failed to load resource: the server responded with a status of 401"}
	b.open("/cases?state=open")
	b.shows("登录", "引导令牌")
	if b.text("nav") != "" {
		b.Errorf("a stranger sees the menu: %s", b.text("nav"))
	}
	b.do("open the form of the token", chromedp.Click(chromedp.CSS("#main details summary")))
	b.fill("input[name=token]", "tbt_wrong")
	if status := b.click("#bootstrap button"); status != http.StatusUnauthorized {
		b.Errorf("a wrong token: %d", status)
	}
	b.shows("登录信息不正确")
	token, err := os.ReadFile(filepath.Join(data, "token"))
	if err != nil {
		t.Fatal(err)
	}
	b.fill("input[name=token]", strings.TrimSpace(string(token)))
	b.click("#bootstrap button")
	if b.path() != "/cases?state=open" {
		b.Errorf("after signing in the reader is at %s", b.path())
	}
	b.click(`nav a[href="/registry"]`)
	b.shows("tbtwatch import products")
	b.shots(map[string]string{
		"fresh-overview": "/", "fresh-cases": "/cases", "fresh-notices": "/notices", "fresh-warnings": "/warnings", "fresh-deliveries": "/deliveries",
		"fresh-registry": "/registry", "fresh-sources": "/sources", "fresh-quarantine": "/quarantine", "signin": "/sign-in",
	})
	b.open("/")
	b.click(".who form button")
	if b.path() != "/sign-in" {
		b.Errorf("after signing out the reader is at %s", b.path())
	}
	b.open("/")
	if !strings.HasPrefix(b.path(), "/sign-in") {
		b.Errorf("the pages stay open after signing out: %s", b.path())
	}
}

// People come in by invitation: the holder of the bootstrap token invites one,
// who sets password and second factor, signs in, sees what the role allows,
// and ends a session.
func TestBrowserJoinsByInvitation(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serveChild(t, data, "--config", writeConfig(t, deadProxy))
	b := newBrowser(t, s.url)
	b.expected = []string{"Failed to load resource: the server responded with a status of 4"}
	token, err := os.ReadFile(filepath.Join(data, "token"))
	if err != nil {
		t.Fatal(err)
	}
	b.open("/sign-in?next=/people")
	b.do("open the form of the token", chromedp.Click(chromedp.CSS("#main details summary")))
	b.fill("input[name=token]", strings.TrimSpace(string(token)))
	b.click("#bootstrap button")
	b.shows("还没有人加入")
	b.shots(map[string]string{"people-empty": "/people", "rules": "/rules", "account-bootstrap": "/account"})
	b.open("/people")
	b.fill("input[name=name]", "陈研判")
	b.fill("input[name=mail]", "chen@centre.example")
	b.click("#main form.narrow button.primary")
	link := b.text("code.long")
	if !strings.HasPrefix(link, s.url+"/join/") {
		t.Fatalf("the link of the invitation is %q", link)
	}
	b.shots(map[string]string{"people-invited": "/people", "join": strings.TrimPrefix(link, s.url)})
	b.open("/account")
	b.click(".who form button")

	b.open(strings.TrimPrefix(link, s.url))
	const password = "vier-lange-worte-am-fenster"
	secret := b.text("fieldset code")
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	b.fill("input[name=password]", password)
	b.fill("input[name=again]", password+"x")
	b.fill("input[name=code]", code)
	b.do("consent to mail", chromedp.Click(chromedp.CSS("input[name=consent][value=email]")))
	if status := b.click("#main form button.primary"); status != http.StatusUnprocessableEntity {
		t.Errorf("two passwords that differ: %d", status)
	}
	b.shows("两次输入的密码不一致")
	if again := b.text("fieldset code"); again != secret {
		t.Errorf("the second factor was exchanged after a slip: the authenticator that was set up is worth nothing")
	}
	b.fill("input[name=password]", password)
	b.fill("input[name=again]", password)
	b.fill("input[name=code]", code)
	b.click("#main form button.primary")
	b.shows("恢复码")
	recovery := strings.Fields(b.text("ul.mono li"))
	b.open("/sign-in?next=/account")
	b.fill("#person input[name=mail]", "chen@centre.example")
	b.fill("#person input[name=password]", password)
	b.fill("#person input[name=code]", strings.Join(recovery, " ")) // the code of joining counts once
	b.click("#person button")
	b.shows("陈研判", "chen@centre.example", "当前")
	if menu := b.text("nav"); strings.Contains(menu, "人员") || !strings.Contains(menu, "研判") {
		t.Errorf("the menu of the centre's staff: %s", menu)
	}
	b.shots(map[string]string{"account": "/account"})
	b.open("/people")
	b.shows("无权")
	b.open("/account")
	b.click("#main table form button")
	if !strings.HasPrefix(b.path(), "/sign-in") {
		t.Errorf("after the session was ended the reader is at %s", b.path())
	}
}
