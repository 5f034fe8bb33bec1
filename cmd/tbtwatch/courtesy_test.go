package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// Work stands back while a request is being answered, goes on when the last one
// is, and does not stand back for ever.
func TestWorkStandsBackForRequests(t *testing.T) {
	var c courtesy
	c.giveWay(time.Hour) // nobody asks
	entered, answer := make(chan struct{}), make(chan struct{})
	h := c.serve(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { entered <- struct{}{}; <-answer }))
	done := make(chan struct{}, 2)
	for range 2 {
		go func() { h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)); done <- struct{}{} }()
		<-entered
	}
	c.giveWay(time.Millisecond) // it returns although two are being answered
	worked := make(chan struct{})
	go func() { c.giveWay(time.Hour); close(worked) }()
	answer <- struct{}{}
	<-done
	select {
	case <-worked:
		t.Error("work went on while a request was being answered")
	default:
	}
	answer <- struct{}{}
	<-done
	<-worked
	if c.asked != 0 || c.free != nil {
		t.Errorf("%d requests are left", c.asked)
	}
}

// A request that takes long is no reason to stand back.
func TestWorkDoesNotStandBackForUploads(t *testing.T) {
	var c courtesy
	answer, done := make(chan struct{}), make(chan struct{})
	h := c.serve(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-answer }))
	go func() { h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil)); close(done) }()
	until(t, 10*longRequest, "the upload to count no longer", func() bool { c.mu.Lock(); defer c.mu.Unlock(); return c.asked == 0 })
	close(answer)
	<-done
	if c.asked != 0 {
		t.Errorf("%d requests are left", c.asked)
	}
}
