package troupetest

import (
	"encoding/json"

	"troupe.dev/troupe"
	"troupe.dev/troupe/internal/draft"
)

// mesh stands in for the host, and writes down what it is asked for.
type mesh struct {
	draft *draft.Draft
	hop   *Hop
}

func (mesh *mesh) Get(path string) (value string, found bool, err error) {
	value, found, refusal := mesh.draft.Get(path)
	return value, found, asError(refusal)
}

func (mesh *mesh) Set(path, value string) error {
	if err := asError(mesh.draft.Set(path, value)); err != nil {
		return err
	}
	mesh.hop.Edits = append(mesh.hop.Edits, Edit{Verb: "set", Path: path, Value: json.RawMessage(value)})
	return nil
}

func (mesh *mesh) Del(path string) error {
	if err := asError(mesh.draft.Del(path)); err != nil {
		return err
	}
	mesh.hop.Edits = append(mesh.hop.Edits, Edit{Verb: "del", Path: path})
	return nil
}

func (mesh *mesh) Emit(payload string) error { return asError(mesh.draft.Emit(payload)) }

func (mesh *mesh) Fly(event string) error {
	mesh.hop.Flies = append(mesh.hop.Flies, json.RawMessage(event))
	return nil
}

func (mesh *mesh) Log(level troupe.Level, message string) {
	mesh.hop.Logs = append(mesh.hop.Logs, Line{Level: level, Message: message})
}

func asError(refusal *draft.Refusal) error {
	if refusal == nil {
		return nil
	}
	return &troupe.RefusedError{Code: refusal.Code, Message: refusal.Message}
}
