package draft

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
)

// mismatch says why a path does not fit a value.
type mismatch struct {
	// An index is outside of its array; else the value cannot have such a part.
	isRange bool
	message string
}

// nothing is the value where there is none: null is one.
type nothing struct{}

// parseValue gives the value of a JSON text, as the host's JavaScript reads it: numbers are of 64 bits, and infinite
// when they are too large.
func parseValue(text string) (any, error) {
	var value any
	decoder := json.NewDecoder(newReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return withFloats(value), nil
}

func withFloats(value any) any {
	switch known := value.(type) {
	case json.Number:
		// The error is that of a number that is too large, which is infinite then.
		float, _ := strconv.ParseFloat(string(known), 64)
		return float
	case []any:
		for at, item := range known {
			known[at] = withFloats(item)
		}
	case map[string]any:
		for key, member := range known {
			known[key] = withFloats(member)
		}
	}
	return value
}

// printable has null for numbers that JSON has not, and no negative zero, as JSON.stringify has it.
func printable(value any) any {
	switch known := value.(type) {
	case float64:
		if math.IsInf(known, 0) {
			return nil
		}
		if known == 0 {
			return 0.0
		}
	case []any:
		items := make([]any, len(known))
		for at, item := range known {
			items[at] = printable(item)
		}
		return items
	case map[string]any:
		members := make(map[string]any, len(known))
		for key, member := range known {
			members[key] = printable(member)
		}
		return members
	}
	return value
}

// readAt gives the value at a path.
func readAt(value any, path []segment) any {
	for _, step := range path {
		switch known := value.(type) {
		case map[string]any:
			member, ok := known[step.key]
			if step.kind != keySegment || !ok {
				return nothing{}
			}
			value = member
		case []any:
			switch step.kind {
			case keySegment:
				return nothing{}
			case indexSegment:
				at := fromEnd(step.index, len(known))
				if at < 0 || at >= len(known) {
					return nothing{}
				}
				value = known[at]
			case sliceSegment:
				from, to := bounds(step, len(known))
				value = known[from:to]
			}
		default:
			return nothing{}
		}
	}
	return value
}

// writeAt gives the value with another one put at a path, making missing objects on the way; nothing removes what is
// there.
func writeAt(value any, path []segment, put any) (any, *mismatch) {
	if len(path) == 0 {
		return put, nil
	}
	step, rest := path[0], path[1:]
	if step.kind == keySegment {
		return writeKey(value, step.key, rest, put)
	}
	array, ok := value.([]any)
	if !ok {
		return nil, &mismatch{message: "there is no index in " + kindOf(value)}
	}
	if step.kind == indexSegment {
		return writeIndex(array, step.index, rest, put)
	}
	return writeSlice(array, step, rest, put)
}

func writeKey(value any, key string, rest []segment, put any) (any, *mismatch) {
	if value == (nothing{}) {
		if put == (nothing{}) {
			return value, nil
		}
		value = map[string]any{}
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, &mismatch{message: fmt.Sprintf("there is no key %q in %s", key, kindOf(value))}
	}
	old, ok := object[key]
	if !ok {
		old = nothing{}
	}
	member, problem := writeAt(old, rest, put)
	if problem != nil {
		return nil, problem
	}
	object = maps.Clone(object)
	if _, removes := member.(nothing); removes {
		delete(object, key)
	} else {
		object[key] = member
	}
	return object, nil
}

func writeIndex(array []any, index int, rest []segment, put any) (any, *mismatch) {
	at := fromEnd(index, len(array))
	if at < 0 || at >= len(array) {
		return nil, &mismatch{
			isRange: true,
			message: fmt.Sprintf("index %d is outside of an array of %d", index, len(array)),
		}
	}
	item, problem := writeAt(array[at], rest, put)
	if problem != nil {
		return nil, problem
	}
	array = slices.Clone(array)
	if _, removes := item.(nothing); removes {
		return slices.Delete(array, at, at+1), nil
	}
	array[at] = item
	return array, nil
}

func writeSlice(array []any, step segment, rest []segment, put any) (any, *mismatch) {
	if len(rest) > 0 {
		return nil, &mismatch{message: "a slice can only be the last part of a path"}
	}
	var items []any
	if _, removes := put.(nothing); !removes {
		given, ok := put.([]any)
		if !ok {
			return nil, &mismatch{message: "what replaces a slice has to be an array"}
		}
		items = given
	}
	from, to := bounds(step, len(array))
	return slices.Concat(array[:from], items, array[to:]), nil
}

func bounds(step segment, length int) (from, to int) {
	clamp := func(index *int, missing int) int {
		if index == nil {
			return missing
		}
		return min(length, max(0, fromEnd(*index, length)))
	}
	from = clamp(step.start, 0)
	return from, max(from, clamp(step.stop, length))
}

func fromEnd(index, length int) int {
	if index < 0 {
		return length + index
	}
	return index
}

func kindOf(value any) string {
	switch value.(type) {
	case nothing:
		return "nothing"
	case nil:
		return "null"
	case []any:
		return "an array"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case float64:
		return "a number"
	default:
		return "a object"
	}
}
