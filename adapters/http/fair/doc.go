// Package fair shares the server among its clients, so that none of them can keep the
// others from it. docs/explanation/fair-shares.md explains it on one page.
//
//   - client.go: who is one client;
//
//   - gate.go: a gate with a queue for each client, who take turns;
//
//   - shares.go: the gates of the server, and what one request holds of them.
//
//   - rates.go: how often a client may ask.
//
// Every request of the API passes Rates and one of Shares.Read, Shares.Write and Shares.Export.
// The package imports core/domain and ports, and knows nothing of HTTP.
package fair
