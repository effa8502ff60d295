package troupe

// Mesh is what an actor may ask of its host, as texts: the interface mesh of the contract (actor.wit). A [Context] is
// the convenient form of it; only what stands in for a host, such as the package troupetest, has to know it.
//
// A refused call gives a [*RefusedError].
type Mesh interface {
	// Get gives the JSON text of what is at a path of the envelope, with the edits so far. Nothing is there when found
	// is false.
	Get(path string) (value string, found bool, err error)
	// Set puts a JSON text at a path.
	Set(path, value string) error
	// Del removes what is at a path.
	Del(path string) error
	// Emit sends one downstream envelope, with route and headers as edited so far.
	Emit(payload string) error
	// Fly sends an event to whoever follows the envelope.
	Fly(event string) error
	// Log writes a line to the host's log.
	Log(level Level, message string)
}

// Level is how severe a line of the log is.
type Level uint8

// The levels of the contract.
const (
	LevelDebug Level = iota
	LevelInfo
	LevelWarn
	LevelError
)

// String gives the level's name, such as "info".
func (level Level) String() string {
	switch level {
	case LevelDebug:
		return "debug"
	case LevelInfo:
		return "info"
	case LevelWarn:
		return "warn"
	default:
		return "error"
	}
}
