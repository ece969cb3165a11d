package representation

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"
)

// Appender is a value that encodes itself as JSON. The frequent and the large answers
// do: encoding/json would read again every document that passes through, encode again
// what the results of a page have in common, and buffer the whole answer. An Appender
// appends the fields that the tags of its struct name, in their order.
type Appender interface {
	// AppendJSON appends the value to b, calls flush after each part, and goes on with
	// the buffer that flush returns. It returns the buffer.
	AppendJSON(b []byte, flush Flush) []byte
}

// Flush may write out the buffer. It returns the buffer to append to: b itself, or b
// emptied if it was written out.
type Flush func(b []byte) []byte

// NoFlush is a Flush that writes out nothing.
func NoFlush(b []byte) []byte { return b }

// JSONFormat returns the format of JSON for the OpenAPI library. Unlike the library's
// own, it does not escape the characters that only HTML needs escaped, and it lets an
// Appender encode itself.
func JSONFormat() huma.Format {
	format := huma.DefaultJSONFormat
	format.Marshal = marshal
	return format
}

// Other is a value that may have another form than JSON.
type Other interface {
	// OtherForm returns the media type of the form and the body; "" for JSON.
	OtherForm() (mediaType string, body []byte, err error)
}

func marshal(w io.Writer, v any) error {
	if other, ok := v.(Other); ok {
		mediaType, body, err := other.OtherForm()
		if err != nil || mediaType != "" {
			return writeOther(w, mediaType, body, err)
		}
	}
	if a, ok := v.(Appender); ok {
		if buffered, ok := w.(*bufferedWriter); ok {
			buffered.encode(a)
			return nil
		}
		_, err := w.Write(appendLine(nil, a, NoFlush))
		return err
	}
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return err
	}
	_, err := buffer.WriteTo(w)
	return err
}

// writeOther sends a body whose media type is not the one that the library has set.
func writeOther(w io.Writer, mediaType string, body []byte, err error) error {
	if err != nil {
		return err
	}
	if answer, ok := w.(http.ResponseWriter); ok {
		answer.Header().Set("Content-Type", mediaType)
	}
	_, err = w.Write(body)
	return err
}

func appendLine(b []byte, a Appender, flush Flush) []byte {
	return append(a.AppendJSON(b, flush), '\n')
}

// AppendText appends name, which is a name of JSON with its colon, and the text as a
// JSON string. Bytes that are not UTF-8 become U+FFFD.
func AppendText(b []byte, name, text string) []byte {
	b = append(b, name...)
	b, _ = jsontext.AppendQuote(b, text) // the error only says that some bytes became U+FFFD
	return b
}

// AppendList appends the items as a JSON array, and flushes after each of them.
func AppendList[T any](b []byte, items []T, appendItem func(item T, b []byte, flush Flush) []byte, flush Flush) []byte {
	b = append(b, '[')
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = flush(appendItem(item, b, flush))
	}
	return append(b, ']')
}

// AppendCompact appends the document, which is valid JSON, without the white space
// between its tokens: PostgreSQL writes a space after each colon and comma.
func AppendCompact(b, document []byte) []byte {
	if beginsSpaced(document) || bytes.IndexByte(document, '\\') >= 0 || bytes.IndexByte(document, '\n') >= 0 ||
		bytes.IndexByte(document, '\r') >= 0 || bytes.IndexByte(document, '\t') >= 0 {
		return appendTokens(b, document)
	}
	// Each quote begins or ends a text, and all white space is blanks: that after an even number of quotes is between
	// tokens. In a document that has none it takes a fifth of the time to search for quotes and blanks only.
	for {
		blank := bytes.IndexByte(document, ' ')
		if blank < 0 {
			return append(b, document...)
		}
		if !isInText(document, blank) {
			return appendTokens(b, document)
		}
		end := blank + 1
		end += bytes.IndexByte(document[end:], '"') + 1 // the rest of the text
		b = append(b, document[:end]...)
		document = document[end:]
	}
}

// beginsSpaced tells whether the first blank is between tokens, as in all documents that PostgreSQL writes.
func beginsSpaced(document []byte) bool {
	const beginning = 256 // a search that finds nothing is short
	begin := document[:min(beginning, len(document))]
	blank := bytes.IndexByte(begin, ' ')
	return blank >= 0 && bytes.IndexByte(begin[:blank], '\\') < 0 && !isInText(begin, blank)
}

// isInText tells whether what is at the index is in a text. No quotes are escaped before it.
func isInText(document []byte, index int) bool {
	return bytes.Count(document[:index], []byte{'"'})%2 == 1
}

// appendTokens is AppendCompact for any document.
func appendTokens(b, document []byte) []byte {
	from := 0
	for i := 0; i < len(document); i++ {
		switch document[i] {
		case '"':
			for i++; i < len(document) && document[i] != '"'; i++ {
				if document[i] == '\\' {
					i++
				}
			}
		case ' ', '\n', '\t', '\r':
			b = append(b, document[from:i]...)
			from = i + 1
		}
	}
	return append(b, document[from:]...)
}
