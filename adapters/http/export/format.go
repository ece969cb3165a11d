package export

import (
	"mime"
	"strconv"
	"strings"
)

// Format is a format of files.
type Format string

// The formats.
const (
	CSV     Format = "csv"
	NDJSON  Format = "ndjson"
	JSON    Format = "json"
	Parquet Format = "parquet"
)

// Formats are all formats. The first one is for clients that do not say what they accept.
var Formats = []Format{CSV, NDJSON, JSON, Parquet}

// mediaTypes are the media types of each format; the first one is that of answers.
var mediaTypes = map[Format][]string{
	CSV:     {"text/csv"},
	NDJSON:  {"application/x-ndjson", "application/ndjson", "application/jsonl"},
	JSON:    {"application/json"},
	Parquet: {"application/vnd.apache.parquet"},
}

// MediaType is the media type of a file, without parameters.
func (f Format) MediaType() string { return mediaTypes[f][0] }

// ContentType is the content of the header Content-Type for a file.
func (f Format) ContentType() string {
	if f == CSV {
		return f.MediaType() + "; charset=utf-8; header=present"
	}
	return f.MediaType()
}

// Accepted returns the format that the lines of a header Accept (RFC 9110, section 12.5.1)
// prefer, and the first format if they accept none of them. What is no media range is ignored.
func Accepted(accept []string) Format {
	best, most := Formats[0], 0.0
	ranges := parseAccept(accept)
	for _, format := range Formats {
		for _, mediaType := range mediaTypes[format] {
			if quality := qualityOf(mediaType, ranges); quality > most {
				best, most = format, quality
			}
		}
	}
	return best
}

// parseAccept returns the quality of each media range.
func parseAccept(accept []string) map[string]float64 {
	ranges := map[string]float64{}
	for element := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		mediaRange, parameters, err := mime.ParseMediaType(element)
		if err != nil {
			continue
		}
		quality := 1.0
		if q, ok := parameters["q"]; ok {
			if quality, err = strconv.ParseFloat(q, 64); err != nil {
				continue
			}
		}
		ranges[mediaRange] = quality
	}
	return ranges
}

// qualityOf returns the quality of the most specific range that the media type is in.
func qualityOf(mediaType string, ranges map[string]float64) float64 {
	group, _, _ := strings.Cut(mediaType, "/")
	for _, mediaRange := range []string{mediaType, group + "/*", "*/*"} {
		if quality, ok := ranges[mediaRange]; ok {
			return quality
		}
	}
	return 0
}
