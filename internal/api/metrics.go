package api

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// gauge describes one family of numbers.
func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("tbtwatch_"+name, help, labels, nil)
}

var (
	descRows       = gauge("input_rows", "Rows of all recorded runs, by outcome.", "outcome")
	descNotices    = gauge("notices", "Papers known, by source.", "source")
	descCases      = gauge("cases", "Cases, by state.", "state")
	descOverdue    = gauge("cases_overdue", "Cases whose day has passed and that nobody has judged.")
	descWarnings   = gauge("warnings", "Warnings released.")
	descDeliveries = gauge("deliveries", "Deliveries, by state.", "state")
	descQuarantine = gauge("quarantine", "Inputs in quarantine.")
	descDead       = gauge("dead_letters", "Messages that a stage gave up.")
	descRegistry   = gauge("registered", "Registered exporters, products, subscribers.", "what")
	descLag        = gauge("consumer_lag", "Messages that a stage has not finished.", "consumer")
	descFill       = gauge("stream_fill_ratio", "How full a stream is, as a share of its limit.", "stream")
	descAge        = gauge("source_last_ok_age_seconds", "Seconds since a source's last good run.", "source")
	descFails      = gauge("source_failures", "Failed runs of a source in a row.", "source")
	descAnswers    = gauge("match_answers", "Matches by the rule that brought them, and what recipients said: relevant, not_relevant, or no_answer.", "rule", "grade", "answer")
	descUp         = gauge("bus_up", "1 if the bus answered this scrape.")
)

// collector gathers at each scrape, from the projection and the bus.
type collector struct{ *server }

// Describe lists all families.
func (c collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		descRows, descNotices, descCases, descOverdue, descWarnings, descDeliveries, descQuarantine,
		descDead, descRegistry, descLag, descFill, descAge, descFails, descAnswers, descUp,
	} {
		out <- d
	}
}

// Collect reads the numbers.
func (c collector) Collect(out chan<- prometheus.Metric) {
	send := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	n := c.View.Counts()
	for outcome, v := range map[string]int{
		"published": n.Outcomes.Notices, "duplicate": n.Outcomes.Duplicates, "unchanged": n.Outcomes.Unchanged,
		"quarantined": n.Outcomes.Quarantined, "refused": n.Outcomes.Refused,
	} {
		send(descRows, float64(v), outcome)
	}
	each(n.BySource, descNotices, send)
	each(n.Cases, descCases, send)
	each(n.Deliveries, descDeliveries, send)
	each(map[string]int{"exporter": n.Exporters, "product": n.Products, "subscriber": n.Subscribers}, descRegistry, send)
	send(descOverdue, float64(n.Overdue))
	send(descWarnings, float64(n.Warnings))
	send(descQuarantine, float64(n.Quarantine))
	send(descDead, float64(n.DeadLetters))
	for _, r := range c.View.Precision("", "").Rules {
		for answer, n := range map[string]int{"relevant": r.Relevant, "not_relevant": r.NotRelevant, "no_answer": r.NoAnswer} {
			send(descAnswers, float64(n), r.Rule, string(r.Grade), answer)
		}
	}
	for _, r := range c.View.SourceRows() {
		if t, err := time.Parse(time.RFC3339, r.LastOK); err == nil {
			send(descAge, c.View.Now().Sub(t).Seconds(), r.Name)
		}
		send(descFails, float64(r.Fails), r.Name)
	}
	c.fromBus(send)
}

func (c collector) fromBus(send func(*prometheus.Desc, float64, ...string)) {
	ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
	defer cancel()
	fill, errFill := c.Bus.Fill(ctx)
	for stream, share := range fill {
		send(descFill, share, stream)
	}
	lags, errLag := c.lags(ctx)
	for consumer, n := range lags {
		send(descLag, float64(n), consumer)
	}
	up := 1.0
	if errFill != nil || errLag != nil {
		up = 0
	}
	send(descUp, up)
}

func each(by map[string]int, d *prometheus.Desc, send func(*prometheus.Desc, float64, ...string)) {
	for label, n := range by {
		send(d, float64(n), label)
	}
}

func (s *server) metrics() http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(collector{s}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}
