package notify

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// fakeSlack is Slack's Web API and an incoming webhook, with a memory.
type fakeSlack struct {
	*httptest.Server
	mu      sync.Mutex
	answer  func(w http.ResponseWriter, n int, hook bool) // n counts posts from 1; nil accepts
	posts   []slackPost
	history int // conversations.history requests
}

type slackPost struct {
	Text, Blocks, Metadata, Raw string
	Thread                      string // thread_ts
	Channel                     string
	Hook                        bool
}

func startSlack(t *testing.T) *fakeSlack {
	t.Helper()
	f := &fakeSlack{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/chat.postMessage", func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		f.post(w, slackPost{Text: r.Form.Get("text"), Blocks: r.Form.Get("blocks"), Metadata: r.Form.Get("metadata"), Thread: r.Form.Get("thread_ts"), Channel: r.Form.Get("channel"), Raw: r.Form.Encode()})
	})
	mux.HandleFunc("POST /services/", func(w http.ResponseWriter, r *http.Request) {
		var m struct {
			Text   string
			Blocks json.RawMessage
		}
		json.NewDecoder(r.Body).Decode(&m)
		f.post(w, slackPost{Text: m.Text, Blocks: string(m.Blocks), Hook: true})
	})
	mux.HandleFunc("POST /api/conversations.history", f.tell)
	mux.HandleFunc("POST /api/conversations.replies", f.tell)
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	return f
}

func (f *fakeSlack) post(w http.ResponseWriter, p slackPost) {
	f.mu.Lock()
	f.posts = append(f.posts, p)
	answer, n := f.answer, len(f.posts)
	f.mu.Unlock()
	switch {
	case answer != nil:
		answer(w, n, p.Hook)
	case p.Hook:
		fmt.Fprint(w, "ok")
	default:
		fmt.Fprintf(w, `{"ok":true,"channel":%q,"ts":"%s"}`, conversation(p.Channel), slackTime(n))
	}
}

// conversation is where a message to that address stands: for a user it is one
// of its own.
func conversation(address string) string {
	if user, ok := strings.CutPrefix(address, "U"); ok {
		return "D" + user
	}
	return address
}

// slackTime is the time of the n-th post, which names it.
func slackTime(n int) string { return fmt.Sprintf("1700000000.%06d", n*100) }

// tell answers with what was posted, newest first, two to a page: to the
// channel, or in the thread that is asked for. The channel's history does not
// hold what stands in threads, and a user is no channel.
func (f *fakeSlack) tell(w http.ResponseWriter, r *http.Request) {
	r.ParseForm()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.history++
	channel := r.Form.Get("channel")
	if channel != conversation(channel) {
		fmt.Fprint(w, `{"ok":false,"error":"channel_not_found"}`)
		return
	}
	var page []string
	skip, more := 0, ""
	fmt.Sscan(r.Form.Get("cursor"), &skip)
	var posts []slackPost
	for i, p := range f.posts {
		if ts := r.Form.Get("ts"); conversation(p.Channel) == channel && (p.Thread == ts || ts == slackTime(i+1)) {
			posts = append(posts, p)
		}
	}
	for i := len(posts) - 1 - skip; i >= 0 && len(page) < 2; i-- {
		meta := posts[i].Metadata
		if meta == "" {
			meta = "{}"
		}
		page = append(page, `{"type":"message","metadata":`+meta+`}`)
	}
	if skip+2 < len(posts) {
		more = fmt.Sprint(skip + 2)
	}
	fmt.Fprintf(w, `{"ok":true,"has_more":%v,"response_metadata":{"next_cursor":%q},"messages":[%s]}`, more != "", more, strings.Join(page, ","))
}

func (f *fakeSlack) got() []slackPost {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]slackPost(nil), f.posts...)
}

func (f *fakeSlack) options() string { return "token: xoxb-made-up\napi_url: " + f.URL + "/api" }
