package representation

import (
	"bytes"
	"io"
	"slices"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// The names of the content codings.
const (
	zstdCoding = "zstd"
	gzipCoding = "gzip"
)

// codings are the content codings that the server offers, the best first.
var codings = []string{zstdCoding, gzipCoding}

// compressions compress a whole body, by coding.
var compressions = map[string]func([]byte) []byte{gzipCoding: compressGzip, zstdCoding: compressZstd}

// compressTo returns a writer that compresses by the coding into w, or w itself for no
// coding. The caller calls finish after the last write. Writing to w fails only if the
// client has closed the connection, so that finish returns no error.
func compressTo(w io.Writer, coding string) (out io.Writer, finish func()) {
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
		panic("a pool of writers holds a value of another type")
	}
	return w
}

var gzipWriters = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // fails only for an unknown level
	return w
}}

func compressGzip(body []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(body) / 4)
	w, finish := compressTo(&out, gzipCoding)
	_, _ = w.Write(body) // writing to a buffer never fails
	finish()
	return out.Bytes()
}

// zstdOptions bound the memory of the server and of clients by the window size.
var zstdOptions = []zstd.EOption{
	zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1 << 20), zstd.WithLowerEncoderMem(true),
}

func newZstd(options ...zstd.EOption) *zstd.Encoder {
	w, err := zstd.NewWriter(nil, append(options, zstdOptions...)...)
	if err != nil {
		panic(err) // fails only for invalid options
	}
	return w
}

// zstdWriters compress bodies in chunks. Each compresses in the goroutine that writes.
var zstdWriters = sync.Pool{New: func() any { return newZstd(zstd.WithEncoderConcurrency(1)) }}

// zstdEncoder compresses whole bodies. It is safe for concurrent use.
var zstdEncoder = sync.OnceValue(func() *zstd.Encoder { return newZstd() })

func compressZstd(body []byte) []byte {
	return zstdEncoder().EncodeAll(body, slices.Grow([]byte(nil), len(body)/4))
}
