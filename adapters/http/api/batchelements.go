package api

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// errLongElement says that an element is longer than the limit. It was skipped.
var errLongElement = errors.New("the line is too long")

// elements splits lines, or the elements of a JSON array, without parsing them.
type elements struct {
	in      *bufio.Reader
	isArray bool
	// isCut: the end is missing. The last element is left out if it may not be whole.
	isCut bool
	limit int
	// number is that of the last element: of the line, or of the element in the array; from 1.
	number int
	began  bool
}

func newElements(r io.Reader, isArray bool, limit int) *elements {
	return &elements{in: bufio.NewReaderSize(r, 64<<10), isArray: isArray, limit: limit}
}

// next returns the next element. Errors: io.EOF, errLongElement, that of an array that is
// malformed.
func (e *elements) next() ([]byte, error) {
	if e.isArray {
		return e.nextItem()
	}
	for {
		line, err := e.nextLine()
		if err != nil || len(bytes.TrimSpace(line)) > 0 {
			return line, err
		}
	}
}

func (e *elements) nextLine() (line []byte, err error) {
	e.number++
	long := false
	for {
		part, err := e.in.ReadSlice('\n')
		if long = long || len(line)+len(part) > e.limit; !long {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && (len(line) == 0 && !long || e.isCut):
			return nil, io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		case long:
			return nil, errLongElement
		}
		return line, nil
	}
}

// nextItem returns the text of the next element of the array.
func (e *elements) nextItem() (item []byte, err error) {
	c, err := e.token()
	if !e.began {
		if err != nil || c != '[' {
			return nil, errors.New("the batch is no array")
		}
		e.began = true
		c, err = e.token()
		if err == nil && c == ']' {
			return nil, e.end()
		}
	} else if err == nil {
		switch c {
		case ']':
			return nil, e.end()
		case ',':
			c, err = e.token()
		default:
			return nil, fmt.Errorf("no comma after element %d", e.number)
		}
	}
	e.number++
	long, depth, inText, escaped := false, 0, false, false
	for ; ; c, err = e.in.ReadByte() {
		if err != nil {
			return nil, e.unfinished()
		}
		if !inText && depth == 0 && (c == ',' || c == ']') {
			if err := e.in.UnreadByte(); err != nil {
				return nil, err
			}
			if long {
				return nil, errLongElement
			}
			return item, nil
		}
		switch {
		case escaped:
			escaped = false
		case inText && c == '\\':
			escaped = true
		case c == '"':
			inText = !inText
		case inText:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
		if long = long || len(item) == e.limit; !long {
			item = append(item, c)
		}
	}
}

// unfinished is the error at the end of an array that does not end.
func (e *elements) unfinished() error {
	if e.isCut {
		return io.EOF
	}
	return errors.New("the array does not end")
}

// token returns the next byte that is no white space.
func (e *elements) token() (byte, error) {
	for {
		c, err := e.in.ReadByte()
		if err != nil || c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c, err
		}
	}
}

// end returns io.EOF if nothing comes after the array.
func (e *elements) end() error {
	if _, err := e.token(); err == nil {
		return errors.New("text after the array")
	}
	return io.EOF
}
