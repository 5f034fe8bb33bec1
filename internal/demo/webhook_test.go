package demo

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestWebhookSink(t *testing.T) {
	s, err := StartWebhookSink("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Answer(503)
	for _, want := range []int{503, 204} {
		r, err := http.NewRequest("POST", s.URL+"/webhook/S-1", strings.NewReader(`{"a":1}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("webhook-id", "msg_1")
		answer, err := http.DefaultClient.Do(r)
		if err != nil || answer.StatusCode != want {
			t.Fatalf("%v, status %d, want %d", err, answer.StatusCode, want)
		}
		answer.Body.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Wait(ctx, func(h []Hook) bool { return len(h) == 2 }); err != nil {
		t.Fatal(err)
	}
	h := s.Hooks()
	if h[0].ID != "msg_1" || h[0].Path != "/webhook/S-1" || string(h[1].Body) != `{"a":1}` || h[0].Status != 503 {
		t.Errorf("recorded %+v", h)
	}
}

func TestWebhookBodyIsBounded(t *testing.T) {
	s, err := StartWebhookSink("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	answer, err := http.Post(s.URL, "text/plain", strings.NewReader(strings.Repeat("x", maxHook+1)))
	if err == nil {
		answer.Body.Close()
	}
	if err == nil && answer.StatusCode != http.StatusRequestEntityTooLarge || len(s.Hooks()) != 0 {
		t.Errorf("%v; %d calls are recorded", err, len(s.Hooks()))
	}
	if _, err := StartWebhookSink(strings.TrimPrefix(s.URL, "http://")); err == nil {
		t.Error("two receivers share an address")
	}
}

func TestWaitSeesAChangeBetweenLookAndSleep(t *testing.T) {
	c, looks := newChanges(), 0
	err := c.wait(context.Background(), func() bool {
		looks++
		if looks == 1 {
			c.tell() // after the look began, before the sleep
		}
		return looks == 2
	})
	if err != nil || looks != 2 {
		t.Errorf("%v after %d looks", err, looks)
	}
}
