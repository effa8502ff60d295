// Does what a conformance case says, with the SDK as an author has it: see ../../README.md.
package main

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"troupe.dev/troupe"
)

// step is an object with one key, which names what to do.
type step map[string]json.RawMessage

// program is what a case sends.
type program struct {
	Steps []step `json:"steps"`
	// "answers", the default, "nothing", or an object with a payload.
	Then json.RawMessage `json:"then"`
}

type typed struct {
	Name  string   `json:"name"`
	Count int      `json:"count"`
	Tags  []string `json:"tags"`
	Note  *string  `json:"note,omitempty"`
}

// hops is always 1 after the first step that adds to it in what is fresh.
var hops int

func main() { troupe.Handle(handle) }

// handle does the steps, one after the other.
func handle(ctx *troupe.Context, program program) (any, error) {
	run := run{ctx: ctx, answers: []any{}}
	for _, step := range program.Steps {
		if err := run.perform(step); err != nil {
			return nil, err
		}
	}
	switch string(program.Then) {
	case "", `"answers"`:
		return run.answers, nil
	case `"nothing"`:
		return nil, troupe.Nothing
	}
	var then struct {
		Payload json.RawMessage `json:"payload"`
	}
	err := json.Unmarshal(program.Then, &then)
	return then.Payload, err
}

type run struct {
	ctx     *troupe.Context
	answers []any
}

func (run *run) answer(answer any) { run.answers = append(run.answers, answer) }

func (run *run) perform(step step) error {
	for what, value := range step {
		switch what {
		case "get":
			return run.get(value)
		case "set":
			var edit [2]json.RawMessage
			path, err := pair(value, &edit)
			if err != nil {
				return err
			}
			return run.ctx.Set(path, edit[1])
		case "del":
			path, err := text(value)
			if err != nil {
				return err
			}
			return run.ctx.Del(path)
		case "emit":
			return run.ctx.Emit(value)
		case "fly":
			return run.ctx.Fly(value)
		case "log":
			return run.log(value)
		case "repeat":
			return run.repeat(value)
		case "catch":
			return run.catch(value)
		case "global":
			hops++
			run.answer(hops)
		case "random":
			bytes := make([]byte, 16)
			rand.Read(bytes)
			run.answer(hex.EncodeToString(bytes))
		case "sleep":
			var ms int
			if err := json.Unmarshal(value, &ms); err != nil {
				return err
			}
			troupe.Sleep(time.Duration(ms) * time.Millisecond)
		case "typed":
			decoded := typed{Tags: []string{}}
			if err := json.Unmarshal(value, &decoded); err != nil {
				return err
			}
			run.answer(decoded)
		case "raise":
			shape, err := text(value)
			if err != nil {
				return err
			}
			return raise(run.ctx, shape)
		default:
			return fmt.Errorf("there is no step %s", what)
		}
	}
	return nil
}

func (run *run) get(value json.RawMessage) error {
	path, err := text(value)
	if err != nil {
		return err
	}
	var at json.RawMessage
	found, err := run.ctx.Get(path, &at)
	if err != nil {
		return err
	}
	if found {
		run.answer([]any{at})
	} else {
		run.answer([]any{})
	}
	return nil
}

func (run *run) log(value json.RawMessage) error {
	var line [2]string
	if err := json.Unmarshal(value, &line); err != nil {
		return err
	}
	log := map[string]func(string, ...any){
		"debug": run.ctx.Log().Debug, "info": run.ctx.Log().Info,
		"warn": run.ctx.Log().Warn, "error": run.ctx.Log().Error,
	}[line[0]]
	log(line[1])
	return nil
}

func (run *run) repeat(value json.RawMessage) error {
	var parts [2]json.RawMessage
	if err := json.Unmarshal(value, &parts); err != nil {
		return err
	}
	var times int
	var repeated step
	if err := errors.Join(json.Unmarshal(parts[0], &times), json.Unmarshal(parts[1], &repeated)); err != nil {
		return err
	}
	for range times {
		if err := run.perform(repeated); err != nil {
			return err
		}
	}
	return nil
}

// catch answers the code with which a call was refused, or "ok".
func (run *run) catch(value json.RawMessage) error {
	var tried step
	if err := json.Unmarshal(value, &tried); err != nil {
		return err
	}
	err := run.perform(tried)
	var refused *troupe.RefusedError
	if errors.As(err, &refused) {
		run.answer(refused.Code)
		return nil
	}
	if err == nil {
		run.answer("ok")
	}
	return err
}

func text(value json.RawMessage) (text string, err error) {
	err = json.Unmarshal(value, &text)
	return text, err
}

// pair decodes a path and a value.
func pair(value json.RawMessage, into *[2]json.RawMessage) (path string, err error) {
	if err := json.Unmarshal(value, into); err != nil {
		return "", err
	}
	return text(into[0])
}
