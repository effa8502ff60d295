package troupe

import (
	"context"
	"encoding"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// logHandler writes a record as one line: its message, then its attributes as key=value. The host adds time, level,
// actor and envelope.
type logHandler struct {
	mesh Mesh
	// Attributes of WithAttrs, as they stand in a line.
	attributes string
	// Open groups of WithGroup, each with a dot behind it.
	groups string
}

func (logHandler) Enabled(context.Context, slog.Level) bool { return true }

func (handler logHandler) Handle(_ context.Context, record slog.Record) error {
	var line strings.Builder
	line.WriteString(record.Message)
	line.WriteString(handler.attributes)
	record.Attrs(func(attribute slog.Attr) bool {
		writeAttribute(&line, handler.groups, attribute)
		return true
	})
	handler.mesh.Log(levelOf(record.Level), line.String())
	return nil
}

func (handler logHandler) WithAttrs(attributes []slog.Attr) slog.Handler {
	var more strings.Builder
	for _, attribute := range attributes {
		writeAttribute(&more, handler.groups, attribute)
	}
	handler.attributes += more.String()
	return handler
}

func (handler logHandler) WithGroup(name string) slog.Handler {
	if name != "" {
		handler.groups += name + "."
	}
	return handler
}

func writeAttribute(line *strings.Builder, groups string, attribute slog.Attr) {
	value := attribute.Value.Resolve()
	if attribute.Equal(slog.Attr{}) {
		return
	}
	if value.Kind() == slog.KindGroup {
		if attribute.Key != "" {
			groups += attribute.Key + "."
		}
		for _, member := range value.Group() {
			writeAttribute(line, groups, member)
		}
		return
	}
	line.WriteByte(' ')
	line.WriteString(quoted(groups + attribute.Key))
	line.WriteByte('=')
	line.WriteString(quoted(valueText(value)))
}

func valueText(value slog.Value) string {
	switch value.Kind() {
	case slog.KindTime:
		return value.Time().Format(time.RFC3339Nano)
	case slog.KindAny:
		if marshaler, ok := value.Any().(encoding.TextMarshaler); ok {
			if text, err := marshaler.MarshalText(); err == nil {
				return string(text)
			}
		}
		return fmt.Sprintf("%+v", value.Any())
	default:
		return value.String()
	}
}

// quoted quotes what could not be told from the rest of the line.
func quoted(text string) string {
	isPlain := text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r == '=' || r == '"' || unicode.IsSpace(r) || !unicode.IsPrint(r)
	})
	if isPlain {
		return text
	}
	return strconv.Quote(text)
}

func levelOf(level slog.Level) Level {
	switch {
	case level < slog.LevelInfo:
		return LevelDebug
	case level < slog.LevelWarn:
		return LevelInfo
	case level < slog.LevelError:
		return LevelWarn
	default:
		return LevelError
	}
}
