package troupe

import (
	"context"
	"encoding"
	"encoding/json"
	"reflect"
	"time"
)

// prepare has encoding/json look at the types: what it finds, it keeps, and so it is there for each envelope. It does
// nothing where that would run an author's code.
func prepare[In, Out any]() {
	seen := map[reflect.Type]bool{}
	if !isPlain(reflect.TypeFor[In](), seen) || !isPlain(reflect.TypeFor[Out](), seen) {
		return
	}
	empty := func(*Context, In) (out Out, err error) { return out, nil }
	// Whatever it gives, whether "{}" fits or not, is of no interest.
	Run(context.Background(), empty, nil, "{}")
}

var (
	coders = []reflect.Type{
		reflect.TypeFor[json.Marshaler](), reflect.TypeFor[json.Unmarshaler](),
		reflect.TypeFor[encoding.TextMarshaler](), reflect.TypeFor[encoding.TextUnmarshaler](),
	}
	harmless = map[reflect.Type]bool{
		reflect.TypeFor[time.Time](): true, reflect.TypeFor[json.RawMessage](): true,
	}
)

// isPlain reports whether encoding/json can do with a type on its own.
func isPlain(of reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[of] || harmless[of] {
		return true
	}
	seen[of] = true
	for _, coder := range coders {
		if of.Kind() != reflect.Interface && (of.Implements(coder) || reflect.PointerTo(of).Implements(coder)) {
			return false
		}
	}
	switch of.Kind() {
	case reflect.Array, reflect.Pointer, reflect.Slice:
		return isPlain(of.Elem(), seen)
	case reflect.Map:
		return isPlain(of.Key(), seen) && isPlain(of.Elem(), seen)
	case reflect.Struct:
		for at := range of.NumField() {
			if !isPlain(of.Field(at).Type, seen) {
				return false
			}
		}
	}
	return true
}
