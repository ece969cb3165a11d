package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Pool is how much of a pool of connections is in use.
type Pool struct {
	Max, InUse, Idle int
	// Waits counts those who had to wait for a connection, Waited is for how long
	// in all.
	Waits  int64
	Waited time.Duration
}

// WatchPool tells of the database's connections, which read is asked for at each
// scrape: it must not wait.
func (m *Metrics) WatchPool(read func() Pool) {
	m.registry.MustRegister(poolCollector{
		read: read,
		connections: describe("database_connections", "Connections to the database by state: in_use, idle.",
			"state"),
		most:   describe("database_connections_max", "How many connections there may be."),
		waits:  describe("database_connection_waits_total", "Requests that had to wait for a connection."),
		waited: describe("database_connection_wait_seconds_total", "Time that requests waited for a connection."),
	})
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName(namespace, "", name), help, labels, nil)
}

type poolCollector struct {
	read                             func() Pool
	connections, most, waits, waited *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (c poolCollector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

// Collect implements prometheus.Collector.
func (c poolCollector) Collect(ch chan<- prometheus.Metric) {
	pool := c.read()
	send := func(desc *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(desc, kind, value, labels...)
	}
	send(c.connections, prometheus.GaugeValue, float64(pool.InUse), "in_use")
	send(c.connections, prometheus.GaugeValue, float64(pool.Idle), "idle")
	send(c.most, prometheus.GaugeValue, float64(pool.Max))
	send(c.waits, prometheus.CounterValue, float64(pool.Waits))
	send(c.waited, prometheus.CounterValue, pool.Waited.Seconds())
}
