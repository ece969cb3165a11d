package document

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

var (
	// byteOrderMark may precede a text (RFC 8259, section 8.1: parsers may ignore it).
	byteOrderMark = []byte("\ufeff")
	// notFinite are the words that programs write for numbers which JSON does not have.
	notFinite = regexp.MustCompile(`(?i)^[+-]?(nan|inf(inity)?)\b`)

	errNUL      = errors.New("NUL character")
	errTrailing = errors.New("text after the document")
	errCount    = errors.New("more values than separators")
)

// Parse reads one JSON document within the limits; a byte order mark before the document
// is ignored. It takes time linear in the size of the text, but for objects whose
// members are not sorted by name. Errors: *SyntaxError, *SizeError, *LimitError, and that
// of the context once it has ended.
func Parse(ctx context.Context, text []byte, limits Limits) (Value, error) {
	if len(text) > limits.Bytes {
		return Value{}, &SizeError{Limit: limits.Bytes, Size: len(text)}
	}
	body := WithoutByteOrderMark(text)
	p := parser{
		ctx: ctx, decoder: jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true)),
		text: string(body), limits: limits, sent: len(text), plain: len(text),
	}
	p.counts, p.free = countChildren(body, limits.Depth)
	value, err := p.value()
	if err == nil && len(bytes.TrimSpace(body[p.decoder.InputOffset():])) > 0 {
		err = errTrailing
	}
	if err == nil {
		return value, nil
	}
	_, isLimit := errors.AsType[*LimitError](err)
	if _, isSize := errors.AsType[*SizeError](err); isLimit || isSize || ctx.Err() != nil {
		return Value{}, err
	}
	return Value{}, p.syntaxError(err, len(text)-len(body))
}

// WithoutByteOrderMark returns the text behind a byte order mark, if the text has one.
func WithoutByteOrderMark(text []byte) []byte { return bytes.TrimPrefix(text, byteOrderMark) }

// countChildren returns, for each array and object in the order of their opening, how
// many values it will have (names are values), and a buffer for all of them. For a text
// that is not JSON the counts are right up to the first error. Beyond the depth, where
// the parser stops, it stops.
func countChildren(text []byte, depth int) (counts []uint32, children []Value) {
	var open []int
	total, expected := 0, true
	for i := 0; i < len(text) && len(open) <= depth; i++ {
		switch c := text[i]; c {
		case ' ', '\t', '\r', '\n':
		case ',', ':':
			expected = true
		case '}', ']':
			open, expected = open[:max(0, len(open)-1)], false
		default:
			if expected && len(open) > 0 {
				counts[open[len(open)-1]]++
				total++
			}
			expected = c == '{' || c == '['
			if expected {
				open, counts = append(open, len(counts)), append(counts, 0)
			}
			if c == '"' {
				i = endOfString(text, i)
			}
		}
	}
	return counts, make([]Value, total)
}

// endOfString returns the index of the quotation mark that ends the string.
func endOfString(text []byte, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(text)
}

type parser struct {
	ctx     context.Context // The parser lives for one call.
	decoder *jsontext.Decoder
	text    string
	limits  Limits
	// sent is the size of the text, plain the size with plain numbers so far.
	sent, plain int
	// counts are the numbers of children of the arrays and objects to come.
	counts []uint32
	// free is the part of the buffer for their children.
	free []Value
	// values counts the values that were read.
	values int
}

// value reads the next value. It recurses as deeply as limits.Depth.
func (p *parser) value() (Value, error) {
	const valuesBetweenLooks = 1024
	if p.values++; p.values%valuesBetweenLooks == 0 && p.ctx.Err() != nil {
		return Value{}, p.ctx.Err()
	}
	switch kind := p.decoder.PeekKind(); kind {
	case '{', '[':
		return p.container(kind)
	case '"':
		text, err := p.string()
		return Value{kind: String, text: text}, err
	case '0':
		return p.number()
	default:
		token, err := p.decoder.ReadToken()
		if err != nil {
			return Value{}, err
		}
		switch token.Kind() {
		case 't':
			return Value{kind: True}, nil
		case 'f':
			return Value{kind: False}, nil
		default: // null, since all other tokens begin or end a container
			return Value{}, nil
		}
	}
}

func (p *parser) container(kind jsontext.Kind) (Value, error) {
	if _, err := p.decoder.ReadToken(); err != nil {
		return Value{}, err
	}
	if p.decoder.StackDepth() > p.limits.Depth {
		return Value{}, TooDeep(p.pointer(), p.limits.Depth)
	}
	children := p.take()
	end := jsontext.Kind(']')
	if kind == '{' {
		end = '}'
	}
	var err error
	for used := 0; p.decoder.PeekKind() != end; used++ {
		if used == len(children) {
			return Value{}, p.excess()
		}
		child := &children[used]
		if kind == '{' && used%2 == 0 {
			child.position = uint32(used) //nolint:gosec // fewer than the bytes of a text, which count in 32 bits
			child.text, err = p.string()
		} else {
			*child, err = p.value()
		}
		if err != nil {
			return Value{}, err
		}
	}
	if _, err := p.decoder.ReadToken(); err != nil {
		return Value{}, err
	}
	if kind == '{' {
		return Value{kind: Object, children: members(children).settle()}, nil
	}
	return Value{kind: Array, children: children}, nil
}

// take returns the part of the buffer for the children of the container that was just opened.
func (p *parser) take() []Value {
	if len(p.counts) == 0 {
		return nil
	}
	n := min(int(p.counts[0]), len(p.free))
	children := p.free[:n:n]
	p.counts, p.free = p.counts[1:], p.free[n:]
	return children
}

// excess is the error of a text that has one more value than separators allow.
func (p *parser) excess() error {
	if _, err := p.decoder.ReadToken(); err != nil {
		return err
	}
	return errCount
}

// raw returns the next string or number as it is spelled.
func (p *parser) raw() (string, error) {
	value, err := p.decoder.ReadValue()
	if err != nil {
		return "", err
	}
	end := int(p.decoder.InputOffset())
	return p.text[end-len(value) : end], nil
}

func (p *parser) string() (string, error) {
	raw, err := p.raw()
	if err != nil {
		return "", err
	}
	if content := raw[1 : len(raw)-1]; strings.IndexByte(content, '\\') < 0 {
		return content, nil
	}
	content, err := jsontext.AppendUnquote(nil, raw)
	if err != nil {
		return "", err
	}
	if bytes.IndexByte(content, 0) >= 0 {
		return "", errNUL
	}
	return string(content), nil
}

func (p *parser) number() (Value, error) {
	spelling, err := p.raw()
	if err != nil {
		return Value{}, err
	}
	plain, err := plainForm(spelling, p.limits.Exponent)
	if err != nil {
		return Value{}, limitOf(p.pointer(), err)
	}
	if p.plain += max(0, len(plain)-len(spelling)); p.plain > p.limits.Bytes {
		return Value{}, &SizeError{Limit: p.limits.Bytes, Size: p.sent, Plain: true, Pointer: p.pointer()}
	}
	return Value{kind: Number, text: plain}, nil
}

func (p *parser) pointer() string { return string(p.decoder.StackPointer()) }

// syntaxError looks for a word that stands for a number which is not finite.
func (p *parser) syntaxError(cause error, skipped int) *SyntaxError {
	offset := int(p.decoder.InputOffset())
	rest := strings.TrimLeft(p.text[offset:], " \t\r\n:,")
	return &SyntaxError{
		Literal: notFinite.FindString(rest),
		Offset:  skipped + len(p.text) - len(rest),
		cause:   cause,
	}
}
