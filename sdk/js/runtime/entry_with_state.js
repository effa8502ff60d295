// The component's entry (see entry.js) for an author who imports "@troupe/sdk/state".
import { connect } from "./mod.ts";
import mesh from "troupe:actor/mesh@0.1.0";
import state from "troupe:actor/state@0.1.0";
import random from "wasi:random/random@0.2.12";
import * as author from "troupe:author";

export const handle = connect(author, { mesh, random, state });
