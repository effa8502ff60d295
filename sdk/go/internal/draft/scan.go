package draft

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// How deep a text that an actor made may be nested.
const maxDepth = 512

// checkText checks that a text is exactly one JSON value, and not nested too deeply.
func checkText(text string) *Refusal {
	if !utf8.ValidString(text) {
		return refuse("troupe.BadOutput", "Not a JSON text: it is not UTF-8")
	}
	if !json.Valid([]byte(text)) {
		var problem string
		if err := json.Unmarshal([]byte(text), new(json.RawMessage)); err != nil {
			problem = err.Error()
		}
		return refuse("troupe.BadOutput", "Not a JSON text: %s", problem)
	}
	if depthOf(text) > maxDepth {
		return refuse("troupe.BadOutput", "Not a JSON text: nested more than %d deep", maxDepth)
	}
	return nil
}

// depthOf tells how deeply a valid text is nested.
func depthOf(text string) int {
	depth, most := 0, 0
	inString := false
	for at := 0; at < len(text); at++ {
		switch c := text[at]; {
		case inString && c == '\\':
			at++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			depth++
			most = max(most, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return most
}

func newReader(text string) *strings.Reader { return strings.NewReader(text) }

// Refusal is why a call is refused.
type Refusal struct {
	// Code is stable, such as "troupe.AccessError".
	Code    string
	Message string
}

func refuse(code, format string, arguments ...any) *Refusal {
	return &Refusal{Code: code, Message: fmt.Sprintf(format, arguments...)}
}
