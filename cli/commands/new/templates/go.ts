/**
 * A new actor in Go.
 *
 * @module
 */

import { sdkFolder } from "../../../build/sdk_folders.ts";
import type { Template } from "../template.ts";

/** In Go. */
export const goTemplate: Template = ({ name }) =>
  Promise.resolve({
    files: { "go.mod": goMod(name), "main.go": SOURCE, "main_test.go": TEST },
    test: "go test",
  });

const SDK = sdkFolder("go");

function goMod(name: string): string {
  return `module example.com/${name}

go 1.24

require troupe.dev/troupe v0.0.0

// No proxy of modules has it yet.
replace troupe.dev/troupe => ${SDK}
`;
}

const SOURCE = `// Greets whom an envelope names.
package main

import "troupe.dev/troupe"

// Task is what is sent to it.
type Task struct {
	Name string \`json:"name"\`
}

// Greeting is what it sends on.
type Greeting struct {
	Greeting string \`json:"greeting"\`
}

func main() { troupe.Handle(greet) }

// greet goes from one payload to the next: what it returns goes on to the actor that follows in the route.
func greet(ctx *troupe.Context, task Task) (Greeting, error) {
	if task.Name == "" {
		return Greeting{}, troupe.Fatalf(\`name is missing: send {"name": "Ada"}\`)
	}
	return Greeting{"Hello, " + task.Name + "!"}, nil
}
`;

const TEST = `package main

import (
	"testing"

	"troupe.dev/troupe/troupetest"
)

func TestGreets(t *testing.T) {
	hop := troupetest.Run(t, greet, troupetest.Envelope{Payload: Task{Name: "Ada"}})
	got := troupetest.Payloads[Greeting](t, hop)
	if len(got) != 1 || got[0].Greeting != "Hello, Ada!" {
		t.Errorf("got %v", got)
	}
}

func TestTryingAgainIsOfNoUseWithoutName(t *testing.T) {
	hop := troupetest.Run(t, greet, troupetest.Envelope{Payload: Task{}})
	if hop.Failure == nil || hop.Failure.Kind != "troupe.Fatal" {
		t.Errorf("the failure is %v", hop.Failure)
	}
}
`;
