package http

import (
	"bytes"
	"io"
	"slices"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// The names of codings, the best first.
const (
	zstdCoding = "zstd"
	gzipCoding = "gzip"
)

var codings = []string{zstdCoding, gzipCoding}

// compressions compress a whole body.
var compressions = map[string]func([]byte) []byte{gzipCoding: compressGzip, zstdCoding: compressZstd}

// compressed is a writer that compresses what goes to w by the coding, as it is for
// none. It is to be finished. Errors of writing mean that the client is gone.
func compressed(w io.Writer, coding string) (out io.Writer, finish func()) {
	switch coding {
	case gzipCoding:
		writer := takeWriter[*gzip.Writer](&gzipWriters)
		writer.Reset(w)
		return writer, func() {
			_ = writer.Close()
			writer.Reset(nil)
			gzipWriters.Put(writer)
		}
	case zstdCoding:
		writer := takeWriter[*zstd.Encoder](&zstdWriters)
		writer.Reset(w)
		return writer, func() {
			_ = writer.Close()
			writer.Reset(nil)
			zstdWriters.Put(writer)
		}
	}
	return w, func() {}
}

func takeWriter[W any](pool *sync.Pool) W {
	w, ok := pool.Get().(W)
	if !ok {
		panic("a pool of writers holds something else")
	}
	return w
}

var gzipWriters = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is a good one
	return w
}}

func compressGzip(body []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(body) / 4)
	w, finish := compressed(&out, gzipCoding)
	_, _ = w.Write(body) // a buffer takes everything
	finish()
	return out.Bytes()
}

// zstdOptions bound by the window the memory that we and clients need.
var zstdOptions = []zstd.EOption{
	zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1 << 20), zstd.WithLowerEncoderMem(true),
}

func newZstd(options ...zstd.EOption) *zstd.Encoder {
	w, err := zstd.NewWriter(nil, append(options, zstdOptions...)...)
	if err != nil {
		panic(err) // the options are good ones
	}
	return w
}

// zstdWriters are for bodies in pieces. Each does its work where it is called.
var zstdWriters = sync.Pool{New: func() any { return newZstd(zstd.WithEncoderConcurrency(1)) }}

// zstdWriter may be used by many at once, for whole bodies.
var zstdWriter = sync.OnceValue(func() *zstd.Encoder { return newZstd() })

func compressZstd(body []byte) []byte {
	return zstdWriter().EncodeAll(body, slices.Grow([]byte(nil), len(body)/4))
}
