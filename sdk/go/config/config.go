// Package config has the values that an actor is granted by name: those of spec.grants.secrets, which are nowhere else, and
// those of spec.grants.env, which os.Getenv has too. Whoever imports it needs one of the two grants.
package config

import "context"

type contextKey struct{}

// With gives a context that carries values, for tests: see troupetest.Envelope.
func With(ctx context.Context, values map[string]string) context.Context {
	return context.WithValue(ctx, contextKey{}, values)
}

// Get gives the value of a name, and whether it is granted.
func Get(ctx context.Context, name string) (value string, granted bool) {
	if values, ok := ctx.Value(contextKey{}).(map[string]string); ok {
		value, granted = values[name]
		return value, granted
	}
	return get(name)
}
