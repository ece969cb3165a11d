// Package export writes results as files: CSV, NDJSON, JSON and Parquet. A file is written
// while its results are read, and is never in memory.
//
//   - format.go: the formats, and which of them a client wants;
//   - file.go: from a sequence of results to the bytes of a file;
//   - value.go: the value of a column in a result;
//   - csv.go, json.go, parquet.go: the formats;
//   - thrift.go: how Parquet writes what it says of a file;
//   - client.go: how the bytes reach a client, or visibly do not.
//
// The package imports the core, and knows nothing of operations and wire types.
package export
