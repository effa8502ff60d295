package troupe

// The binding to the contract (sdk/wit), by hand; that to the interface state is in the package state. It was written for
// the files with these digests (SHA-256); when one changes, what has changed in it is to be done here too, and its digest noted:
//
//	actor.wit 5bede163cd94e993fa7651fc97b8b71d238815ac99c71f60c99e210253baf6fc
//	timers.wit 92a2df1665a3b7369cbffd979bd83d6a347ccf6585dfe96b0e74b8a34f9c1ff7

import (
	"log"
	"log/slog"
	"unsafe"

	"troupe.dev/troupe/internal/abi"
)

//go:wasmimport troupe:actor/mesh@0.1.0 get
func meshGet(path unsafe.Pointer, pathLength uint32, answer unsafe.Pointer)

//go:wasmimport troupe:actor/mesh@0.1.0 set
func meshSet(path unsafe.Pointer, pathLength uint32, value unsafe.Pointer, valueLength uint32, answer unsafe.Pointer)

//go:wasmimport troupe:actor/mesh@0.1.0 del
func meshDel(path unsafe.Pointer, pathLength uint32, answer unsafe.Pointer)

//go:wasmimport troupe:actor/mesh@0.1.0 emit
func meshEmit(payload unsafe.Pointer, payloadLength uint32, answer unsafe.Pointer)

//go:wasmimport troupe:actor/mesh@0.1.0 fly
func meshFly(event unsafe.Pointer, eventLength uint32, answer unsafe.Pointer)

//go:wasmimport troupe:actor/mesh@0.1.0 log
func meshLog(level uint32, message unsafe.Pointer, messageLength uint32)

// componentMesh calls the host.
type componentMesh struct{}

// answer is what the host fills in: result<option<string>, refusal>, the widest of the answers.
//
//	0      1 for a refusal
//	4      get: 1 where there is a value; its text follows
//	4..20  a refusal: code and message
type answer [5]uint32

func (answered *answer) err() error {
	if byte(answered[0]) == 0 {
		return nil
	}
	return &RefusedError{Code: abi.TakeText(answered[1], answered[2]), Message: abi.TakeText(answered[3], answered[4])}
}

func (componentMesh) Get(path string) (string, bool, error) {
	var answered answer
	path = abi.WellFormed(path)
	meshGet(abi.Pointer(path), abi.Length(path), unsafe.Pointer(&answered))
	if err := answered.err(); err != nil {
		return "", false, err
	}
	if byte(answered[1]) == 0 {
		return "", false, nil
	}
	return abi.TakeText(answered[2], answered[3]), true, nil
}

func (componentMesh) Set(path, value string) error {
	var answered answer
	path = abi.WellFormed(path)
	meshSet(abi.Pointer(path), abi.Length(path), abi.Pointer(value), abi.Length(value), unsafe.Pointer(&answered))
	return answered.err()
}

func (componentMesh) Del(path string) error {
	var answered answer
	path = abi.WellFormed(path)
	meshDel(abi.Pointer(path), abi.Length(path), unsafe.Pointer(&answered))
	return answered.err()
}

func (componentMesh) Emit(payload string) error {
	var answered answer
	meshEmit(abi.Pointer(payload), abi.Length(payload), unsafe.Pointer(&answered))
	return answered.err()
}

func (componentMesh) Fly(event string) error {
	var answered answer
	meshFly(abi.Pointer(event), abi.Length(event), unsafe.Pointer(&answered))
	return answered.err()
}

func (componentMesh) Log(level Level, message string) {
	message = abi.WellFormed(message)
	meshLog(uint32(level), abi.Pointer(message), abi.Length(message))
}

// returned is what the host reads: result<option<string>, failure>.
//
//	0       1 for a failure
//	4       1 where there is a payload; its text follows
//	4..28   a failure: kind, lineage and message
//	28, 40  1 where there is a traceback, and details; their texts follow
type returned struct {
	words [13]uint32
	// What the words point to.
	texts   []string
	lineage []uint32
}

func (returned *returned) text(word int, text string) {
	returned.texts = append(returned.texts, text)
	returned.words[word] = abi.AddressOf(text)
	returned.words[word+1] = abi.Length(text)
}

func (returned *returned) option(word int, text string) {
	if text != "" {
		returned.words[word] = 1
		returned.text(word+1, text)
	}
}

func (returned *returned) failure(failure *Failure) {
	returned.words[0] = 1
	returned.text(1, failure.Kind)
	for _, base := range failure.Lineage {
		returned.texts = append(returned.texts, base)
		returned.lineage = append(returned.lineage, abi.AddressOf(base), abi.Length(base))
	}
	returned.words[3] = abi.Address(uintptr(unsafe.Pointer(unsafe.SliceData(returned.lineage))))
	returned.words[4] = uint32(len(failure.Lineage))
	returned.text(5, failure.Message)
	returned.option(7, failure.Traceback)
	returned.option(10, failure.Details)
}

// actor is what Handle was given.
var actor *component

func register(given component) {
	if actor != nil {
		panic("troupe.Handle was called twice: an actor is one function")
	}
	actor = &given
	slog.SetDefault(slog.New(logHandler{mesh: componentMesh{}}))
	log.SetFlags(0)
	given.prepare()
	makeRoom(room)
}

//go:wasmexport handle
func handle(at abi.Address, size uint32) abi.Address {
	begin()
	result := &returned{}
	last, sends, failure := "", false, (*Failure)(nil)
	if actor == nil {
		failure = FailureOf(Fatalf("no handler: call troupe.Handle from main"))
	} else {
		last, sends, failure = actor.run(componentMesh{}, abi.TakeText(at, size))
	}
	if failure != nil {
		result.failure(failure)
	} else if sends {
		result.option(1, last)
	}
	to := abi.Address(uintptr(unsafe.Pointer(&result.words)))
	abi.Hold(to, result)
	return to
}

// done is called when the host has read what was returned.
//
//go:wasmexport cabi_post_handle
func done(at abi.Address) { abi.Release(at) }
