package api

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

const brazil = "G/TBT/N/BRA/9001"

func TestARequestWithAKeyIsDoneOnce(t *testing.T) {
	r := newRig(t, nil)
	key := trade.FamilyKey(brazil)
	path := "/api/v1/cases/" + key
	comments := func() int { return len(must(r.bus.Cases.Get(t.Context(), key))(t).Value.History) }
	first := r.do("POST", path+"/comment", `{"text":"已问过检测机构"}`, headerKey, `"k-1"`)
	if first.status != 200 || first.header.Get(headerReplayed) != "" || comments() != 1 {
		t.Fatalf("the first time: %d %v, %d comments", first.status, first.header, comments())
	}
	for _, c := range []struct {
		name               string
		method, path, body string
		headers            []string
		status             int
		replayed           bool
		comments           int
	}{
		{"again", "POST", path + "/comment", `{"text":"已问过检测机构"}`, []string{headerKey, `"k-1"`}, 200, true, 1},
		{"again, the key without quotes", "POST", path + "/comment", `{"text":"已问过检测机构"}`, []string{headerKey, "k-1"}, 200, true, 1},
		{"another body", "POST", path + "/comment", `{"text":"x"}`, []string{headerKey, "k-1"}, 422, false, 1},
		{"another path", "POST", path + "/review", `{"text":"已问过检测机构"}`, []string{headerKey, "k-1"}, 422, false, 1},
		{"another method", "PATCH", path + "/comment", `{"text":"已问过检测机构"}`, []string{headerKey, "k-1"}, 422, false, 1},
		{"another precondition", "POST", path + "/comment", `{"text":"已问过检测机构"}`, []string{headerKey, "k-1", "If-Match", `"9"`}, 422, false, 1},
		{"another key", "POST", path + "/comment", `{"text":"已问过检测机构"}`, []string{headerKey, "k-2"}, 200, false, 2},
		{"no key", "POST", path + "/comment", `{"text":"已问过检测机构"}`, nil, 200, false, 3},
		{"a refusal", "POST", path + "/undo", "", []string{headerKey, "k-3"}, 422, false, 3},
		{"a refusal again", "POST", path + "/undo", "", []string{headerKey, "k-3"}, 422, true, 3},
		{"an old version", "POST", path + "/review", "", []string{headerKey, "k-4", "If-Match", `"1"`}, 412, false, 3},
		{"an old version again", "POST", path + "/review", "", []string{headerKey, "k-4", "If-Match", `"1"`}, 412, true, 3},
		{"no key at all", "POST", path + "/comment", `{"text":"x"}`, []string{headerKey, `""`}, 400, false, 3},
		{"a key with a blank", "POST", path + "/comment", `{"text":"x"}`, []string{headerKey, "a b"}, 400, false, 3},
		{"an endless key", "POST", path + "/comment", `{"text":"x"}`, []string{headerKey, strings.Repeat("k", 256)}, 400, false, 3},
		{"an endless body", "POST", path + "/comment", strings.Repeat(" ", mostKeyed+1), []string{headerKey, "k-5"}, 413, false, 3},
		{"reading needs none", "GET", path, "", []string{headerKey, "k-1"}, 200, false, 3},
	} {
		got := r.do(c.method, c.path, c.body, c.headers...)
		if got.status != c.status || (got.header.Get(headerReplayed) == "true") != c.replayed || comments() != c.comments {
			t.Errorf("%s: %d, replayed %q, %d comments; want %d, %v, %d\n%.300s", c.name, got.status, got.header.Get(headerReplayed), comments(), c.status, c.replayed, c.comments, got.body)
		}
		if c.status >= 400 {
			checkProblem(t, c.name, got, c.status)
		}
		if c.replayed && c.status == 200 && (got.body != first.body || got.header.Get("ETag") != first.header.Get("ETag") || got.header.Get("Content-Type") != first.header.Get("Content-Type")) {
			t.Errorf("%s: the answer is another one:\n%v %.200s\nfirst\n%v %.200s", c.name, got.header, got.body, first.header, first.body)
		}
	}
}

// Whatever comes at the same time with one key has one effect: the others are
// told to wait, or get the first answer.
func TestOneKeyAtTheSameTime(t *testing.T) {
	var runs atomic.Int32
	begun, end := make(chan struct{}), make(chan struct{})
	r := newRig(t, func(d *Deps) {
		d.RunSource = func(context.Context, string, string) (bus.Run, error) {
			if runs.Add(1) == 1 {
				close(begun)
			}
			<-end
			return bus.Run{Source: "eping"}, nil
		}
	})
	send := func() reply { return r.do("POST", "/api/v1/sources/eping/run", "", headerKey, "same") }
	var wg sync.WaitGroup
	wg.Go(func() {
		if got := send(); got.status != 200 || got.header.Get(headerReplayed) != "" {
			t.Errorf("the first: %d %v", got.status, got.header)
		}
	})
	<-begun
	var others sync.WaitGroup
	for range 8 {
		others.Go(func() {
			got := send()
			if got.status != http.StatusConflict || got.header.Get("Retry-After") == "" {
				t.Errorf("beside the first: %d %v, want 409 with Retry-After", got.status, got.header)
			}
		})
	}
	others.Wait()
	close(end)
	wg.Wait()
	if got := send(); got.status != 200 || got.header.Get(headerReplayed) != "true" || runs.Load() != 1 {
		t.Errorf("behind it: %d %v after %d runs", got.status, got.header, runs.Load())
	}
}

func TestAFaultGivesTheKeyFree(t *testing.T) {
	var runs int
	r := newRig(t, func(d *Deps) {
		d.RunSource = func(context.Context, string, string) (bus.Run, error) {
			switch runs++; runs {
			case 1:
				return bus.Run{}, context.DeadlineExceeded
			case 2:
				panic(http.ErrAbortHandler)
			}
			return bus.Run{Source: "eping"}, nil
		}
	})
	const path = "/api/v1/sources/eping/run"
	if got := r.do("POST", path, "", headerKey, "k"); got.status != http.StatusServiceUnavailable {
		t.Fatalf("a fault: %d %s", got.status, got.body)
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", r.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testToken)
	req.Header.Set(headerKey, "k2") // a broken connection makes the client try again with the same key
	if resp, err := http.DefaultTransport.RoundTrip(req); err == nil {
		_ = resp.Body.Close()
	}
	for _, key := range []string{"k", "k2"} {
		if got := r.do("POST", path, "", headerKey, key); got.status != 200 {
			t.Errorf("key %s after the fault: %d %s", key, got.status, got.body)
		}
	}
	if runs < 4 {
		t.Errorf("%d runs, want one for each try", runs)
	}
}

// A client that goes away while it is worked on finds the answer with its key;
// the work is not done again.
func TestAClientThatLeavesIsToldLater(t *testing.T) {
	var runs atomic.Int32
	begun, left := make(chan struct{}), make(chan struct{})
	r := newRig(t, func(d *Deps) {
		d.RunSource = func(ctx context.Context, _, _ string) (bus.Run, error) {
			if runs.Add(1) == 1 {
				close(begun)
				<-left
			}
			return bus.Run{Source: "eping"}, ctx.Err()
		}
	})
	const path = "/api/v1/sources/eping/run"
	ctx, leave := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "POST", r.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testToken)
	req.Header.Set(headerKey, "k")
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
		}
	}()
	<-begun
	leave()
	<-gone
	close(left)
	waitFor(t, "the answer to be kept", func() bool {
		got := r.do("POST", path, "", headerKey, "k")
		return got.status == 200 && got.header.Get(headerReplayed) == "true"
	})
	if runs.Load() != 1 {
		t.Errorf("it was done %d times", runs.Load())
	}
}

// A claim whose acknowledgement was lost is still ours: the answer is kept.
func TestALostAcknowledgementLosesNoAnswer(t *testing.T) {
	var r *rig
	var runs atomic.Int32
	r = newRig(t, func(d *Deps) {
		d.RunSource = func(ctx context.Context, _, _ string) (bus.Run, error) {
			runs.Add(1)
			_, err := d.Bus.Answers.Scan(ctx, func(e bus.Entry[bus.Answer]) error {
				_, err := d.Bus.Answers.Append(ctx, e.Key, e.Value) // as a renewal that nobody heard of
				return err
			})
			return bus.Run{Source: "eping"}, err
		}
	})
	for range 2 {
		if got := r.do("POST", "/api/v1/sources/eping/run", "", headerKey, "k"); got.status != 200 {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	if runs.Load() != 1 {
		t.Errorf("it was done %d times", runs.Load())
	}
}

// What is shown once is not kept for a repetition.
func TestSecretsAreNotKept(t *testing.T) {
	r := newRig(t, nil)
	const body = `{"name":"王五","mail":"wang@example.org","role":"staff"}`
	var bodies []string
	for range 2 {
		got := r.do("POST", "/api/v1/invitations", body, headerKey, "k")
		if got.status == 200 {
			bodies = append(bodies, got.body)
		}
		if got.header.Get(headerReplayed) != "" {
			t.Errorf("an invitation is answered from what was kept: %v", got.header)
		}
	}
	if len(bodies) == 0 {
		t.Fatal("nobody was invited: the test looks at nothing")
	}
	_, err := r.bus.Answers.Scan(t.Context(), func(e bus.Entry[bus.Answer]) error {
		t.Errorf("the bus keeps %s", e.Value.Body)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A claim of a process that died holds until its time is over; a lost answer
// is said to be lost.
func TestClaimsOfOthers(t *testing.T) {
	r := newRig(t, nil)
	path, body := "/api/v1/cases/"+trade.FamilyKey(brazil)+"/comment", `{"text":"x"}`
	kept := func(key string) string { return trade.Key("answer", "Bearer "+testToken, key) }
	put := func(key string, change func(a *bus.Answer)) {
		if got := r.do("POST", path, body, headerKey, key); got.status != 200 {
			t.Fatalf("%s: %d %s", key, got.status, got.body)
		}
		e := must(r.bus.Answers.Get(t.Context(), kept(key)))(t)
		change(&e.Value)
		must(r.bus.Answers.Put(t.Context(), kept(key), e.Value, e.Seq))(t)
	}
	put("alive", func(a *bus.Answer) { a.Owner, a.Until = "other", now.Add(time.Second).Format(time.RFC3339) })
	put("dead", func(a *bus.Answer) { a.Owner, a.Until = "other", now.Format(time.RFC3339) })
	put("large", func(a *bus.Answer) { a.Body, a.Lost = "", true })
	for key, want := range map[string]int{"alive": 409, "dead": 200, "large": 200} {
		got := r.do("POST", path, body, headerKey, key)
		if got.status != want {
			t.Errorf("%s: %d %s, want %d", key, got.status, got.body, want)
		}
		if key == "large" && (!strings.Contains(got.body, "too large to be kept") || got.header.Get("ETag") == "") {
			t.Errorf("a lost answer: %v %s", got.header, got.body)
		}
	}
	if n := len(must(r.bus.Cases.Get(t.Context(), trade.FamilyKey(brazil)))(t).Value.History); n != 4 {
		t.Errorf("%d comments, want 3 and that of the dead process's request again", n)
	}
}
