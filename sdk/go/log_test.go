package troupe

import (
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"
)

// logMesh keeps what is logged; nothing else is called.
type logMesh struct {
	Mesh
	lines []string
}

func (mesh *logMesh) Log(level Level, message string) {
	mesh.lines = append(mesh.lines, level.String()+" "+message)
}

func TestLog(t *testing.T) {
	mesh := &logMesh{}
	log := (&Context{mesh: mesh}).Log()
	log.Debug("a")
	log.Info("two\nlines", "n", 1, "text", "with space", "empty", "")
	log.With("id", 7).WithGroup("g").Warn("b", "x", true, slog.Group("h", "y", 2*time.Second))
	log.WithGroup("g").With("k", "v").Error("c", "err", errors.New("it is"), slog.Group("none"))
	log.Log(t.Context(), slog.LevelError+4, "d", "at", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	log.Info("e", slog.Attr{})
	want := []string{
		"debug a",
		"info two\nlines n=1 text=\"with space\" empty=\"\"",
		"warn b id=7 g.x=true g.h.y=2s",
		"error c g.k=v g.err=\"it is\"",
		"error d at=2026-01-02T03:04:05Z",
		"info e",
	}
	if !slices.Equal(mesh.lines, want) {
		t.Errorf("got %q", mesh.lines)
	}
}
