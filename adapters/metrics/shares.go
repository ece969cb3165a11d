package metrics

import "github.com/prometheus/client_golang/prometheus"

// Shares is how the server is shared among its clients now.
type Shares struct {
	// Used is the weight of the requests that passed a gate, Waiting how many wait there,
	// by the name of the gate.
	Used, Waiting map[string]int
	// Kept are the bytes of answers and bodies that wait for their clients, by place.
	Kept map[string]int
}

// WatchShares tells of the shares, which read is asked for at each scrape: it must not
// wait.
func (m *Metrics) WatchShares(read func() Shares) {
	m.registry.MustRegister(sharesCollector{
		read:    read,
		used:    describe("gate_used", "Room of a gate that is taken: requests, or bytes at the gate write.", "gate"),
		waiting: describe("gate_waiting", "Requests that wait for their client's turn.", "gate"),
		kept:    describe("kept_bytes", "Bytes of answers and bodies that wait for their clients: in memory, on disk.", "place"),
	})
}

type sharesCollector struct {
	read                func() Shares
	used, waiting, kept *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (c sharesCollector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

// Collect implements prometheus.Collector.
func (c sharesCollector) Collect(ch chan<- prometheus.Metric) {
	shares := c.read()
	for _, m := range []struct {
		desc   *prometheus.Desc
		values map[string]int
	}{{c.used, shares.Used}, {c.waiting, shares.Waiting}, {c.kept, shares.Kept}} {
		for label, value := range m.values {
			ch <- prometheus.MustNewConstMetric(m.desc, prometheus.GaugeValue, float64(value), label)
		}
	}
}
