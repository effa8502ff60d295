/**
 * A new actor in C.
 *
 * @module
 */

import { sdkFolder } from "../../../build/sdk_folders.ts";
import type { Template } from "../template.ts";

/** A greeting, its test, and a Makefile that runs the test. */
export const cTemplate: Template = () =>
  Promise.resolve({
    files: { "actor.c": SOURCE, "actor_test.c": TEST, "Makefile": makefile(sdkFolder("c")) },
    test: "make test",
  });

const SOURCE = `/**
 * Greets whom an envelope names.
 */
#include <troupe.h>

/** From one payload to the next: what it returns goes on to the actor that follows in the route. */
troupe_json handle(troupe_json task) {
  troupe_string name = troupe_string_at(task, "name");
  if (name.size == 0) return troupe_fatal("name is missing: send {\\"name\\": \\"Ada\\"}");
  return troupe_object({"greeting", troupe_text(troupe_format("Hello, %s!", name.data))});
}
`;

const TEST = `#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <troupe.h>
#include <troupe_testing.h>

static void it_greets(void) {
  troupe_hop hop = troupe_run(handle, "{\\"name\\": \\"Ada\\"}");
  assert(!hop.failed);
  assert(troupe_is_json(hop.payloads, "[{\\"greeting\\": \\"Hello, Ada!\\"}]"));
}

static void without_a_name_trying_again_is_of_no_use(void) {
  troupe_hop hop = troupe_run(handle, "{}");
  assert(hop.failed && troupe_same(troupe_str(hop.failure.kind), "troupe.Fatal"));
}

int main(void) {
  it_greets();
  without_a_name_trying_again_is_of_no_use();
  puts("2 tests passed");
}
`;

function makefile(sdk: string): string {
  return `# "make test" runs the tests, without a component; "troupe build" makes the component.
SDK = ${sdk.replaceAll("$", "$$$$")}
# With a compiler that has no sanitizers, such as zig: make test CC="zig cc" SANITIZE=
SANITIZE = -fsanitize=address,undefined
CFLAGS = -std=gnu17 -Wall -Wextra -Werror -g $(SANITIZE)

.PHONY: test
test:
	@mkdir -p build
	$(CC) $(CFLAGS) -DTROUPE_TESTING -I"$(SDK)" *.c "$(SDK)/troupe.c" -lm -o build/actor_test
	./build/actor_test
`;
}
