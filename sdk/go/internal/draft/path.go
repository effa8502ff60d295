package draft

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Longest path, in UTF-16 units.
const maxPath = 4096

type segmentKind int

const (
	keySegment segmentKind = iota
	indexSegment
	sliceSegment
)

// segment is one step of a path: a key, an index (negative counts from the end), or a slice (either side may be
// missing).
type segment struct {
	kind        segmentKind
	key         string
	index       int
	start, stop *int
}

var (
	keyPattern    = regexp.MustCompile(`^\.([A-Za-z_][A-Za-z0-9_-]*)`)
	quotedPattern = regexp.MustCompile(`^\["((?:[^"\\]|\\.)*)"\]`)
	indexPattern  = regexp.MustCompile(`^\[(-?\d{1,9})\]`)
	slicePattern  = regexp.MustCompile(`^\[(-?\d{1,9})?:(-?\d{1,9})?\]`)
)

// parsePath reads a path: "." alone is the whole envelope; else segments .key, ["any key"], [int], [start:stop].
func parsePath(path string) ([]segment, *Refusal) {
	if len(utf16.Encode([]rune(path))) > maxPath {
		return nil, badPath(path, maxPath, fmt.Sprintf("more than %d characters", maxPath))
	}
	if path == "." {
		return nil, nil
	}
	var segments []segment
	rest := path
	// The first segment may be quoted: .["headers"].
	if strings.HasPrefix(rest, ".[") {
		rest = rest[1:]
	}
	for rest != "" {
		found, length, problem := nextSegment(rest)
		if problem != "" {
			return nil, badPath(path, len(path)-len(rest), problem)
		}
		segments = append(segments, found)
		rest = rest[length:]
	}
	if len(segments) == 0 {
		return nil, badPath(path, 0, "it is empty")
	}
	return segments, nil
}

func nextSegment(text string) (found segment, length int, problem string) {
	if match := keyPattern.FindStringSubmatch(text); match != nil {
		return segment{kind: keySegment, key: match[1]}, len(match[0]), ""
	}
	if match := quotedPattern.FindStringSubmatch(text); match != nil {
		var key string
		if json.Unmarshal([]byte(`"`+match[1]+`"`), &key) != nil {
			return segment{}, 0, "the key is not a JSON string"
		}
		return segment{kind: keySegment, key: key}, len(match[0]), ""
	}
	if match := indexPattern.FindStringSubmatch(text); match != nil {
		return segment{kind: indexSegment, index: *number(match[1])}, len(match[0]), ""
	}
	if match := slicePattern.FindStringSubmatch(text); match != nil {
		return segment{kind: sliceSegment, start: number(match[1]), stop: number(match[2])}, len(match[0]), ""
	}
	return segment{}, 0, `expected .key, ["key"], [index] or [start:stop]`
}

// number reads what a pattern has found; nothing where there is none.
func number(digits string) *int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return nil
	}
	return &n
}

func badPath(path string, offset int, problem string) *Refusal {
	return refuse("troupe.BadPath", "Bad path %q: %s at offset %d", shortened(path), problem, offset)
}

// shortened keeps messages short.
func shortened(text string) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), 200)])
}
