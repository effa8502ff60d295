package troupe

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

var errNotUTF8 = errors.New("the JSON text is not UTF-8")

// encode gives the JSON text of a value, with <, > and & as they are: it is not put into web pages.
func encode(value any) (string, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	line := text.Bytes()
	line = line[:len(line)-1]
	// Only a json.RawMessage or a MarshalJSON method can bring in other bytes.
	if !utf8.Valid(line) {
		return "", errNotUTF8
	}
	return string(line), nil
}
