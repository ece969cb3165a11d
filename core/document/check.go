package document

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// Check returns the error that Parse returns for the text, but of its limits only those of
// depth and of numbers. It needs no memory for the values, and is for large documents that
// nobody reads yet.
func Check(ctx context.Context, text []byte, limits Limits) error {
	c := checker{decoder: jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true)), limits: limits}
	const valuesBetweenLooks = 1024
	for count := 1; ; count++ {
		if count%valuesBetweenLooks == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		err := c.next()
		switch _, isLimit := errors.AsType[*LimitError](err); {
		case isLimit:
			return err
		case errors.Is(err, io.EOF) && count == 1: // of nothing at all
			return &SyntaxError{cause: io.ErrUnexpectedEOF}
		case err != nil:
			return &SyntaxError{Offset: int(c.decoder.InputOffset()), cause: err}
		case c.decoder.StackDepth() == 0:
			return c.end(text)
		}
	}
}

type checker struct {
	decoder *jsontext.Decoder
	limits  Limits
	// content is the buffer for the content of a string.
	content []byte
}

// next checks the next token.
func (c *checker) next() error {
	kind := c.decoder.PeekKind()
	if kind != '"' && kind != '0' {
		_, err := c.decoder.ReadToken()
		if err == nil && c.decoder.StackDepth() > c.limits.Depth {
			return TooDeep(string(c.decoder.StackPointer()), c.limits.Depth)
		}
		return err
	}
	raw, err := c.decoder.ReadValue()
	if err != nil {
		return err
	}
	if kind == '0' {
		if err := checkNumber(string(raw), c.limits.Exponent); err != nil {
			return limitOf(string(c.decoder.StackPointer()), err)
		}
		return nil
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return nil
	}
	if c.content, err = jsontext.AppendUnquote(c.content[:0], raw); err != nil {
		return err
	}
	if bytes.IndexByte(c.content, 0) >= 0 {
		return errNUL
	}
	return nil
}

// end checks that nothing follows the document.
func (c *checker) end(text []byte) error {
	offset := c.decoder.InputOffset()
	if len(bytes.TrimSpace(text[offset:])) > 0 {
		return &SyntaxError{Offset: int(offset), cause: errTrailing}
	}
	return nil
}
