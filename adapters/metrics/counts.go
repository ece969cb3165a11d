package metrics

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// The times of what is counted in the database.
const (
	// freshFor is how long a count is told again without counting anew.
	freshFor = 15 * time.Second
	// countTimeout bounds one count.
	countTimeout = 10 * time.Second
	// scrapeWait is how long a scrape waits for a count at most; what comes later
	// is for the next one.
	scrapeWait = time.Second
	// staleAfter is when a count that cannot be made anew is not told any more.
	staleAfter = 2 * time.Minute
)

// Count is something that takes a query to count.
type Count struct {
	// Name is the metric's, without the prefix, Help one sentence.
	Name, Help string
	// Label is what distinguishes the values; empty for a single one, whose key is
	// empty too. Its values are ours: nothing that strangers make up.
	Label string
	// Read counts. It may take long or fail: scrapes do not wait for it.
	Read func(context.Context) (map[string]float64, error)
}

// WatchCount tells of a count.
func (m *Metrics) WatchCount(c Count) {
	m.failures.WithLabelValues(c.Name) // so that it is there before the first one
	m.registry.MustRegister(newCountCollector(c, m.failures.WithLabelValues(c.Name), m.log))
}

// countCollector remembers a count, and renews it when somebody asks.
type countCollector struct {
	Count
	desc     *prometheus.Desc
	failures prometheus.Counter
	log      *slog.Logger
	now      func() time.Time

	mutex  sync.Mutex
	values map[string]float64
	// counted is when values were.
	counted time.Time
	// underWay is closed when the count that runs is done; nil if none does.
	underWay chan struct{}
}

func newCountCollector(c Count, failures prometheus.Counter, log *slog.Logger) *countCollector {
	var labels []string
	if c.Label != "" {
		labels = []string{c.Label}
	}
	return &countCollector{Count: c, desc: describe(c.Name, c.Help, labels...), failures: failures, log: log, now: time.Now}
}

// Describe implements prometheus.Collector.
func (c *countCollector) Describe(ch chan<- *prometheus.Desc) { ch <- c.desc }

// Collect implements prometheus.Collector.
func (c *countCollector) Collect(ch chan<- prometheus.Metric) {
	if done := c.renew(); done != nil {
		select {
		case <-done:
		case <-time.After(scrapeWait):
		}
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.now().Sub(c.counted) > staleAfter {
		return
	}
	for key, value := range c.values {
		var labels []string
		if c.Label != "" {
			labels = []string{key}
		}
		ch <- prometheus.MustNewConstMetric(c.desc, prometheus.GaugeValue, value, labels...)
	}
}

// renew starts to count unless that is done already or not needed yet. The
// channel is closed at the end; it is nil where there is nothing to wait for.
func (c *countCollector) renew() <-chan struct{} {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.underWay != nil || c.now().Sub(c.counted) < freshFor {
		return c.underWay
	}
	c.underWay = make(chan struct{})
	go c.count()
	return c.underWay
}

func (c *countCollector) count() {
	ctx, cancel := context.WithTimeout(context.Background(), countTimeout)
	defer cancel()
	values, err := c.Read(ctx)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if err != nil {
		c.failures.Inc()
		c.log.WarnContext(ctx, "a metric could not be counted", "metric", c.Name, "error", err)
	} else {
		c.values, c.counted = values, c.now()
	}
	close(c.underWay)
	c.underWay = nil
}
