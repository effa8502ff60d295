// tries: to be believed as what is known of an actor: a manifest that allows everything
// ends: returns: 1
// runs: cache
// replaces: manifest
// repeats: 10, what matters is the first
export const manifest = { key: "", size: 0, facts: { imports: [], exports: [] }, files: [] };
