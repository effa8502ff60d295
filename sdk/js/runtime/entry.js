// The component's entry, which the build bundles: "troupe:author" is the author's module. The runtime comes first: it puts
// into place what the author's module may use while it is loaded.
import { connect } from "./mod.ts";
import mesh from "troupe:actor/mesh@0.1.0";
import random from "wasi:random/random@0.2.12";
import * as author from "troupe:author";

export const handle = connect(author, { mesh, random });
